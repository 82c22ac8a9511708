#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/endpoint.h"

#include <string.h>

static void test_hosts(void **state)
{
    static const struct {
        enum cbk_service service;
        const char *region, *override, *base;
    } cases[] = {
        {CBK_ECS, "cn-chengdu", NULL, "https://ecs.cn-chengdu.aliyuncs.com"},
        {CBK_ECS, "cn-hangzhou", NULL, "https://ecs-cn-hangzhou.aliyuncs.com"},
        {CBK_ECS, "cn-north-2-gov-1", NULL, "https://ecs.aliyuncs.com"},
        {CBK_HBR, "cn-beijing-gov-1", NULL, "https://hbr.aliyuncs.com"},
        {CBK_HBR, "cn-hangzhou", NULL, "https://hbr.cn-hangzhou.aliyuncs.com"},
        {CBK_HBR, "eu-central-1", NULL, "https://hbr.eu-central-1.aliyuncs.com"},
        {CBK_RAM, "cn-hangzhou", NULL, "https://ram.aliyuncs.com"},
        {CBK_RAM, NULL, NULL, "https://ram.aliyuncs.com"},
        {CBK_STS, "cn-hangzhou", NULL, "https://sts.cn-hangzhou.aliyuncs.com"},
        {CBK_STS, NULL, NULL, "https://sts.aliyuncs.com"},
        {CBK_ECS, "cn-hangzhou", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {CBK_RAM, NULL, "http://[::1]:8080/", "http://[::1]:8080"},
        {CBK_HBR, NULL, "http://localhost:8080/any/path", "http://localhost:8080"},
        {CBK_ECS, "x", "https://gateway.example.com:8443", "https://gateway.example.com:8443"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_URL(url);
        CBK_ERROR(err);
        assert_int_equal(cbk_endpoint_find(cases[i].service, cases[i].region, cases[i].override, &url, &err), 0);
        assert_string_equal(url.base, cases[i].base);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *region, *override, *message;
    } cases[] = {
        {NULL, NULL, "no region is set"},
        {"", NULL, "is not a region id"},
        {"cn-hangzhou.evil.example/", NULL, "is not a region id"},
        {"CN-HANGZHOU", NULL, "is not a region id"},
        {"-a", NULL, "is not a region id"},
        {"a@b", "http://127.0.0.1:1", "is not a region id"},
        {"cn-hangzhou", "http://example.com", "plain http"},
        {"cn-hangzhou", "http://10.0.0.1:8080", "plain http"},
        {"cn-hangzhou", "http://127.0.0.1@example.com", "plain http"},
        {"cn-hangzhou", "127.0.0.1:8080", "is not an http or https URL"},
        {"cn-hangzhou", "", "is not an http or https URL"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_URL(url);
        CBK_ERROR(err);
        assert_int_equal(cbk_endpoint_find(CBK_ECS, cases[i].region, cases[i].override, &url, &err), CBK_E_USAGE);
        if (!strstr(err.message, cases[i].message))
            fail_msg("'%s' does not say '%s'", err.message, cases[i].message);
        assert_null(url.base);
    }
}

static void test_every_service_has_a_row(void **state)
{
    (void)state;
    for (int service = 0; service < CBK_SERVICE_COUNT; service++) {
        assert_non_null(cbk_service_name((enum cbk_service)service));
        assert_int_equal(strlen(cbk_service_version((enum cbk_service)service)), 10);
    }
    assert_true(cbk_service_takes_region(CBK_ECS));
    assert_false(cbk_service_takes_region(CBK_RAM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_every_service_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
