/*
 * Resource Access Management (2015-05-01): roles, policies and what is attached to what. RAM is global and eventually
 * consistent: what was just written may be missing from the next answer.
 *
 * Every call fails like cbk_cloud_call. Answers are the API's own objects (new references); documents, which the API
 * carries as JSON text, come back parsed and are given as values. RAM knows no ClientToken: creations are never
 * repeated once they may have been sent, everything else here sets a value and is.
 */
#ifndef CBK_CLOUD_RAM_H
#define CBK_CLOUD_RAM_H

#include "cloud/cloud.h"

/* ListRoles, whole: an array of roles without their trust policies, which only GetRole has. */
CBK_MUST_CHECK int cbk_ram_list_roles(struct cbk_cloud *cloud, json_t **ret_roles, struct cbk_error *err);
/* GetRole: the role with AssumeRolePolicyDocument parsed; NULL when there is none of that name. */
CBK_MUST_CHECK int cbk_ram_get_role(struct cbk_cloud *cloud, const char *name, json_t **ret_role,
                                    struct cbk_error *err);
/*
 * CreateRole. `description` may be NULL (the API refuses an empty one), `max_session_duration` 0 for the API's default
 * of 3,600 s, `tags` (an object) NULL. *ret_role is as in get_role; `ret_role` may be NULL. CBK_E_CONFLICT when the
 * name is taken.
 */
CBK_MUST_CHECK int cbk_ram_create_role(struct cbk_cloud *cloud, const char *name, const json_t *trust,
                                       const char *description, int64_t max_session_duration, const json_t *tags,
                                       json_t **ret_role, struct cbk_error *err);
/* UpdateRole: only what is given (trust, description not NULL, duration not 0) is sent and changes. */
CBK_MUST_CHECK int cbk_ram_update_role(struct cbk_cloud *cloud, const char *name, const json_t *trust,
                                       const char *description, int64_t max_session_duration, struct cbk_error *err);
/*
 * DeleteRole; a role that is gone counts as deleted. CBK_E_CONFLICT (DeleteConflict.Role.Policy) while policies are
 * attached, and for a while after they were detached: wait and repeat.
 */
CBK_MUST_CHECK int cbk_ram_delete_role(struct cbk_cloud *cloud, const char *name, struct cbk_error *err);

/* ListPolicies of a type ("Custom", "System"), whole: an array of policies without their documents. */
CBK_MUST_CHECK int cbk_ram_list_policies(struct cbk_cloud *cloud, const char *type, json_t **ret_policies,
                                         struct cbk_error *err);
/* GetPolicy: {Policy, DefaultPolicyVersion} with DefaultPolicyVersion.PolicyDocument parsed; NULL when there is none.
 */
CBK_MUST_CHECK int cbk_ram_get_policy(struct cbk_cloud *cloud, const char *type, const char *name, json_t **ret_policy,
                                      struct cbk_error *err);
/* CreatePolicy. `description` and `tags` may be NULL. *ret_policy is the Policy object, without the document; it may be
 * NULL. */
CBK_MUST_CHECK int cbk_ram_create_policy(struct cbk_cloud *cloud, const char *name, const json_t *document,
                                         const char *description, const json_t *tags, json_t **ret_policy,
                                         struct cbk_error *err);
/*
 * CreatePolicyVersion, made the default one. A policy holds five versions: the oldest that is not the default goes when
 * there are more. Sent twice it would make a twin, so it is not repeated. *ret_version (may be NULL) is PolicyVersion.
 */
CBK_MUST_CHECK int cbk_ram_create_policy_version(struct cbk_cloud *cloud, const char *name, const json_t *document,
                                                 json_t **ret_version, struct cbk_error *err);
CBK_MUST_CHECK int cbk_ram_update_policy_description(struct cbk_cloud *cloud, const char *name, const char *description,
                                                     struct cbk_error *err);
/*
 * DeletePolicy with all its versions; a policy that is gone counts as deleted. CBK_E_CONFLICT (DeleteConflict.*) while
 * it is attached, and for a while after it was detached.
 */
CBK_MUST_CHECK int cbk_ram_delete_policy(struct cbk_cloud *cloud, const char *name, struct cbk_error *err);

/* ListPoliciesForRole (unpaged): an array of policies; NULL when the role does not exist. */
CBK_MUST_CHECK int cbk_ram_list_policies_for_role(struct cbk_cloud *cloud, const char *role, json_t **ret_policies,
                                                  struct cbk_error *err);
/* AttachPolicyToRole; attached already counts as done. */
CBK_MUST_CHECK int cbk_ram_attach_policy_to_role(struct cbk_cloud *cloud, const char *type, const char *policy,
                                                 const char *role, struct cbk_error *err);
/* DetachPolicyFromRole; not attached, or one of the two gone, counts as done. */
CBK_MUST_CHECK int cbk_ram_detach_policy_from_role(struct cbk_cloud *cloud, const char *type, const char *policy,
                                                   const char *role, struct cbk_error *err);
/* ListEntitiesForPolicy (unpaged): the answer {Users, Groups, Roles}; NULL when the policy does not exist. */
CBK_MUST_CHECK int cbk_ram_list_entities_for_policy(struct cbk_cloud *cloud, const char *type, const char *policy,
                                                    json_t **ret_entities, struct cbk_error *err);

/*
 * ListTagResources of the roles or policies (`type`: "role", "policy") of these names, which must exist: an object
 * {name: {key: value}} without those that have no tags. Many names a call, in parallel.
 */
CBK_MUST_CHECK int cbk_ram_list_tags(struct cbk_cloud *cloud, const char *type, const json_t *names, json_t **ret_tags,
                                     struct cbk_error *err);
/* TagResources: sets these tags ({key: value}) and leaves others as they are. None: nothing is called. */
CBK_MUST_CHECK int cbk_ram_tag(struct cbk_cloud *cloud, const char *type, const char *name, const json_t *tags,
                               struct cbk_error *err);
/* UntagResources: takes the tags of these keys (an array) away; one that is not there counts as taken away. */
CBK_MUST_CHECK int cbk_ram_untag(struct cbk_cloud *cloud, const char *type, const char *name, const json_t *keys,
                                 struct cbk_error *err);
/* {key: value} as RAM takes it: [{Key, Value}]. New reference. */
json_t *cbk_ram_tag_list(const json_t *tags);

#endif
