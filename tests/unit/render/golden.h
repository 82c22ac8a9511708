/*
 * tests/golden/plan-*.json are plans, the files beside them how they read. CBK_GOLDEN_UPDATE=1 writes these anew, to be
 * read before they are committed.
 */
#ifndef CBK_TESTS_GOLDEN_H
#define CBK_TESTS_GOLDEN_H

#include "base/file.h"
#include "base/json.h"

#include <string.h>

CBK_UNUSED static json_t *golden_plan(const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    json_t *plan = NULL;
    if (cbk_file_read(path, 1 << 20, &text, &len, &err) < 0 || cbk_json_parse(path, text, len, &plan, &err) < 0)
        fail_msg("%s", err.message);
    return plan;
}

/* Is this what stands beside `json_path`, in the file with this ending? */
CBK_UNUSED static bool golden_is(const char *json_path, const char *ending, const struct cbk_str *said)
{
    CBK_CLEANUP(cbk_string_freep) char *stem = cbk_strndup(json_path, strlen(json_path) - strlen("json"));
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("%s%s", stem, ending), *expected = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (getenv("CBK_GOLDEN_UPDATE") && !getenv("CI"))
        assert_int_equal(cbk_file_replace(path, said->ptr, said->len, 0644, &err), 0);
    if (cbk_file_read(path, 1 << 20, &expected, &len, &err) < 0) {
        print_error("%s\n", err.message);
        return false;
    }
    if (len == said->len && memcmp(expected, said->ptr, len) == 0)
        return true;
    print_error("%s\n--- expected\n%s--- said\n%s", path, expected, said->ptr);
    return false;
}

#endif
