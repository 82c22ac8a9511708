/*
 * RAM policy documents: are they well formed, and what do they allow? Allow and Deny, wildcards, lists and single
 * strings, principals of trust documents.
 */
#ifndef CBK_SIM_DOCUMENT_H
#define CBK_SIM_DOCUMENT_H

#include "base/json.h"

/* Checks the text of a policy document, or of a trust document, whose statements have principals. */
CBK_MUST_CHECK int sim_document_check(const char *text, bool is_trust, struct cbk_error *err);

enum sim_verdict { SIM_NOT_MENTIONED, SIM_ALLOWED, SIM_DENIED };

/* What a policy document says of an action ("ecs:DescribeDisks") on a resource (an arn). `context` feeds the conditions
 * (condition.h); NULL: nothing is known. */
enum sim_verdict sim_document_judge(const char *text, const char *action, const char *resource, const json_t *context);
/* Does a trust document let this principal assume the role? kind: "Service", "RAM" or "Federated". */
bool sim_document_trusts(const char *text, const char *kind, const char *principal, const json_t *context);

#endif
