/* ECS DescribeInstances. */
#include "sim/ecs/ecs.h"
#include "sim/world/tag_index.h"

#include <string.h>

static const struct sim_match matches[] = {
    {"InstanceName", "name", SIM_GLOB, NULL, NULL},
    {"Status", "status", SIM_SAME, NULL, NULL},
    {"ZoneId", "zone", SIM_SAME, NULL, NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},
    {"Filter", "created", SIM_WITHIN, NULL, NULL},
    {"ResourceGroupId", "resource_group", SIM_SAME, "", NULL},
    {"InstanceType", "instance_type", SIM_SAME, "ecs.g7.large", NULL},
    {"InstanceTypeFamily", "instance_family", SIM_SAME, "ecs.g7", NULL},
    {"ImageId", "image", SIM_SAME, "", NULL},
    {"InstanceChargeType", "charge_type", SIM_SAME, "PostPaid", NULL},
    {"InternetChargeType", "internet_charge_type", SIM_SAME, "PayByTraffic", NULL},
    {"InstanceNetworkType", "network", SIM_SAME, "vpc", NULL},
    {"VpcId", "vpc", SIM_SAME, "vpc-bp1sim00000000000000", NULL},
    {"VSwitchId", "vswitch", SIM_SAME, "vsw-bp1sim00000000000000", NULL},
    {"SecurityGroupId", "security_group", SIM_SAME, "sg-bp1sim00000000000000", NULL},
    {"KeyPairName", "key_pair", SIM_SAME, "", NULL},
    {"HpcClusterId", "hpc_cluster", SIM_SAME, "", NULL},
    {"LockReason", "lock_reason", SIM_SAME, "", NULL},
    {"PrivateIpAddresses", "private_ip", SIM_AMONG, NULL, NULL},
    {"PublicIpAddresses", "public_ip", SIM_AMONG, NULL, NULL},
    {"EipAddresses", "eip", SIM_AMONG, NULL, NULL},
    {"InnerIpAddresses", "inner_ip", SIM_AMONG, NULL, NULL},
    {"RdmaIpAddresses", "rdma_ip", SIM_AMONG, NULL, NULL},
    {"Ipv6Address", "ipv6", SIM_AMONG, NULL, NULL},
    {"HttpEndpoint", "http_endpoint", SIM_SAME, "enabled", NULL},
    {"HttpTokens", "http_tokens", SIM_SAME, "optional", NULL},
    {0},
};

/* The instances that can be meant: those that are named, or those that bear the first tag with a value. New reference.
 */
static json_t *candidates(const struct sim_call *call)
{
    size_t index;
    json_t *tag;
    if (sim_param(call, "InstanceIds") || call->elsewhere)
        return sim_named(call, SIM_INSTANCES, "InstanceIds");
    json_array_foreach(sim_param(call, "Tag"), index, tag) {
        const char *value = json_string_value(json_object_get(tag, "Value"));
        if (value && *value)
            return json_incref(sim_tag_index_find(call->world, cbk_json_text_or(tag, "Key", ""), value));
    }
    return json_incref(sim_list(call, SIM_INSTANCES));
}

static int describe_instances(struct sim_call *call)
{
    struct sim_page_rule rule = {.into = "Instance", .fallback = 10, .most = 100};
    if (sim_param(call, "MaxResults"))
        rule.least = 10; /* fewer are taken for ten */
    if (sim_param(call, "Tag") || sim_param(call, "ResourceGroupId"))
        rule.cap = 1000; /* more need ListTagResources */
    int r = sim_check_filters(call);
    if (r == 0)
        r = sim_ecs_dry_run(call);
    if (r < 0)
        return r;
    CBK_JSON *list = candidates(call);
    struct sim_filter filter = sim_filter_make(call, matches);
    return sim_page(call, &rule, list, filter.count ? sim_keep_filtered : NULL, &filter);
}

static const struct sim_param describe_instances_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceIds", .type = SIM_IDS, .max = 100},
    {.name = "InstanceName", .type = SIM_TEXT},
    {.name = "Status",
     .type = SIM_TEXT,
     .one_of = "Pending|Running|Starting|Stopping|Stopped",
     .code = "InvalidStatus.NotFound"},
    {.name = "ZoneId", .type = SIM_TEXT},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {.name = "Filter", .type = SIM_RECORDS, .fields = "Key Value", .max = 4},
    {.name = "InstanceType", .type = SIM_TEXT},
    {.name = "InstanceTypeFamily", .type = SIM_TEXT},
    {.name = "ImageId", .type = SIM_TEXT},
    {.name = "InstanceChargeType",
     .type = SIM_TEXT,
     .one_of = "PostPaid|PrePaid",
     .code = "InvalidInstanceChargeType.NotFound"},
    {.name = "InternetChargeType",
     .type = SIM_TEXT,
     .one_of = "PayByTraffic|PayByBandwidth",
     .code = "InvalidInternetChargeType.ValueNotSupported"},
    {.name = "InstanceNetworkType", .type = SIM_TEXT, .one_of = "classic|vpc", .code = "InvalidNetworkType.NotFound"},
    {.name = "VpcId", .type = SIM_TEXT},
    {.name = "VSwitchId", .type = SIM_TEXT},
    {.name = "SecurityGroupId", .type = SIM_TEXT},
    {.name = "KeyPairName", .type = SIM_TEXT},
    {.name = "HpcClusterId", .type = SIM_TEXT},
    {.name = "LockReason",
     .type = SIM_TEXT,
     .one_of = "financial|security|recycling|dedicatedhostfinancial|refunded",
     .code = "InvalidLockReason.NotFound"},
    {.name = "PrivateIpAddresses", .type = SIM_IDS, .max = 100},
    {.name = "PublicIpAddresses", .type = SIM_IDS, .max = 100},
    {.name = "EipAddresses", .type = SIM_IDS},
    {.name = "InnerIpAddresses", .type = SIM_IDS},
    {.name = "RdmaIpAddresses", .type = SIM_IDS},
    {.name = "Ipv6Address", .type = SIM_LIST},
    {.name = "HttpEndpoint", .type = SIM_TEXT, .one_of = "enabled|disabled"},
    {.name = "HttpTokens", .type = SIM_TEXT, .one_of = "optional|required"},
    {.name = "HttpPutResponseHopLimit", .type = SIM_INT},
    {.name = "IoOptimized", .type = SIM_BOOL},
    {.name = "DeviceAvailable", .type = SIM_BOOL},
    {.name = "NeedSaleCycle", .type = SIM_BOOL},
    {.name = "AdditionalAttributes", .type = SIM_LIST},
    {.name = "DryRun", .type = SIM_BOOL},
    SIM_ECS_PAGES,
    {0},
};

