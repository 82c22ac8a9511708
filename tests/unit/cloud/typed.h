/* What the tests of typed calls share: a scripted cloud in scope, and comparisons. */
#ifndef CBK_TESTS_TYPED_H
#define CBK_TESTS_TYPED_H

#include "fake_cloud.h"

#include <string.h>

#define WITH_CLOUD(script)                                                                                             \
    struct fake_cloud *fake = fake_cloud_start(script);                                                                \
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);                                                             \
    assert_non_null(cloud);                                                                                            \
    CBK_UNUSED CBK_JSON *got = NULL;                                                                                   \
    CBK_ERROR(err)

#define END_CLOUD()                                                                                                    \
    cbk_cloud_free(cloud);                                                                                             \
    fake_cloud_stop(fake)

CBK_UNUSED static void assert_json(const json_t *json, const char *expected)
{
    CBK_STR(text);
    assert_non_null(json);
    cbk_json_add_canonical(&text, json);
    assert_string_equal(text.ptr, expected);
}

CBK_UNUSED static void assert_request(struct fake_cloud *fake, size_t n, const char *expected)
{
    CBK_CLEANUP(cbk_string_freep) char *request = fake_cloud_request(fake, n);
    assert_string_equal(request, expected);
}

CBK_UNUSED static json_t *ids_to(size_t count)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(ids, json_sprintf("i-%zu", i));
    return ids;
}

#endif
