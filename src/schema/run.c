#include "schema/run.h"

#include <string.h>

void cbk_run_release(struct cbk_run *run)
{
    cbk_str_release(&run->pointer);
    cbk_findings_release(&run->findings);
}

void cbk_run_node(struct cbk_run *run, const struct cbk_node *node, const json_t *value)
{
    if (json_is_false(node->schema)) {
        CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
        cbk_run_find(run, node, CBK_WEIGHT_SHAPE, "%s must not be given here", subject);
        return;
    }
    unsigned bits = cbk_type_bits(value);
    for (size_t i = 0; i < node->rules.len; i++) {
        const struct cbk_rule *rule = &node->rules.items[i];
        const struct cbk_keyword *keyword = cbk_keyword_row(rule->id);
        if (!keyword->check || !(keyword->applies & bits))
            continue;
        size_t before = run->findings.len;
        keyword->check(run, node, rule, value);
        if (rule->id == CBK_KEYWORD_TYPE && run->findings.len > before) /* the rest would only repeat it */
            return;
    }
}

void cbk_run_member(struct cbk_run *run, const struct cbk_node *node, const char *name, const json_t *value)
{
    size_t len = run->pointer.len;
    cbk_pointer_add_key(&run->pointer, name);
    cbk_run_node(run, node, value);
    cbk_str_truncate(&run->pointer, len);
}

void cbk_run_item(struct cbk_run *run, const struct cbk_node *node, size_t index, const json_t *value)
{
    size_t len = run->pointer.len;
    cbk_pointer_add_index(&run->pointer, index);
    cbk_run_node(run, node, value);
    cbk_str_truncate(&run->pointer, len);
}

bool cbk_run_matches(const struct cbk_run *run, const struct cbk_node *node, const json_t *value)
{
    CBK_CLEANUP(cbk_run_release) struct cbk_run trial = {.pointer = CBK_STR_INIT, .naming = run->naming};
    cbk_run_node(&trial, node, value);
    return trial.findings.len == 0;
}

struct cbk_finding *cbk_run_find(struct cbk_run *run, const struct cbk_node *node, enum cbk_weight weight,
                                 const char *fmt, ...)
{
    struct cbk_finding *finding = cbk_finding_vec_add(&run->findings);
    va_list args;
    va_start(args, fmt);
    finding->message = cbk_vstrf(fmt, args);
    va_end(args);
    finding->pointer = cbk_strdup(run->pointer.ptr);
    finding->of_key = run->naming;
    finding->weight = weight;
    finding->hint = cbk_strdup(cbk_node_text(node, "x-hint"));
    return finding;
}

void cbk_finding_explain(struct cbk_finding *finding, const struct cbk_node *node)
{
    const char *text = cbk_node_text(node, "x-error");
    if (!text)
        return;
    free(finding->message);
    finding->message = cbk_strdup(text);
}

void cbk_finding_hint(struct cbk_finding *finding, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *hint = cbk_vstrf(fmt, args);
    va_end(args);
    free(finding->hint);
    finding->hint = hint;
}

/* The last key of the pointer and the indices behind it: "policies[0]" of "/roles/app/policies/0". */
char *cbk_run_subject(const struct cbk_run *run)
{
    CBK_STR(name);
    CBK_STR(indices);
    const char *at = run->pointer.ptr;
    if (!*at)
        return cbk_strdup(run->naming ? "the name" : "the document");
    while (*at) {
        CBK_CLEANUP(cbk_string_freep) char *token = cbk_pointer_next(&at);
        size_t index = 0;
        if (cbk_pointer_index(token, &index) && !run->naming) {
            cbk_str_addf(&indices, "[%zu]", index);
            continue;
        }
        cbk_str_clear(&indices);
        cbk_str_clear(&name);
        cbk_str_add(&name, token);
    }
    return cbk_strf("%s'%s%s'", run->naming ? "the name " : "", name.ptr, indices.ptr);
}
