#include "schema/checks.h"
#include "schema/equal.h"
#include "schema/run.h"

void cbk_check_unique(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    if (!json_is_true(rule->value))
        return;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *seen = cbk_map_new();
    size_t len = run->pointer.len, index;
    json_t *item;
    json_array_foreach(value, index, item) {
        CBK_STR(key);
        cbk_value_add_key(&key, item);
        if (!cbk_map_set(seen, key.ptr, item))
            continue;
        cbk_pointer_add_index(&run->pointer, index);
        CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
        cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s is given twice", subject);
        cbk_str_truncate(&run->pointer, len);
    }
}

void cbk_check_prefix_items(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                            const json_t *value)
{
    (void)node;
    size_t count = json_array_size(value);
    for (size_t i = 0; i < rule->subs.len && i < count; i++)
        cbk_run_item(run, rule->subs.items[i].node, i, json_array_get(value, i));
}

void cbk_check_items(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    const struct cbk_rule *prefix = cbk_node_rule(node, CBK_KEYWORD_PREFIX_ITEMS);
    for (size_t i = prefix ? prefix->subs.len : 0; i < json_array_size(value); i++)
        cbk_run_item(run, rule->subs.items[0].node, i, json_array_get(value, i));
}

static double bound_of(const struct cbk_node *node, enum cbk_keyword_id id, double otherwise)
{
    const struct cbk_rule *rule = cbk_node_rule(node, id);
    return rule ? json_number_value(rule->value) : otherwise;
}

void cbk_check_contains(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                        const json_t *value)
{
    size_t matching = 0, index;
    json_t *item;
    json_array_foreach(value, index, item)
        matching += cbk_run_matches(run, rule->subs.items[0].node, item);
    double least = bound_of(node, CBK_KEYWORD_MIN_CONTAINS, 1);
    double most = bound_of(node, CBK_KEYWORD_MAX_CONTAINS, (double)json_array_size(value));
    if ((double)matching >= least && (double)matching <= most)
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    struct cbk_finding *finding =
        cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s holds too %s items of the kind that it needs", subject,
                     (double)matching < least ? "few" : "many");
    cbk_finding_explain(finding, node);
}
