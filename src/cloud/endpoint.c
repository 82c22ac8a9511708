#include "cloud/endpoint.h"

#include <string.h>

struct service {
    const char *name;
    const char *version;
    const char *central; /* the host for all regions, or for callers without one; NULL: a region is needed */
    bool regional;       /* has a host of its own in each region: <name>.<region>.aliyuncs.com */
    bool takes_region;   /* as a parameter of its actions */
};

static const struct service services[CBK_SERVICE_COUNT] = {
    [CBK_ECS] = {"ecs", "2014-05-26", NULL, true, true},
    [CBK_HBR] = {"hbr", "2017-09-08", NULL, true, false},
    [CBK_RAM] = {"ram", "2015-05-01", "ram.aliyuncs.com", false, false},
    [CBK_STS] = {"sts", "2015-04-01", "sts.aliyuncs.com", true, false},
};

/* Regions without a host of their own, by the endpoint maps of the vendor's SDKs. (The older ones are said to have got
 * one since, which is unverified; the shared one serves them.) The vendor's internal regions are left out. */
static const struct {
    enum cbk_service service;
    const char *host, *region;
} shared[] = {
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "ap-southeast-1"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-beijing"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-hangzhou"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-hongkong"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-qingdao"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-shanghai"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-shanghai-finance-1"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-shenzhen"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "cn-shenzhen-finance-1"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "us-east-1"},
    {CBK_ECS, "ecs-cn-hangzhou.aliyuncs.com", "us-west-1"},
    {CBK_ECS, "ecs.aliyuncs.com", "cn-beijing-gov-1"},
    {CBK_ECS, "ecs.aliyuncs.com", "cn-north-2-gov-1"},
    {CBK_HBR, "hbr.aliyuncs.com", "cn-beijing-gov-1"},
    {CBK_HBR, "hbr.aliyuncs.com", "cn-edge-1"},
    {CBK_HBR, "hbr.aliyuncs.com", "cn-fujian"},
    {CBK_HBR, "hbr.aliyuncs.com", "cn-wuhan"},
};

const char *cbk_service_name(enum cbk_service service)
{
    return services[service].name;
}

const char *cbk_service_version(enum cbk_service service)
{
    return services[service].version;
}

bool cbk_service_takes_region(enum cbk_service service)
{
    return services[service].takes_region;
}

/* A region becomes part of a host name: nothing that could make it another host gets through. */
static bool is_region(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= 63 && text[0] != '-' && text[len - 1] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static char *host_of(enum cbk_service service, const char *region)
{
    const struct service *row = &services[service];
    for (size_t i = 0; i < CBK_ARRAY_LEN(shared); i++)
        if (shared[i].service == service && cbk_str_equal(shared[i].region, region))
            return cbk_strdup(shared[i].host);
    return row->regional && region ? cbk_strf("%s.%s.aliyuncs.com", row->name, region) : cbk_strdup(row->central);
}

static int check_override(const struct cbk_url *url, const char *text, struct cbk_error *err)
{
    if (url->loopback || strcmp(url->scheme, "https") == 0)
        return 0;
    (void)cbk_fail(err, CBK_E_USAGE, "endpoint '%s' is refused: plain http would show signed requests to the network",
                   text);
    return cbk_error_hint(err, "use https, or an address of this machine (127.0.0.1, ::1, localhost)");
}

int cbk_endpoint_find(enum cbk_service service, const char *region, const char *override, struct cbk_url *ret,
                      struct cbk_error *err)
{
    const struct service *row = &services[service];
    if (region && !is_region(region))
        return cbk_fail(err, CBK_E_USAGE, "'%s' is not a region id", region);
    if (!override && !region && !row->central)
        return cbk_fail(err, CBK_E_USAGE, "no region is set, and '%s' is a regional service", row->name);

    CBK_CLEANUP(cbk_string_freep) char *host = host_of(service, region);
    CBK_CLEANUP(cbk_string_freep) char *text = override ? cbk_strdup(override) : cbk_strf("https://%s", host);
    CBK_URL(url);
    int r = cbk_url_parse(text, &url, err);
    if (r < 0)
        return cbk_wrap(err, "endpoint of '%s'", row->name);
    r = check_override(&url, text, err);
    if (r < 0)
        return r;
    *ret = cbk_url_steal(&url);
    return 0;
}
