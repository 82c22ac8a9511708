/*
 * The short form of a role's trust ('trust' in the stack) as the trust policy that it stands for.
 */
#ifndef CBK_KINDS_ROLE_TRUST_H
#define CBK_KINDS_ROLE_TRUST_H

#include "base/error.h"
#include "base/json.h"

/*
 * `trust` is {service, account, oidc, saml}, as the schema has it. Providers are named by their ARN, or by their name
 * where `account` (the stack's; NULL: unknown) tells whose they are: CBK_E_VALIDATION otherwise. *ret_document is a new
 * reference, normalised. The documents are those of the vendor's page on CreateRole.
 */
CBK_MUST_CHECK int cbk_role_trust_make(const json_t *trust, const char *account, json_t **ret_document,
                                       struct cbk_error *err);

#endif
