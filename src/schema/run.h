/*
 * One validation on its way through an instance, and how checks speak.
 */
#ifndef CBK_SCHEMA_RUN_H
#define CBK_SCHEMA_RUN_H

#include "schema/finding.h"
#include "schema/node.h"

struct cbk_run {
    struct cbk_str pointer; /* of the value being checked */
    bool naming;            /* the value is the name of the member that the pointer leads to */
    struct cbk_finding_vec findings;
};

void cbk_run_release(struct cbk_run *run);

/* Checks `value`, at the run's pointer, against every rule of the node. */
void cbk_run_node(struct cbk_run *run, const struct cbk_node *node, const json_t *value);
/* The same for a member or an item of the value at the run's pointer. */
void cbk_run_member(struct cbk_run *run, const struct cbk_node *node, const char *name, const json_t *value);
void cbk_run_item(struct cbk_run *run, const struct cbk_node *node, size_t index, const json_t *value);
/* Does the value meet the node? Finds nothing in the run. */
bool cbk_run_matches(const struct cbk_run *run, const struct cbk_node *node, const json_t *value);

/* Adds a finding at the run's pointer; its hint is the node's x-hint, and x-error takes the place of the message when
 * the rule cannot say in words what is wrong. Borrowed until the next one. */
struct cbk_finding *cbk_run_find(struct cbk_run *run, const struct cbk_node *node, enum cbk_weight weight,
                                 const char *fmt, ...) CBK_PRINTF(4, 5);
void cbk_finding_explain(struct cbk_finding *finding, const struct cbk_node *node);
void cbk_finding_hint(struct cbk_finding *finding, const char *fmt, ...) CBK_PRINTF(2, 3);

/* What messages call the value at the run's pointer: 'region', 'policies[0]', the name 'my app'. The caller frees. */
char *cbk_run_subject(const struct cbk_run *run);

#endif
