#include "base/time.h"
#include "render/apply_text.h"

static void add_line(struct cbk_str *out, json_t *event, const char *level, const char *message, const char *type)
{
    CBK_JSON *line = event;
    CBK_STR(now);
    cbk_time_add_utc(&now, cbk_time_now());
    json_object_set_new(line, "@level", json_string(level));
    json_object_set_new(line, "@message", json_string(message));
    json_object_set_new(line, "@timestamp", json_string(now.ptr));
    json_object_set_new(line, "type", json_string(type));
    cbk_json_add_canonical(out, line);
    cbk_str_add_char(out, '\n');
}

static const char *const event_types[CBK_APPLY_EVENT_TYPE_COUNT] = {
    [CBK_APPLY_START] = "apply_start",    [CBK_APPLY_PROGRESS] = "apply_progress", [CBK_APPLY_DONE] = "apply_complete",
    [CBK_APPLY_FAILED] = "apply_errored", [CBK_APPLY_SKIPPED] = "apply_skipped",
};

void cbk_render_event_json(const struct cbk_apply_event *event, struct cbk_str *out)
{
    const struct cbk_object *object = event->object;
    json_t *line =
        json_pack("{s:s, s:s, s:s}", "address", object->address, "kind", object->kind->name, "action", event->action);
    bool ended = event->type == CBK_APPLY_DONE || event->type == CBK_APPLY_FAILED;
    if (event->text)
        json_object_set_new(line, "text", json_string(event->text));
    if (ended)
        json_object_set_new(line, "elapsed_ms", json_integer((json_int_t)event->elapsed_ms));
    if (ended && cbk_str_equal(event->action, "run") && object->evidence)
        json_object_set(line, "evidence", object->evidence);
    if (event->error)
        json_object_set_new(line, "error", cbk_error_json(event->error));
    bool is_low = event->type == CBK_APPLY_DONE && json_object_get(json_object_get(line, "evidence"), "required");
    CBK_CLEANUP(cbk_string_freep) char *message = cbk_strf("%s: %s", object->address, event_types[event->type]);
    add_line(out, line, event->error ? "error" : is_low ? "warn" : "info", message, event_types[event->type]);
}

void cbk_render_result_json(const struct cbk_apply_result *result, struct cbk_str *out)
{
    json_t *changes = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "add", (json_int_t)result->created, "change",
        (json_int_t)result->updated, "remove", (json_int_t)result->deleted, "run", (json_int_t)result->ran, "adopt",
        (json_int_t)result->adopted, "note", (json_int_t)result->noted, "forget", (json_int_t)result->forgotten,
        "downgraded", (json_int_t)result->downgraded, "lowered", (json_int_t)result->lowered, "failed",
        (json_int_t)result->failed, "skipped", (json_int_t)result->skipped);
    json_t *line = json_pack("{s:o, s:b}", "changes", changes, "interrupted", (int)result->interrupted);
    CBK_CLEANUP(cbk_string_freep)
    char *message =
        cbk_strf("apply: %zu added, %zu changed, %zu destroyed, %zu recovery points proven, %zu failed",
                 result->created, result->updated, result->deleted, result->ran, result->failed + result->downgraded);
    bool well = !result->failed && !result->downgraded && !result->skipped && !result->interrupted;
    add_line(out, line, well ? "info" : "error", message, "apply_summary");
}

void cbk_render_ledger_json(const json_t *ledger, struct cbk_str *out)
{
    if (ledger)
        add_line(out, json_pack("{s:O}", "ledger", ledger), "info", "what was done, and what was not", "ledger");
}

static bool does_something(const json_t *change)
{
    return !cbk_json_array_has(json_object_get(change, "actions"), "no-op") || cbk_json_bool(change, "adopt", false) ||
           cbk_json_bool(change, "forget", false) || cbk_json_bool(change, "note", false);
}

/* The plan's summary, and the same in the words of the result: what is replaced is added and removed. */
static json_t *count_changes(const json_t *plan)
{
    json_t *changes = json_deep_copy(json_object_get(plan, "summary"));
    int64_t replace = cbk_json_int(changes, "replace", 0);
    json_object_set_new(changes, "add", json_integer(cbk_json_int(changes, "create", 0) + replace));
    json_object_set_new(changes, "change", json_integer(cbk_json_int(changes, "update", 0)));
    json_object_set_new(changes, "remove", json_integer(cbk_json_int(changes, "delete", 0) + replace));
    return changes;
}

void cbk_render_plan_events(const json_t *plan, struct cbk_str *out)
{
    add_line(out, json_pack("{s:s}", "cbk", CBK_VERSION), "info", "cbk " CBK_VERSION, "version");
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        if (!does_something(change))
            continue;
        const char *address = cbk_json_text_or(change, "address", "");
        CBK_CLEANUP(cbk_string_freep) char *message = cbk_strf("%s: planned", address);
        add_line(out, json_pack("{s:O}", "change", change), "info", message, "planned_change");
    }
    json_t *line = json_pack("{s:o, s:O?}", "changes", count_changes(plan), "digest", json_object_get(plan, "digest"));
    add_line(out, line, "info", "plan made", "change_summary");
}

void cbk_render_diagnostic(const struct cbk_error *err, struct cbk_str *out)
{
    add_line(out, json_pack("{s:o}", "diagnostic", cbk_error_json(err)), "error", err->message ? err->message : "error",
             "diagnostic");
}
