/*
 * What the RAM actions share: names and documents checked, roles and policies found, tags.
 */
#ifndef CBK_SIM_RAM_H
#define CBK_SIM_RAM_H

#include "sim/action/action.h"

/* Parameter rows that many RAM actions have; lengths and characters are checked by sim_ram_check_name. */
#define SIM_RAM_ROLE_NAME                                                                                              \
    {                                                                                                                  \
        .name = "RoleName", .type = SIM_TEXT, .required = true                                                         \
    }
#define SIM_RAM_POLICY_NAME                                                                                            \
    {                                                                                                                  \
        .name = "PolicyName", .type = SIM_TEXT, .required = true                                                       \
    }
#define SIM_RAM_POLICY_TYPE                                                                                            \
    {                                                                                                                  \
        .name = "PolicyType", .type = SIM_TEXT, .required = true, .one_of = "System|Custom",                           \
        .code = "InvalidParameter.PolicyType"                                                                          \
    }
#define SIM_RAM_TAG                                                                                                    \
    {                                                                                                                  \
        .name = "Tag", .type = SIM_JSON                                                                                \
    }

enum { SIM_RAM_DOCUMENT_MOST = 6144, SIM_RAM_VERSIONS_MOST = 5 };

/* The role of RoleName, or the failure EntityNotExist.Role (or that of a malformed name) and NULL. */
json_t *sim_ram_role(struct sim_call *call);
/* The policy of PolicyName and PolicyType (Custom where the action has no type), or a failure and NULL. */
json_t *sim_ram_policy(struct sim_call *call);
/* The version of that id, or NULL without a failure. */
json_t *sim_ram_version(const json_t *policy, const char *id);
/* The users that carry the policy: those of the world's credentials that name it. New reference: [{name, id}]. */
json_t *sim_ram_users(const struct sim_call *call, const json_t *policy);
/* The attachment of a policy in a role's list, or NULL. */
json_t *sim_ram_attachment(const json_t *role, const char *type, const char *name);

CBK_MUST_CHECK int sim_ram_check_role_name(struct sim_call *call, const char *name);
CBK_MUST_CHECK int sim_ram_check_policy_name(struct sim_call *call, const char *name);
/* Is `param` a policy document (or a trust document) of an acceptable length? `length_code` when it is too long. */
CBK_MUST_CHECK int sim_ram_check_document(struct sim_call *call, const char *param, bool is_trust,
                                          const char *length_code);
/* The tags of parameter Tag ([{"Key", "Value"}]) into an object; *ret is a new reference, an empty object without. */
CBK_MUST_CHECK int sim_ram_read_tags(struct sim_call *call, json_t **ret);
/* Keeps the records that bear all tags of the filter (an object) in context. */
bool sim_ram_has_tags(const struct sim_call *call, const json_t *record, const void *tags);

#endif
