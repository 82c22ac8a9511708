#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/url.h"

static void test_parts(void **state)
{
    static const struct {
        const char *text, *scheme, *host, *host_port, *base;
        bool loopback;
    } cases[] = {
        {"https://ecs.cn-hangzhou.aliyuncs.com", "https", "ecs.cn-hangzhou.aliyuncs.com",
         "ecs.cn-hangzhou.aliyuncs.com", "https://ecs.cn-hangzhou.aliyuncs.com", false},
        {"https://h:443/x?y", "https", "h", "h", "https://h", false},
        {"HTTP://127.0.0.1:8080/", "http", "127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080", true},
        {"http://127.255.0.9", "http", "127.255.0.9", "127.255.0.9", "http://127.255.0.9", true},
        {"http://[::1]:9/", "http", "::1", "[::1]:9", "http://[::1]:9", true},
        {"http://LOCALHOST:9", "http", "LOCALHOST", "LOCALHOST:9", "http://LOCALHOST:9", true},
        {"http://128.0.0.1", "http", "128.0.0.1", "128.0.0.1", "http://128.0.0.1", false},
        {"http://127.0.0.1.example.com", "http", "127.0.0.1.example.com", "127.0.0.1.example.com",
         "http://127.0.0.1.example.com", false},
        {"http://localhost.example.com", "http", "localhost.example.com", "localhost.example.com",
         "http://localhost.example.com", false},
        {"http://localhost@example.com", "http", "example.com", "example.com", "http://example.com", false},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_URL(url);
        CBK_ERROR(err);
        assert_int_equal(cbk_url_parse(cases[i].text, &url, &err), 0);
        assert_string_equal(url.scheme, cases[i].scheme);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.host_port, cases[i].host_port);
        assert_string_equal(url.base, cases[i].base);
        assert_int_equal(url.loopback, cases[i].loopback);
    }
}

static void test_refusals(void **state)
{
    static const char *const cases[] = {"", "ecs.aliyuncs.com", "ftp://h/", "file:///etc/passwd", "http://", "://x"};
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_URL(url);
        CBK_ERROR(err);
        assert_int_equal(cbk_url_parse(cases[i], &url, &err), CBK_E_USAGE);
        assert_null(url.host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
