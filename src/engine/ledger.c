#include "engine/ledger.h"

#include "state/lock.h"

void cbk_ledger_init(struct cbk_ledger *ledger, const struct cbk_apply_input *input, size_t steps)
{
    CBK_JSON *holder = cbk_lock_holder(input->operation, "");
    json_t *head =
        json_pack("{s:s, s:I, s:s, s:O*, s:s, s:I}", "operation", input->operation, "started",
                  (json_int_t)cbk_cloud_now(input->plan->env.cloud), "by", cbk_json_text_or(holder, "who", "unknown"),
                  "provenance", json_object_get(input->plan->json, "provenance"), "plan_digest",
                  cbk_plan_digest(input->plan), "steps", (json_int_t)steps);
    *ledger = (struct cbk_ledger){.head = head, .rows = json_array()};
}

void cbk_ledger_release(struct cbk_ledger *ledger)
{
    json_decref(ledger->head);
    json_decref(ledger->rows);
    *ledger = (struct cbk_ledger){0};
}

/* How events that end something read; NULL: it ends nothing. */
static const char *outcome_of(const struct cbk_apply_event *event)
{
    static const char *const outcomes[CBK_APPLY_EVENT_TYPE_COUNT] = {
        [CBK_APPLY_DONE] = "done", [CBK_APPLY_FAILED] = "failed", [CBK_APPLY_SKIPPED] = "not_tried"};
    int code = event->error ? event->error->code : 0;
    if (code == CBK_E_DOWNGRADED)
        return "downgraded";
    return code == CBK_E_INTERRUPTED ? "interrupted" : outcomes[event->type];
}

static json_t *error_of(const struct cbk_error *err)
{
    return err ? json_pack("{s:s, s:s*, s:s*}", "id", cbk_error_id(err->code), "message", err->message, "cloud_code",
                           err->cloud_code)
               : NULL;
}

const json_t *cbk_ledger_enter(struct cbk_ledger *ledger, const struct cbk_apply_event *event)
{
    const char *outcome = outcome_of(event);
    if (!outcome)
        return NULL;
    json_t *row = json_pack("{s:s, s:s, s:s, s:s*, s:o*, s:s*}", "address", event->object->address, "action",
                            event->action, "outcome", outcome, "why", event->text, "error", error_of(event->error),
                            "request_id", event->error ? event->error->request_id : NULL);
    if (event->type != CBK_APPLY_SKIPPED)
        json_object_set_new(row, "ms", json_integer((json_int_t)event->elapsed_ms));
    json_array_append_new(ledger->rows, row);
    return row;
}

json_t *cbk_ledger_close(const struct cbk_ledger *ledger, const struct cbk_apply_input *input, bool interrupted)
{
    if (!json_array_size(ledger->rows))
        return NULL;
    json_t *whole = json_deep_copy(ledger->head);
    json_object_set_new(whole, "ended", json_integer((json_int_t)cbk_cloud_now(input->plan->env.cloud)));
    json_object_set(whole, "rows", ledger->rows);
    if (interrupted)
        json_object_set_new(whole, "interrupted", json_true());
    return whole;
}
