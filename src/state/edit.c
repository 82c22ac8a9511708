#include "state/edit.h"

#include "state/state.h"

#include <string.h>

/* Does `known` lie at `address`: the same, an instance's share of it, or what a replacement of it left behind? */
static bool lies_at(const char *known, const char *address)
{
    size_t len = strlen(address);
    return strncmp(known, address, len) == 0 && (!known[len] || known[len] == '[' || known[len] == '~');
}

json_t *cbk_state_matches(const json_t *state, const char *address)
{
    CBK_JSON *known = cbk_json_sorted_keys(cbk_state_resources(state));
    json_t *matches = json_array();
    size_t index;
    json_t *text;
    json_array_foreach(known, index, text)
        if (lies_at(json_string_value(text), address))
            json_array_append(matches, text);
    return matches;
}

int cbk_state_fail_unknown(const json_t *state, const char *address, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    const char *known;
    json_t *resource;
    json_object_foreach(cbk_state_resources(state), known, resource)
        cbk_strings_push(&names, known);
    const char *near = cbk_str_nearest(address, names.items, names.len);
    (void)cbk_fail(err, CBK_E_NOT_FOUND, "the state knows nothing at '%s'%s%s%s", address,
                   near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return cbk_error_hint(err, "'cbk state list' lists what it knows");
}

static int find(const json_t *state, const char *address, json_t **ret_matches, struct cbk_error *err)
{
    CBK_JSON *matches = cbk_state_matches(state, address);
    if (!json_array_size(matches))
        return cbk_state_fail_unknown(state, address, err);
    *ret_matches = cbk_json_steal(&matches);
    return 0;
}

/* Both for one instance or both for all, and of one section. */
static int check_alike(const char *from, const char *to, struct cbk_error *err)
{
    size_t section = strcspn(from, ".");
    if (strncmp(from, to, section + 1) != 0)
        return cbk_fail(err, CBK_E_USAGE, "'%s' and '%s' are not of one section", from, to);
    if (!cbk_str_equal(strchr(from, '['), strchr(to, '[')))
        return cbk_fail(err, CBK_E_USAGE, "'%s' and '%s' are not of the same instance", from, to);
    return 0;
}

/* Open intents go where their address goes, and are forgotten with it. Either may be NULL. */
static void take_intents_along(json_t *state, const json_t *moves, const json_t *removed)
{
    json_t *intents = cbk_state_intents(state);
    for (size_t i = json_array_size(intents); i-- > 0;) {
        json_t *intent = json_array_get(intents, i);
        const char *address = cbk_json_text_or(intent, "address", "");
        json_t *moved = json_object_get(moves, address);
        if (moved)
            json_object_set(intent, "address", moved);
        if (cbk_json_array_has(removed, address))
            json_array_remove(intents, i);
    }
    if (!json_array_size(intents))
        json_object_del(state, "intents");
}

static void rename_needs(json_t *resource, const json_t *moves)
{
    json_t *needs = json_object_get(resource, "depends_on");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        json_t *moved = json_object_get(moves, json_string_value(json_array_get(needs, i)));
        if (moved)
            json_array_set(needs, i, moved);
    }
    CBK_JSON *sorted = cbk_json_sorted_texts(needs);
    json_object_set(resource, "depends_on", sorted);
}

int cbk_state_move(json_t *state, const char *from, const char *to, json_t **ret_moves, struct cbk_error *err)
{
    CBK_JSON *matches = NULL, *moves = json_object();
    int r = check_alike(from, to, err);
    if (r == 0)
        r = find(state, from, &matches, err);
    if (r < 0)
        return r;
    json_t *resources = cbk_state_resources(state);
    size_t index;
    json_t *old;
    json_array_foreach(matches, index, old) {
        CBK_CLEANUP(cbk_string_freep) char *target = cbk_strf("%s%s", to, json_string_value(old) + strlen(from));
        if (json_object_get(resources, target)) {
            (void)cbk_fail(err, CBK_E_CONFLICT, "the state knows something at '%s' already", target);
            return cbk_error_hint(err, "move that first, or forget it: cbk state rm '%s'", target);
        }
        json_object_set_new(moves, json_string_value(old), json_string(target));
    }
    const char *address;
    json_t *value;
    json_object_foreach(moves, address, value) {
        json_object_set(resources, json_string_value(value), json_object_get(resources, address));
        json_object_del(resources, address);
    }
    json_object_foreach(resources, address, value)
        rename_needs(value, moves);
    take_intents_along(state, moves, NULL);
    *ret_moves = cbk_json_steal(&moves);
    return 0;
}

int cbk_state_remove(json_t *state, const char *address, json_t **ret_removed, struct cbk_error *err)
{
    CBK_JSON *matches = NULL;
    int r = find(state, address, &matches, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *match;
    json_array_foreach(matches, index, match)
        json_object_del(cbk_state_resources(state), json_string_value(match));
    take_intents_along(state, NULL, matches);
    *ret_removed = cbk_json_steal(&matches);
    return 0;
}

int cbk_state_check_push(const json_t *current, const json_t *incoming, struct cbk_error *err)
{
    if (!current)
        return 0;
    if (!cbk_str_equal(cbk_state_lineage(current), cbk_state_lineage(incoming)))
        (void)cbk_fail(err, CBK_E_STATE, "the state to push is of another lineage: %s, not %s",
                       cbk_state_lineage(incoming), cbk_state_lineage(current));
    else if (cbk_state_serial(incoming) < cbk_state_serial(current))
        (void)cbk_fail(err, CBK_E_STATE, "the state to push is older: its serial is %lld, and %lld is kept",
                       (long long)cbk_state_serial(incoming), (long long)cbk_state_serial(current));
    else if (cbk_state_serial(incoming) == cbk_state_serial(current) &&
             !json_equal((json_t *)incoming, (json_t *)current))
        (void)cbk_fail(err, CBK_E_STATE,
                       "the state to push differs from the one that is kept under the same serial %lld",
                       (long long)cbk_state_serial(current));
    else
        return 0;
    return cbk_error_hint(err, "look at both ('cbk state pull'); --force pushes it all the same");
}