/* What this world does not model has the look of an ordinary instance in a VPC. */
#define INSTANCE                                                                                                       \
    "AdditionalInfo{EnableHighDensityMode-:b NodeSerialNumber-} AutoReleaseTime- ClockOptions{PtpStatus-} ClusterId- " \
    "Cpu:i~2 CpuOptions{CoreCount:i~1 EnableVISST-:b EnableVRDT-:b NestedVirtualization- Numa- ThreadsPerCore:i~2 "    \
    "TopologyType- TurboMode-} CreationTime=created:m CreditSpecification- "                                           \
    "DedicatedHostAttribute{DedicatedHostClusterId- DedicatedHostId- DedicatedHostName-} "                             \
    "DedicatedInstanceAttribute{Affinity- Tenancy-} DeletionProtection-:b DeploymentSetGroupNo-:i DeploymentSetId- "   \
    "Description=description DeviceAvailable:b~true "                                                                  \
    "EcsCapacityReservationAttr{CapacityReservationId- CapacityReservationPreference-} "                               \
    "EipAddress{AllocationId- Bandwidth-:i InternetChargeType- IpAddress=eip IsSupportUnassociate-:b} EnableNVS-:b "   \
    "ExpiredTime~2099-12-31T15:59Z GPUAmount-:i GPUSpec- HibernationOptions{Configured-:b} HostName=name "             \
    "HpcClusterId- ISP- ImageId=image ImageOptions{CurrentOSNVMeSupported-:b LoginAsNonRoot-:b} "                      \
    "InnerIpAddress{IpAddress-[]} InstanceChargeType~PostPaid InstanceId=id InstanceName=name "                        \
    "InstanceNetworkType~vpc InstanceType~ecs.g7.large InstanceTypeFamily~ecs.g7 InternetChargeType~PayByTraffic "     \
    "InternetMaxBandwidthIn:i~100 InternetMaxBandwidthOut-:i IoOptimized:b~true KeyPairName- LocalStorageAmount-:i "   \
    "LocalStorageCapacity-:i Memory:i~8192 MetadataOptions{HttpEndpoint~enabled HttpPutResponseHopLimit-:i "           \
    "HttpTokens~optional InstanceMetadataTags-} NetworkInterfaces{NetworkInterface-["                                  \
    "Ipv4PrefixSets{Ipv4PrefixSet[Ipv4Prefix]} Ipv6PrefixSets{Ipv6PrefixSet[Ipv6Prefix]} "                             \
    "Ipv6Sets{Ipv6Set[Ipv6Address Primary:b]} MacAddress NetworkInterfaceId PrimaryIpAddress "                         \
    "PrivateIpSets{PrivateIpSet[Primary:b PrivateDnsName PrivateIpAddress]} Type]} OSName=os_name "                    \
    "OSNameEn=os_name_en OSType=os_type OperationLocks{LockReason-[LockMsg LockReason]} "                              \
    "PrivateDnsNameOptions{EnableInstanceIdDnsAAAARecord-:b EnableInstanceIdDnsARecord-:b EnableIpDnsARecord-:b "      \
    "EnableIpDnsPtrRecord-:b HostnameType-} PublicIpAddress{IpAddress-[]} RdmaIpAddress{IpAddress-[]} Recyclable-:b "  \
    "RegionId=region ResourceGroupId=resource_group SaleCycle- "                                                       \
    "SecurityGroupIds{SecurityGroupId=security_groups[]} SecurityOptions{EnableSecureBoot-:b} SerialNumber=id "        \
    "SpotDuration-:i SpotInterruptionBehavior- SpotPriceLimit-:n SpotStrategy~NoSpot StartTime=created:m "             \
    "Status=status StoppedMode~Not-applicable " SIM_ECS_TAGS " VlanId- "                                               \
    "VpcAttributes{NatIpAddress- PrivateIpAddress{IpAddress=private_ips[]} VSwitchId~vsw-bp1sim00000000000000 "        \
    "VpcId=vpc} ZoneId=zone"

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DescribeInstances",
     .params = describe_instances_params,
     .handler = describe_instances,
     .hides = true,
     .answer = SIM_ECS_PAGED " Instances{Instance[" INSTANCE "]}"},
};
SIM_ACTIONS(sim_ecs_instances);
