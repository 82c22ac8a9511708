/*
 * RAM policy documents by meaning. Documents whose normal forms are the same JSON mean the same: lists are sorted,
 * without repetition and without what another of their patterns covers, a single string is a list of one, values of
 * conditions are texts, an empty Condition is left out, statements that differ in one list alone are one statement.
 * What cannot be told to be the same is different, such as names in another case: RAM minds it seldom, but sometimes.
 */
#ifndef CBK_KINDS_POLICY_DOC_H
#define CBK_KINDS_POLICY_DOC_H

#include "base/json.h"

/* New reference. `document` is an object {Version, Statement}. */
json_t *cbk_policy_doc_normalise(const json_t *document);
/* Parses JSON text and normalises it. */
CBK_MUST_CHECK int cbk_policy_doc_parse(const char *what, const char *text, json_t **ret_document,
                                        struct cbk_error *err);

/*
 * May the holder do `action` on `resource`? Deny wins over Allow. A statement with a Condition counts for Deny and not
 * for Allow: what depends on a condition is not promised. `action` may itself hold '*' ("ecs:CreateSnapshot*"): then
 * every such action must be allowed by one statement.
 */
bool cbk_policy_doc_allows(const json_t *document, const char *action, const char *resource);
/* Does the trust policy let `service` assume the role? */
bool cbk_policy_doc_trusts(const json_t *document, const char *service);
/* May something be done under `after` that could not be under `before`? Errs on the side of yes. */
bool cbk_policy_doc_widens(const json_t *before, const json_t *after);

#endif
