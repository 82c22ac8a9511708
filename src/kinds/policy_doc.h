/*
 * RAM policy documents by meaning. A normalised document has the same JSON exactly when it reads the same to us: lists
 * sorted and without repetition, a single string made a list of one, statements sorted, an empty Condition left out.
 */
#ifndef CBK_KINDS_POLICY_DOC_H
#define CBK_KINDS_POLICY_DOC_H

#include "base/json.h"

/* New reference. `document` is an object {Version, Statement}. */
json_t *cbk_policy_doc_normalise(const json_t *document);
/* Parses JSON text and normalises it. */
CBK_MUST_CHECK int cbk_policy_doc_parse(const char *what, const char *text, json_t **ret_document,
                                        struct cbk_error *err);
/* The trust policy that lets these services assume a role. New reference, normalised. */
json_t *cbk_policy_doc_trust(const json_t *services);

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
