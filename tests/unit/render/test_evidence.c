/*
 * The evidence in each format. tests/golden/evidence*.json is what they see, the files beside it what they make of it,
 * as is points.json for the list of recovery points. `CBK_GOLDEN_UPDATE=1 bin/test_render_evidence` writes them anew,
 * to be read before they are committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/evidence.h"
#include "strict_schema.h"

#include <string.h>

#define GOLDEN CBK_SOURCE_DIR "/tests/golden/"

static const struct cbk_style plain = {.colour = false};

static void write_text(const json_t *json, struct cbk_str *out)
{
    cbk_render_evidence_text(json, &plain, out);
}

static void write_points(const json_t *json, struct cbk_str *out)
{
    cbk_render_points_text(json, &plain, out);
}

static const struct golden {
    const char *name, *ending;
    void (*write)(const json_t *json, struct cbk_str *out);
} goldens[] = {
    {"evidence", "txt", write_text},
    {"evidence", "csv", cbk_render_evidence_csv},
    {"evidence", "html", cbk_render_evidence_html},
    {"evidence-of-nothing", "txt", write_text},
    {"evidence-of-nothing", "csv", cbk_render_evidence_csv},
    {"evidence-of-nothing", "html", cbk_render_evidence_html},
    {"points", "txt", write_points},
};

static json_t *read_json(const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(GOLDEN "%s.json", name), *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_file_read(path, 1 << 20, &text, &len, &err) < 0 || cbk_json_parse(path, text, len, &json, &err) < 0)
        fail_msg("%s", err.message);
    return json;
}

static void what_is_written_is_what_was_read_and_approved(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(goldens); i++) {
        const struct golden *row = &goldens[i];
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(GOLDEN "%s.%s", row->name, row->ending), *expected = NULL;
        CBK_JSON *json = read_json(row->name);
        CBK_STR(said);
        CBK_ERROR(err);
        size_t len = 0;
        row->write(json, &said);
        if (getenv("CBK_GOLDEN_UPDATE") && !getenv("CI"))
            assert_int_equal(cbk_file_replace(path, said.ptr, said.len, 0644, &err), 0);
        if (cbk_file_read(path, 1 << 20, &expected, &len, &err) < 0)
            fail_msg("%s", err.message);
        if (len != said.len || memcmp(expected, said.ptr, len) != 0)
            fail_msg("%s\n--- expected\n%s--- said\n%s", path, expected, said.ptr);
    }
}

static void the_goldens_are_evidence(void **state)
{
    (void)state;
    static const char *const names[] = {"evidence", "evidence-of-nothing"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        CBK_JSON *json = read_json(names[i]);
        assert_strictly_valid("evidence", json);
    }
}

static void nothing_from_outside_is_taken_for_something_else(void **state)
{
    (void)state;
    CBK_JSON *json = read_json("evidence");
    for (size_t i = 0; i < CBK_ARRAY_LEN(goldens); i++) {
        CBK_STR(said);
        if (strcmp(goldens[i].name, "evidence") != 0)
            continue;
        goldens[i].write(json, &said);
        assert_null(strchr(said.ptr, '\033'));
        if (strcmp(goldens[i].ending, "html") == 0)
            assert_null(strstr(said.ptr, "<script"));
        if (strcmp(goldens[i].ending, "csv") == 0)
            assert_non_null(strstr(said.ptr, ",\"'=cmd|"));
    }
}

static void no_points_are_told_as_such(void **state)
{
    (void)state;
    CBK_JSON *json = json_pack("{s:[]}", "points");
    CBK_STR(said);
    write_points(json, &said);
    assert_string_equal(said.ptr, "There are no recovery points.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_what_was_read_and_approved),
        cmocka_unit_test(the_goldens_are_evidence),
        cmocka_unit_test(nothing_from_outside_is_taken_for_something_else),
        cmocka_unit_test(no_points_are_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
