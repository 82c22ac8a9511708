/* What an apply tells: lines for people, one JSON event a line for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "quick_json.h"
#include "render/apply_text.h"

#define EVIL "\033[2J\n"

static struct cbk_object role = {.kind = &cbk_kind_role, .address = "roles.app", .key = "app"};
static struct cbk_object low = {.kind = &cbk_kind_snapshot_job, .address = "snapshot_jobs.l[\"i-1\"]", .key = "l"};
static struct cbk_object job = {.kind = &cbk_kind_snapshot_job, .address = "snapshot_jobs.m[\"i-1\"]", .key = "m"};

static int make_objects(void **state)
{
    (void)state;
    job.evidence = quick_json("{'level': 'application', 'snapshot_id': 's-1'}");
    low.evidence = quick_json("{'level': 'crash', 'snapshot_id': 's-2', 'required': 'application',"
                              " 'on_downgrade': 'warn', 'why': 'HBR.X'}");
    return 0;
}

static int drop_objects(void **state)
{
    (void)state;
    json_decref(job.evidence);
    json_decref(low.evidence);
    return 0;
}

static const struct event_row {
    enum cbk_apply_event_type type;
    const struct cbk_object *object;
    const char *action, *text, *error;
    int64_t elapsed_ms;
    const char *said;
    const char *json_type, *level;
} events[] = {
    {CBK_APPLY_START, &role, "create", NULL, NULL, 0, "roles.app: creating...\n", "apply_start", "info"},
    {CBK_APPLY_START, &role, "update", NULL, NULL, 0, "roles.app: updating...\n", "apply_start", "info"},
    {CBK_APPLY_START, &role, "delete", NULL, NULL, 0, "roles.app: destroying...\n", "apply_start", "info"},
    {CBK_APPLY_DONE, &role, "create", NULL, NULL, 1250, "roles.app: created (1.2 s)\n", "apply_complete", "info"},
    {CBK_APPLY_DONE, &role, "adopt", NULL, NULL, 99, "roles.app: adopted (0.0 s)\n", "apply_complete", "info"},
    {CBK_APPLY_DONE, &role, "forget", NULL, NULL, 0, "roles.app: forgotten (0.0 s)\n", "apply_complete", "info"},
    {CBK_APPLY_START, &job, "run", NULL, NULL, 0, "snapshot_jobs.m[\"i-1\"]: running the job...\n", "apply_start",
     "info"},
    {CBK_APPLY_PROGRESS, &job, "run", "job j, 30 %", NULL, 0, "snapshot_jobs.m[\"i-1\"]: job j, 30 %\n",
     "apply_progress", "info"},
    {CBK_APPLY_PROGRESS, &job, "run", "j" EVIL, NULL, 0, "snapshot_jobs.m[\"i-1\"]: j\\x1b[2J\\n\n", "apply_progress",
     "info"},
    {CBK_APPLY_DONE, &job, "run", NULL, NULL, 61000,
     "snapshot_jobs.m[\"i-1\"]: recovery point proven: application-consistent, s-1 (61.0 s)\n", "apply_complete",
     "info"},
    {CBK_APPLY_DONE, &low, "run", NULL, NULL, 1000,
     "snapshot_jobs.l[\"i-1\"]: recovery point is less than required: crash-consistent, s-2, application is required, "
     "on_downgrade is warn (HBR.X) (1.0 s)\n",
     "apply_complete", "warn"},
    {CBK_APPLY_FAILED, &role, "create", NULL, "no" EVIL, 500, "roles.app: failed after 0.5 s\nerror: no\\x1b[2J\\n\n",
     "apply_errored", "error"},
    {CBK_APPLY_SKIPPED, &role, "create", "policies.p failed", NULL, 0, "roles.app: not tried: policies.p failed\n",
     "apply_skipped", "info"},
};

static struct cbk_apply_event make_event(const struct event_row *row, struct cbk_error *err)
{
    if (row->error)
        (void)cbk_fail(err, CBK_E_CONFLICT, "%s", row->error);
    return (struct cbk_apply_event){.type = row->type,
                                    .object = row->object,
                                    .action = row->action,
                                    .text = row->text,
                                    .error = row->error ? err : NULL,
                                    .elapsed_ms = row->elapsed_ms};
}

static void events_read_as_in_the_table(void **state)
{
    (void)state;
    const struct cbk_style plain = {.colour = false};
    for (size_t i = 0; i < CBK_ARRAY_LEN(events); i++) {
        CBK_ERROR(err);
        const struct cbk_apply_event event = make_event(&events[i], &err);
        CBK_STR(text);
        cbk_render_event_text(&event, &plain, &text);
        assert_string_equal(text.ptr, events[i].said);
    }
}

/* One line, one object, with the four keys that every event has. */
static json_t *parse_line(const struct cbk_str *text, size_t *at)
{
    const char *line = text->ptr + *at, *end = strchr(line, '\n');
    assert_non_null(end);
    CBK_ERROR(err);
    json_t *event = NULL;
    if (cbk_json_parse("line", line, (size_t)(end - line), &event, &err) < 0)
        fail_msg("%s", err.message);
    *at += (size_t)(end - line) + 1;
    int64_t when = 0;
    assert_int_equal(cbk_time_parse(cbk_json_text_or(event, "@timestamp", ""), &when, &err), 0);
    assert_true(*cbk_json_text_or(event, "@message", ""));
    return event;
}

