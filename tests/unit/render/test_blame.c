/* Who changed it, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "render/blame.h"

#define NOW 1700000000 /* 2023-11-14T22:13:20Z */
#define BY(time) "{\"blame\": {\"commit\": \"4f2c9a1000000000\", \"author\": \"Yuki\", \"time\": \"" time "\"}}"

static const struct {
    const char *change;
    int64_t now;
    const char *words; /* NULL: nothing */
} rows[] = {
    {BY("2023-11-14T22:13:00Z"), NOW, "config: 4f2c9a1 Yuki, just now"},
    {BY("2023-11-14T22:14:00Z"), NOW, "config: 4f2c9a1 Yuki, just now"},
    {BY("2023-11-14T22:12:20Z"), NOW, "config: 4f2c9a1 Yuki, 1 minute ago"},
    {BY("2023-11-14T20:13:20Z"), NOW, "config: 4f2c9a1 Yuki, 2 hours ago"},
    {BY("2023-11-13T22:13:20Z"), NOW, "config: 4f2c9a1 Yuki, 1 day ago"},
    {BY("2023-11-12T22:13:19Z"), NOW, "config: 4f2c9a1 Yuki, 2 days ago"},
    {BY("2023-08-01T00:00:00Z"), NOW, "config: 4f2c9a1 Yuki, 2023-08-01"},
    {BY("2024-08-01T00:00:00Z"), NOW, "config: 4f2c9a1 Yuki, 2024-08-01"},
    {BY("2023-11-12T22:13:19Z"), 0, "config: 4f2c9a1 Yuki, 2023-11-12"},
    {BY("who knows, when"), NOW, "config: 4f2c9a1 Yuki, who knows,"},
    {"{\"blame\": {\"uncommitted\": true}}", NOW, "config: not committed yet"},
    {"{\"blame\": {\"commit\": \"4f\", \"time\": \"2023-11-14T22:13:20Z\", \"boundary\": true}}", NOW,
     "config: 4f somebody, just now, or before: the clone is shallow"},
    {"{\"blame\": {\"commit\": 3}}", NOW, NULL},
    {"{}", NOW, NULL},
};

static void blame_is_told_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *change = json_loads(rows[i].change, 0, NULL);
        CBK_STR(text);
        assert_non_null(change);
        assert_int_equal(cbk_blame_add(&text, change, rows[i].now), rows[i].words != NULL);
        assert_string_equal(text.ptr, rows[i].words ? rows[i].words : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blame_is_told_in_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
