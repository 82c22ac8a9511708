/* Drift in each format: tests/golden/drift*.json and the files beside them, as golden.h has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "render/drift.h"
#include "strict_schema.h"

#include <string.h>

#define GOLDEN CBK_SOURCE_DIR "/tests/golden/"

static const struct cbk_style plain = {.colour = false};

static void write_text(const json_t *json, struct cbk_str *out)
{
    cbk_render_drift_text(json, &plain, out);
}

static const char *const names[] = {"drift", "drift-of-nothing"};

static const struct format {
    const char *ending;
    void (*write)(const json_t *json, struct cbk_str *out);
    const char *never; /* what must not stand in it, whatever the cloud says */
} formats[] = {
    {"txt", write_text, "\n::"},
    {"md", cbk_render_drift_markdown, "\n::set-env"},
    {"sarif", cbk_render_drift_sarif, "[link](javascript"},
    {"junit.xml", cbk_render_drift_junit, "<b>"},
    {"github.txt", cbk_render_drift_github, "\n::set-env"},
};

static json_t *read_json(const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(GOLDEN "%s.json", name);
    return golden_plan(path);
}

static void what_is_written_is_what_was_read_and_approved(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(names) * CBK_ARRAY_LEN(formats); i++) {
        const struct format *format = &formats[i % CBK_ARRAY_LEN(formats)];
        CBK_CLEANUP(cbk_string_freep)
        char *path = cbk_strf(GOLDEN "%s.json", names[i / CBK_ARRAY_LEN(formats)]);
        CBK_JSON *json = golden_plan(path);
        CBK_STR(said);
        format->write(json, &said);
        failed += !golden_is(path, format->ending, &said);
    }
    assert_int_equal(failed, 0);
}

static void the_goldens_are_drift(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        CBK_JSON *json = read_json(names[i]);
        assert_strictly_valid("drift", json);
    }
}

static void nothing_from_outside_is_taken_for_something_else(void **state)
{
    (void)state;
    CBK_JSON *json = read_json("drift");
    for (size_t i = 0; i < CBK_ARRAY_LEN(formats); i++) {
        CBK_STR(said);
        formats[i].write(json, &said);
        assert_null(strchr(said.ptr, '\033'));
        assert_null(strstr(said.ptr, "\xe2\x80\xae")); /* a bidirectional control */
        if (strstr(said.ptr, formats[i].never))
            fail_msg("%s holds '%s'", formats[i].ending, formats[i].never);
    }
}

static void unprotected_instances_count_with_the_account_alone(void **state)
{
    (void)state;
    CBK_JSON *json = read_json("drift-of-nothing");
    CBK_STR(alone);
    CBK_STR(whole);
    cbk_render_drift_junit(json, &alone);
    assert_null(strstr(alone.ptr, "unprotected"));
    json_object_set_new(json, "unmanaged", json_array());
    cbk_render_drift_junit(json, &whole);
    assert_non_null(strstr(whole.ptr, "unprotected.i-bp1bbb"));
}

/* Nothing lives that was applied, and that is known: there is a state that says so. */
static void an_empty_state_is_a_state(void **state)
{
    (void)state;
    CBK_JSON *json = read_json("drift-of-nothing");
    CBK_STR(said);
    json_object_set_new(json, "applied", json_true());
    for (size_t i = 0; i < CBK_ARRAY_LEN(formats); i++)
        formats[i].write(json, &said);
    assert_null(strstr(said.ptr, "nothing has been applied"));
    assert_null(strstr(said.ptr, "there is no state"));
    assert_null(strstr(said.ptr, "cbk:unapplied"));
    assert_non_null(strstr(said.ptr, "No drift in 0 objects."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_what_was_read_and_approved),
        cmocka_unit_test(the_goldens_are_drift),
        cmocka_unit_test(nothing_from_outside_is_taken_for_something_else),
        cmocka_unit_test(unprotected_instances_count_with_the_account_alone),
        cmocka_unit_test(an_empty_state_is_a_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
