#include "schema/checks.h"
#include "schema/run.h"

#include <stdint.h>
#include <string.h>

void cbk_check_all_of(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    (void)node;
    for (size_t i = 0; i < rule->subs.len; i++)
        cbk_run_node(run, rule->subs.items[i].node, value);
}

/* What one branch found, tried on the side. */
static struct cbk_finding_vec try_branch(struct cbk_run *run, const struct cbk_node *branch, const json_t *value)
{
    struct cbk_finding_vec kept = run->findings;
    run->findings = (struct cbk_finding_vec){0};
    cbk_run_node(run, branch, value);
    struct cbk_finding_vec found = run->findings;
    run->findings = kept;
    return found;
}

/* How far the value is from the branch. A wrong type counts fully only at the value itself. */
static size_t weigh(const struct cbk_run *run, const struct cbk_finding_vec *found)
{
    size_t sum = 0;
    for (size_t i = 0; i < found->len; i++) {
        const struct cbk_finding *finding = &found->items[i];
        bool here = strcmp(finding->pointer, run->pointer.ptr) == 0;
        sum += finding->weight == CBK_WEIGHT_KIND && !here ? CBK_WEIGHT_SHAPE : finding->weight;
    }
    return sum;
}

/* Branches that failed, and the one that came nearest. */
struct trial {
    size_t matching;
    size_t match[2]; /* which branches did, as far as we looked */
    struct cbk_finding_vec nearest;
    size_t nearest_weight;
    unsigned types; /* when all failed by the type of the value itself: what would have been right; else 0 */
};

static void trial_release(struct trial *trial)
{
    cbk_findings_release(&trial->nearest);
}

static void judge(struct cbk_run *run, struct trial *trial, struct cbk_finding_vec *found, bool first)
{
    size_t weight = weigh(run, found);
    bool only_type = found->len == 1 && found->items[0].types && weight == CBK_WEIGHT_KIND;
    if (first)
        trial->types = only_type ? found->items[0].types : 0;
    else
        trial->types = only_type && trial->types ? trial->types | found->items[0].types : 0;
    if (!first && weight >= trial->nearest_weight) {
        cbk_findings_release(found);
        return;
    }
    cbk_findings_release(&trial->nearest);
    trial->nearest = *found;
    trial->nearest_weight = weight;
}

static void try_branches(struct cbk_run *run, const struct cbk_rule *rule, const json_t *value, size_t enough,
                         struct trial *trial)
{
    bool first = true;
    for (size_t i = 0; i < rule->subs.len; i++) {
        const struct cbk_node *branch = rule->subs.items[i].node;
        struct cbk_finding_vec found = try_branch(run, branch, value);
        if (found.len) {
            judge(run, trial, &found, first);
            first = false;
            continue;
        }
        trial->match[trial->matching++] = i;
        if (trial->matching == enough)
            return;
    }
}

/* The key, when the branch says nothing but that one key is required. */
static const char *only_required(const struct cbk_node *branch)
{
    const struct cbk_rule *rule = cbk_node_rule(branch, CBK_KEYWORD_REQUIRED);
    if (!rule || branch->rules.len != 1 || json_array_size(rule->value) != 1)
        return NULL;
    return json_string_value(json_array_get(rule->value, 0));
}

/* "one of 'document', 'document_file'" where the branches are nothing but that; false where they are more. */
static bool add_alternatives(const struct cbk_rule *rule, struct cbk_str *out)
{
    for (size_t i = 0; i < rule->subs.len; i++) {
        const char *key = only_required(rule->subs.items[i].node);
        if (!key)
            return false;
        cbk_str_addf(out, "%s'%s'", i ? " or " : "", key);
    }
    return true;
}

static void find_no_match(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                          const json_t *value, struct trial *trial)
{
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    CBK_STR(words);
    if (cbk_node_text(node, "x-error")) {
        cbk_finding_explain(cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "%s is not valid", subject), node);
    } else if (trial->types) {
        CBK_STR(found);
        cbk_types_add(&words, trial->types);
        cbk_types_add(&found, cbk_type_bits(value));
        struct cbk_finding *finding =
            cbk_run_find(run, node, CBK_WEIGHT_KIND, "%s has to be %s, not %s", subject, words.ptr, found.ptr);
        finding->types = trial->types;
    } else if (json_is_object(value) && add_alternatives(rule, &words)) {
        cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "%s needs %s", subject, words.ptr);
    } else {
        cbk_findings_move(&run->findings, &trial->nearest);
    }
}

void cbk_check_any_of(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    CBK_CLEANUP(trial_release) struct trial trial = {0};
    try_branches(run, rule, value, 1, &trial);
    if (!trial.matching)
        find_no_match(run, node, rule, value, &trial);
}

static void find_two_matches(struct cbk_run *run, const struct cbk_node *node, const struct cbk_node *first,
                             const struct cbk_node *second)
{
    const char *one = only_required(first), *other = only_required(second);
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    if (!one || !other) {
        cbk_finding_explain(cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "%s can be read in more than one way", subject),
                            node);
        return;
    }
    size_t len = run->pointer.len;
    cbk_pointer_add_key(&run->pointer, other);
    cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "'%s' and '%s' exclude each other", one, other)->of_key = true;
    cbk_str_truncate(&run->pointer, len);
}

void cbk_check_one_of(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    CBK_CLEANUP(trial_release) struct trial trial = {0};
    try_branches(run, rule, value, 2, &trial);
    if (trial.matching == 2)
        find_two_matches(run, node, rule->subs.items[trial.match[0]].node, rule->subs.items[trial.match[1]].node);
    else if (!trial.matching)
        find_no_match(run, node, rule, value, &trial);
}

void cbk_check_not(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    if (!cbk_run_matches(run, rule->subs.items[0].node, value))
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    cbk_finding_explain(cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "%s is not allowed here", subject), node);
}

void cbk_check_if(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    bool holds = cbk_run_matches(run, rule->subs.items[0].node, value);
    const struct cbk_rule *follows = cbk_node_rule(node, holds ? CBK_KEYWORD_THEN : CBK_KEYWORD_ELSE);
    if (follows)
        cbk_run_node(run, follows->subs.items[0].node, value);
}
