#include "render/ledger.h"

#include "base/time.h"

#include <string.h>

#define ACTION_CELLS 8
#define OUTCOME_CELLS 12

static const struct words {
    const char *outcome, *text;
    enum cbk_colour colour;
} outcomes[] = {
    {"done", "done", CBK_GREEN},
    {"failed", "failed", CBK_RED},
    {"downgraded", "too low", CBK_RED},
    {"interrupted", "interrupted", CBK_RED},
    {"not_tried", "not tried", CBK_YELLOW},
};

static const struct words *words_of(const json_t *row)
{
    const char *outcome = cbk_json_text_or(row, "outcome", "failed");
    for (size_t i = 0; i < CBK_ARRAY_LEN(outcomes); i++)
        if (cbk_str_equal(outcomes[i].outcome, outcome))
            return &outcomes[i];
    return &outcomes[1];
}

static bool was_done(const json_t *row)
{
    return cbk_str_equal(cbk_json_text(row, "outcome"), "done");
}

static void add_reason(const json_t *row, struct cbk_str *out)
{
    const char *why = cbk_json_text_or(row, "why", cbk_json_text_or(row, "error.message", NULL));
    const char *code = cbk_json_text(row, "error.cloud_code"), *request_id = cbk_json_text(row, "request_id");
    if (why)
        cbk_str_addf(out, ": %s", why);
    if (code && !(why && strstr(why, code))) /* most messages say it */
        cbk_str_addf(out, " (%s)", code);
    if (request_id)
        cbk_str_addf(out, ", request %s", request_id);
}

static void add_row(const json_t *row, const struct cbk_style *style, struct cbk_str *out)
{
    const struct words *words = words_of(row);
    CBK_STR(reason);
    add_reason(row, &reason);
    cbk_str_add(out, "  ");
    cbk_style_add_padded(style, out, CBK_PLAIN, cbk_json_text_or(row, "action", ""), ACTION_CELLS);
    cbk_style_add_padded(style, out, words->colour, words->text, OUTCOME_CELLS);
    cbk_style_add(style, out, CBK_BOLD, cbk_json_text_or(row, "address", ""));
    cbk_style_add(style, out, CBK_PLAIN, reason.ptr);
    cbk_str_add_char(out, '\n');
}

/* Those that were not done, or all. */
static size_t add_rows(const json_t *ledger, bool all, const struct cbk_style *style, struct cbk_str *out)
{
    size_t index, added = 0;
    json_t *row;
    json_array_foreach(json_object_get(ledger, "rows"), index, row) {
        if (!all && was_done(row))
            continue;
        add_row(row, style, out);
        added++;
    }
    return added;
}

void cbk_render_ledger_failures(const json_t *ledger, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_STR(rows);
    if (!add_rows(ledger, /* all= */ false, style, &rows))
        return;
    cbk_str_add_char(out, '\n');
    cbk_style_add(style, out, CBK_BOLD, "What was not done:");
    cbk_str_addf(out, "\n%s\n", rows.ptr);
}

/* The time of its end, or how far it came. */
static void add_end(const json_t *ledger, struct cbk_str *out)
{
    if (cbk_json_bool(ledger, "cut_off", false)) {
        cbk_str_addf(out, ", cut off after %zu of %lld steps", json_array_size(json_object_get(ledger, "rows")),
                     (long long)cbk_json_int(ledger, "steps", 0));
        return;
    }
    cbk_str_add(out, " to ");
    cbk_time_add_utc(out, cbk_json_int(ledger, "ended", 0));
}

static void add_unheard(const json_t *intents, const struct cbk_style *style, struct cbk_str *out)
{
    size_t index;
    json_t *intent;
    json_array_foreach((json_t *)intents, index, intent) {
        cbk_str_add(out,
                    index ? "  " : "Calls whose answer was never heard ('cbk plan' tells what became of them):\n  ");
        cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(intent, "action", "?"));
        cbk_str_add_char(out, ' ');
        cbk_style_add(style, out, CBK_BOLD, cbk_json_text_or(intent, "address", "?"));
        cbk_str_add_char(out, '\n');
    }
}

void cbk_render_ledger(const json_t *ledger, const json_t *intents, const struct cbk_style *style, struct cbk_str *out)
{
    const char *commit = cbk_json_text(ledger, "provenance.commit");
    CBK_STR(head);
    cbk_str_addf(&head, "%s by %s, ", cbk_json_text_or(ledger, "operation", "apply"),
                 cbk_json_text_or(ledger, "by", "unknown"));
    cbk_time_add_utc(&head, cbk_json_int(ledger, "started", 0));
    add_end(ledger, &head);
    if (commit)
        cbk_str_addf(&head, ", commit %.7s%s", commit,
                     cbk_json_bool(ledger, "provenance.dirty", false) ? " with changes that are not committed" : "");
    if (cbk_json_bool(ledger, "interrupted", false))
        cbk_str_add(&head, ", interrupted");
    cbk_style_add(style, out, CBK_BOLD, head.ptr);
    cbk_str_add(out, "\nplan ");
    cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(ledger, "plan_digest", "?"));
    cbk_str_add_char(out, '\n');
    (void)add_rows(ledger, /* all= */ true, style, out);
    if (cbk_json_bool(ledger, "cut_off", false))
        add_unheard(intents, style, out);
}
