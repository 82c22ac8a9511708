#include "state/journal.h"

#include "state/state.h"

#include <string.h>

#define LINE_BYTES ((size_t)128 * 1024) /* that are enough: places limit what a request may have */

struct lines {
    const char *at, *end;
    cbk_journal_decode decode;
    void *context;
};

/*
 * Takes the next line: false at the end. A last line that is cut or garbled was under way when a crash came, and was
 * never promised: it counts as the end. Any other line is, for it was synced before the next one was begun; what
 * cannot be read of it comes out as NULL.
 */
static bool next_line(struct lines *lines, json_t **ret_entry)
{
    const char *start = lines->at;
    const char *stop = start < lines->end ? memchr(start, '\n', (size_t)(lines->end - start)) : NULL;
    if (!stop)
        return false;
    *ret_entry = lines->decode(lines->context, start, (size_t)(stop - start));
    lines->at = stop + 1;
    return *ret_entry || lines->at < lines->end;
}

json_t *cbk_journal_header(const json_t *state)
{
    return json_pack("{s:s, s:I}", "lineage", cbk_state_lineage(state), "serial", (json_int_t)cbk_state_serial(state));
}

size_t cbk_journal_add_line(const json_t *const *entries, size_t count, struct cbk_str *line)
{
    size_t taken = 0;
    CBK_STR(steps);
    while (taken < count && steps.len < LINE_BYTES) {
        cbk_str_add(&steps, taken ? "," : "");
        cbk_json_add_canonical(&steps, entries[taken++]);
    }
    if (taken == 1)
        cbk_str_add_bytes(line, steps.ptr, steps.len);
    else
        cbk_str_addf(line, "{\"steps\":[%s]}", steps.ptr);
    return taken;
}

/* Does to the state what a line says, and counts its steps. */
static bool replay_line(json_t *state, json_t *line, size_t *steps)
{
    const json_t *several = json_object_get(line, "steps");
    size_t index;
    json_t *entry;
    json_array_foreach((json_t *)several, index, entry) {
        if (!cbk_state_replay(state, entry))
            return false;
        ++*steps;
    }
    if (several)
        return json_is_array(several);
    ++*steps;
    return cbk_state_replay(state, line);
}

static bool goes_on_from(const json_t *header, const json_t *state)
{
    return cbk_str_equal(cbk_json_text(header, "lineage"), cbk_state_lineage(state)) &&
           cbk_json_int(header, "serial", -1) == cbk_state_serial(state);
}

int cbk_journal_replay(const char *text, size_t len, cbk_journal_decode decode, void *context, const char *place,
                       json_t *state, size_t *ret_steps, struct cbk_error *err)
{
    struct lines lines = {.at = text, .end = text + len, .decode = decode, .context = context};
    CBK_JSON *header = NULL;
    *ret_steps = 0;
    if (!next_line(&lines, &header) || !goes_on_from(header, state))
        return 0;
    size_t steps = 0;
    json_t *line = NULL;
    while (next_line(&lines, &line)) {
        CBK_JSON *entry = line;
        size_t before = steps;
        if (!replay_line(state, entry, &steps))
            return cbk_fail(err, CBK_E_STATE, "the journal of '%s' is damaged at step %zu", place, before + 1);
    }
    *ret_steps = steps;
    return 0;
}