static void events_are_one_object_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(events); i++) {
        const struct event_row *row = &events[i];
        CBK_ERROR(err);
        const struct cbk_apply_event event = make_event(row, &err);
        CBK_STR(text);
        size_t at = 0;
        cbk_render_event_json(&event, &text);
        CBK_JSON *json = parse_line(&text, &at);
        assert_int_equal(at, text.len);
        assert_string_equal(cbk_json_text(json, "type"), row->json_type);
        assert_string_equal(cbk_json_text(json, "@level"), row->level);
        assert_string_equal(cbk_json_text(json, "address"), row->object->address);
        assert_string_equal(cbk_json_text(json, "kind"), row->object->kind->name);
        assert_string_equal(cbk_json_text(json, "action"), row->action);
        assert_true(cbk_str_equal(cbk_json_text(json, "text"), row->text));
        bool ended = row->type == CBK_APPLY_DONE || row->type == CBK_APPLY_FAILED;
        assert_int_equal(cbk_json_int(json, "elapsed_ms", -1), ended ? row->elapsed_ms : -1);
        assert_int_equal(json_object_get(json, "evidence") != NULL, ended && row->object != &role);
        assert_true(cbk_str_equal(cbk_json_text(json, "error.id"), row->error ? "conflict" : NULL));
    }
}

static const struct result_row {
    struct cbk_apply_result result;
    const char *said, *level;
} results[] = {
    {{0}, "Apply complete! 0 added, 0 changed, 0 destroyed, 0 recovery points proven.\n", "info"},
    {{.created = 1, .updated = 2, .deleted = 3, .ran = 1},
     "Apply complete! 1 added, 2 changed, 3 destroyed, 1 recovery point proven.\n",
     "info"},
    {{.adopted = 2, .forgotten = 1},
     "Apply complete! 0 added, 0 changed, 0 destroyed, 0 recovery points proven, 2 adopted, 1 forgotten.\n",
     "info"},
    {{.created = 1, .failed = 1, .skipped = 2},
     "Apply incomplete. 1 added, 0 changed, 0 destroyed, 0 recovery points proven, 1 failed, 2 not tried.\n",
     "error"},
    {{.downgraded = 1},
     "Apply incomplete. 0 added, 0 changed, 0 destroyed, 0 recovery points proven, 1 below what is required.\n",
     "error"},
    {{.ran = 1, .lowered = 2},
     "Apply complete! 0 added, 0 changed, 0 destroyed, 1 recovery point proven, 2 less than required and let pass.\n",
     "info"},
    {{.interrupted = true}, "Apply interrupted. 0 added, 0 changed, 0 destroyed, 0 recovery points proven.\n", "error"},
    {{.interrupted = true, .skipped = 1},
     "Apply interrupted. 0 added, 0 changed, 0 destroyed, 0 recovery points proven, 1 not tried.\n",
     "error"},
};

