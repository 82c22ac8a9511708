/* The regions, and what ECS and HBR DescribeRegions say of them. */
#include "sim/world/region.h"

#include "sim/ecs/ecs.h"
#include "sim/hbr/hbr.h"

#include <string.h>

/* Some of the vendor's regions: enough to tell a wrong one from a typing error. */
static const struct {
    const char *id, *name;
} regions[] = {
    {"cn-qingdao", "China (Qingdao)"},
    {"cn-beijing", "China (Beijing)"},
    {"cn-zhangjiakou", "China (Zhangjiakou)"},
    {"cn-huhehaote", "China (Hohhot)"},
    {"cn-wulanchabu", "China (Ulanqab)"},
    {"cn-hangzhou", "China (Hangzhou)"},
    {"cn-shanghai", "China (Shanghai)"},
    {"cn-shenzhen", "China (Shenzhen)"},
    {"cn-heyuan", "China (Heyuan)"},
    {"cn-guangzhou", "China (Guangzhou)"},
    {"cn-chengdu", "China (Chengdu)"},
    {"cn-hongkong", "China (Hong Kong)"},
    {"ap-southeast-1", "Singapore"},
    {"ap-southeast-3", "Malaysia (Kuala Lumpur)"},
    {"ap-southeast-5", "Indonesia (Jakarta)"},
    {"ap-southeast-6", "Philippines (Manila)"},
    {"ap-southeast-7", "Thailand (Bangkok)"},
    {"ap-northeast-1", "Japan (Tokyo)"},
    {"ap-northeast-2", "South Korea (Seoul)"},
    {"us-west-1", "US (Silicon Valley)"},
    {"us-east-1", "US (Virginia)"},
    {"eu-central-1", "Germany (Frankfurt)"},
    {"eu-west-1", "UK (London)"},
    {"me-east-1", "UAE (Dubai)"},
    {"me-central-1", "SAU (Riyadh - Partner Region)"},
};

bool sim_region_exists(const char *region)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(regions); i++)
        if (strcmp(regions[i].id, region) == 0)
            return true;
    return false;
}

static int describe_regions(struct sim_call *call)
{
    json_t *list = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(regions); i++) {
        CBK_CLEANUP(cbk_string_freep) char *endpoint = cbk_strf("ecs.%s.aliyuncs.com", regions[i].id);
        json_array_append_new(
            list, json_pack("{ss ss ss}", "id", regions[i].id, "name", regions[i].name, "endpoint", endpoint));
    }
    sim_give(call, "Region", list);
    return 0;
}

static const struct sim_param describe_regions_params[] = {
    {.name = "AcceptLanguage",
     .type = SIM_TEXT,
     .one_of = "zh-CN|zh-TW|en-US|ja|fr|de|ko",
     .code = "InvalidAcceptLanguage.NotFound"},
    {.name = "InstanceChargeType", .type = SIM_TEXT},
    {.name = "ResourceType",
     .type = SIM_TEXT,
     .one_of = "instance|disk|reservedinstance|scu",
     .code = "InvalidResourceType.NotFound"},
    {0},
};
static const struct sim_param hbr_params[] = {{0}};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DescribeRegions",
     .params = describe_regions_params,
     .handler = describe_regions,
     .answer = "RequestId Regions{Region[LocalName=name RegionEndpoint=endpoint RegionId=id Status~available]}"},
    {.service = SIM_HBR,
     .name = "DescribeRegions",
     .params = hbr_params,
     .handler = describe_regions,
     .answer = SIM_HBR_STATUS " Regions{Region[LocalName=name RegionId=id]}"},
};
SIM_ACTIONS(sim_regions);
