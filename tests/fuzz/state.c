/* A state on the first line and entries of a journal on the others: what is a state stays one, whatever is replayed. */
#include "state/state.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes the next line; NULL at the end or where it is no JSON. */
static json_t *next_line(const char **at, const char *end)
{
    const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    size_t len = (size_t)((stop ? stop : end) - *at);
    CBK_ERROR(err);
    json_t *json = NULL;
    if (*at < end && cbk_json_parse("fuzz", *at, len, &json, &err) < 0)
        json = NULL;
    *at = stop ? stop + 1 : end;
    return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    CBK_ERROR(err);
    CBK_JSON *state = next_line(&at, end);
    if (!state || cbk_state_check(state, "fuzz", "web", &err) < 0)
        return 0;
    assert(cbk_state_lineage(state) && cbk_state_serial(state) >= 0);
    while (at < end) {
        CBK_JSON *entry = next_line(&at, end);
        if (!entry)
            continue;
        CBK_JSON *before = json_deep_copy(state);
        bool replayed = cbk_state_replay(state, entry);
        assert(replayed || json_equal(before, state));
        assert(cbk_state_check(state, "fuzz", "web", &err) == 0);
    }
    return 0;
}