static void results_read_as_in_the_table(void **state)
{
    (void)state;
    const struct cbk_style plain = {.colour = false};
    for (size_t i = 0; i < CBK_ARRAY_LEN(results); i++) {
        CBK_STR(text);
        CBK_STR(json_text);
        size_t at = 0;
        cbk_render_result_text(&results[i].result, &plain, &text);
        assert_string_equal(text.ptr, results[i].said);
        cbk_render_result_json(&results[i].result, &json_text);
        CBK_JSON *json = parse_line(&json_text, &at);
        assert_int_equal(at, json_text.len);
        assert_string_equal(cbk_json_text(json, "type"), "apply_summary");
        assert_string_equal(cbk_json_text(json, "@level"), results[i].level);
        assert_int_equal(cbk_json_int(json, "changes.add", -1), results[i].result.created);
        assert_int_equal(cbk_json_int(json, "changes.change", -1), results[i].result.updated);
        assert_int_equal(cbk_json_int(json, "changes.remove", -1), results[i].result.deleted);
        assert_int_equal(cbk_json_int(json, "changes.downgraded", -1), results[i].result.downgraded);
        assert_int_equal(cbk_json_int(json, "changes.lowered", -1), results[i].result.lowered);
        assert_int_equal(cbk_json_bool(json, "interrupted", false), results[i].result.interrupted);
    }
}

static void a_plan_is_told_change_by_change(void **state)
{
    (void)state;
    static const char *const types[] = {"version", "planned_change", "planned_change", "change_summary"};
    CBK_JSON *plan =
        quick_json("{'digest': 'd', 'summary': {'create': 1, 'replace': 2, 'update': 4, 'delete': 8}, 'changes': ["
                   "{'address': 'a', 'actions': ['create']}, {'address': 'b', 'actions': ['no-op']},"
                   "{'address': 'c', 'actions': ['no-op'], 'adopt': true}]}");
    CBK_STR(text);
    size_t at = 0;
    cbk_render_plan_events(plan, &text);
    for (size_t i = 0; i < CBK_ARRAY_LEN(types); i++) {
        CBK_JSON *event = parse_line(&text, &at);
        assert_string_equal(cbk_json_text(event, "type"), types[i]);
        if (i == 0)
            assert_string_equal(cbk_json_text(event, "cbk"), CBK_VERSION);
        if (i == 2)
            assert_string_equal(cbk_json_text(event, "change.address"), "c");
        if (i == 3) {
            assert_string_equal(cbk_json_text(event, "digest"), "d");
            assert_int_equal(cbk_json_int(event, "changes.create", -1), 1);
            assert_int_equal(cbk_json_int(event, "changes.add", -1), 3);
            assert_int_equal(cbk_json_int(event, "changes.change", -1), 4);
            assert_int_equal(cbk_json_int(event, "changes.remove", -1), 10);
        }
    }
    assert_int_equal(at, text.len);
}

static void errors_are_events_too(void **state)
{
    (void)state;
    CBK_ERROR(err);
    CBK_STR(text);
    size_t at = 0;
    (void)cbk_fail(&err, CBK_E_LOCKED, "the state is locked");
    cbk_render_diagnostic(&err, &text);
    CBK_JSON *event = parse_line(&text, &at);
    assert_string_equal(cbk_json_text(event, "type"), "diagnostic");
    assert_string_equal(cbk_json_text(event, "@level"), "error");
    assert_string_equal(cbk_json_text(event, "@message"), "the state is locked");
    assert_string_equal(cbk_json_text(event, "diagnostic.id"), "locked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_read_as_in_the_table),  cmocka_unit_test(events_are_one_object_a_line),
        cmocka_unit_test(results_read_as_in_the_table), cmocka_unit_test(a_plan_is_told_change_by_change),
        cmocka_unit_test(errors_are_events_too),
    };
    return cmocka_run_group_tests(tests, make_objects, drop_objects);
}
