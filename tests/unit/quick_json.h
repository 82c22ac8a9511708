/* JSON as tests write it: single quotes stand for double ones. */
#ifndef CBK_TESTS_QUICK_JSON_H
#define CBK_TESTS_QUICK_JSON_H

#include "base/alloc.h"
#include "base/json.h"

#include <string.h>

/* New reference; NULL for NULL. Fails the test when the text is not JSON. */
CBK_UNUSED static json_t *quick_json(const char *text)
{
    if (!text)
        return NULL;
    CBK_CLEANUP(cbk_string_freep) char *copy = cbk_strdup(text);
    for (char *at = strchr(copy, '\''); at; at = strchr(at, '\''))
        *at = '"';
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_json_parse(text, copy, strlen(copy), &json, &err) < 0)
        fail_msg("%s", err.message);
    return json;
}

/* Is the JSON what the text says? */
CBK_UNUSED static void assert_same_json(const json_t *json, const char *expected_text)
{
    json_t *expected = quick_json(expected_text);
    CBK_STR(text);
    CBK_STR(wanted);
    cbk_json_add_canonical(&text, json);
    cbk_json_add_canonical(&wanted, expected);
    json_decref(expected);
    assert_string_equal(text.ptr, wanted.ptr);
}

#endif
