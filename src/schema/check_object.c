#include "schema/checks.h"
#include "schema/run.h"

#include <string.h>

/* More known keys than this are not listed in a hint. */
#define MOST_KEYS 24

static const char *description_of(const struct cbk_node *node, const char *name)
{
    const struct cbk_rule *properties = cbk_node_rule(node, CBK_KEYWORD_PROPERTIES);
    const struct cbk_node *property = properties ? cbk_map_get(properties->by_name, name) : NULL;
    return property ? cbk_node_text(property, "description") : NULL;
}

void cbk_check_required(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                        const json_t *value)
{
    size_t index;
    json_t *name;
    json_array_foreach(rule->value, index, name) {
        const char *key = json_string_value(name);
        if (json_object_get(value, key))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
        struct cbk_finding *finding =
            run->pointer.len ? cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "missing key '%s' in %s", key, subject)
                             : cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "missing key '%s'", key);
        const char *description = description_of(node, key);
        if (description) /* a sentence, and messages have no full stop */
            cbk_finding_hint(finding, "'%s': %.*s", key,
                             (int)(strlen(description) - cbk_str_ends_with(description, ".")), description);
    }
}

void cbk_check_dependent_required(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                                  const json_t *value)
{
    const char *key;
    json_t *names;
    json_object_foreach((json_t *)rule->value, key, names) {
        if (!json_object_get(value, key))
            continue;
        size_t index;
        json_t *name;
        json_array_foreach(names, index, name)
            if (!json_object_get(value, json_string_value(name)))
                cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "'%s' needs '%s' beside it", key, json_string_value(name));
    }
}

void cbk_check_property_names(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                              const json_t *value)
{
    (void)node;
    bool naming = run->naming;
    run->naming = true;
    const char *key;
    json_t *unused;
    json_object_foreach((json_t *)value, key, unused) {
        CBK_JSON *name = json_string(key);
        cbk_run_member(run, rule->subs.items[0].node, key, name);
    }
    run->naming = naming;
}

void cbk_check_properties(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                          const json_t *value)
{
    (void)node;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member) {
        const struct cbk_node *property = cbk_map_get(rule->by_name, key);
        if (property)
            cbk_run_member(run, property, key, member);
    }
}

void cbk_check_pattern_properties(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                                  const json_t *value)
{
    (void)node;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
        for (size_t i = 0; i < rule->subs.len; i++)
            if (cbk_pattern_matches(rule->subs.items[i].pattern, key))
                cbk_run_member(run, rule->subs.items[i].node, key, member);
}

bool cbk_node_names(const struct cbk_node *node, const char *key)
{
    const struct cbk_rule *properties = cbk_node_rule(node, CBK_KEYWORD_PROPERTIES);
    if (properties && cbk_map_get(properties->by_name, key))
        return true;
    const struct cbk_rule *patterns = cbk_node_rule(node, CBK_KEYWORD_PATTERN_PROPERTIES);
    for (size_t i = 0; patterns && i < patterns->subs.len; i++)
        if (cbk_pattern_matches(patterns->subs.items[i].pattern, key))
            return true;
    return false;
}

/* The keys that the node knows, those that `value` has already left out when `absent_only`. */
static void known_keys(const struct cbk_node *node, const json_t *value, bool absent_only, struct cbk_strings *names)
{
    const struct cbk_rule *properties = cbk_node_rule(node, CBK_KEYWORD_PROPERTIES);
    for (size_t i = 0; properties && i < properties->subs.len; i++) {
        const char *name = properties->subs.items[i].name;
        if (!absent_only || !json_object_get(value, name))
            cbk_strings_push(names, name);
    }
}

static void find_unknown_key(struct cbk_run *run, const struct cbk_node *node, const char *key, const json_t *value)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    known_keys(node, value, true, &names);
    const char *nearest = cbk_str_nearest(key, names.items, names.len);
    struct cbk_finding *finding =
        nearest ? cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "unknown key '%s' (did you mean '%s'?)", key, nearest)
                : cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "unknown key '%s'", key);
    finding->of_key = true;
    names.len = 0;
    known_keys(node, value, false, &names);
    if (nearest || finding->hint || !names.len || names.len > MOST_KEYS)
        return;
    CBK_STR(list);
    for (size_t i = 0; i < names.len; i++)
        cbk_str_addf(&list, "%s%s", i ? ", " : "", names.items[i]);
    cbk_finding_hint(finding, "known keys: %s", list.ptr);
}

void cbk_check_additional_properties(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                                     const json_t *value)
{
    const struct cbk_node *rest = rule->subs.items[0].node;
    size_t len = run->pointer.len;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member) {
        if (cbk_node_names(node, key))
            continue;
        cbk_pointer_add_key(&run->pointer, key);
        if (json_is_false(rest->schema))
            find_unknown_key(run, node, key, value);
        else
            cbk_run_node(run, rest, member);
        cbk_str_truncate(&run->pointer, len);
    }
}
