#include "cloud/ram.h"

#include <string.h>

#define PAGE_SIZE 1000

static int call(struct cbk_cloud *cloud, const char *action, unsigned flags, const json_t *params, json_t **ret,
                struct cbk_error *err)
{
    return cbk_cloud_call(cloud, CBK_RAM, action, flags, params, ret, err);
}

/* A read of one thing that may not be there: *ret is NULL when the cloud says `gone`. */
static int read_one(struct cbk_cloud *cloud, const char *action, const json_t *params, const char *gone, json_t **ret,
                    struct cbk_error *err)
{
    CBK_ERROR(failure);
    CBK_JSON *answer = NULL;
    int r = call(cloud, action, CBK_CALL_READ, params, &answer, &failure);
    if (r < 0 && !cbk_str_equal(failure.cloud_code, gone))
        return cbk_error_move(err, &failure);
    *ret = cbk_json_steal(&answer);
    return 0;
}

/* A change that counts as made when the cloud says one of `done`. */
static int change(struct cbk_cloud *cloud, const char *action, const json_t *params, const char *const done[],
                  size_t done_count, struct cbk_error *err)
{
    CBK_ERROR(failure);
    int r = call(cloud, action, CBK_CALL_IDEMPOTENT, params, NULL, &failure);
    for (size_t i = 0; i < done_count && r < 0; i++)
        if (cbk_str_equal(failure.cloud_code, done[i]))
            return 0;
    return r < 0 ? cbk_error_move(err, &failure) : 0;
}

/* A new reference to what stands at `trail` of the answer. */
static int take(const char *action, const json_t *answer, const char *trail, json_t **ret, struct cbk_error *err)
{
    json_t *value = cbk_json_at(answer, trail);
    if (!value)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s has no '%s'", action, trail);
    if (ret)
        *ret = json_incref(value);
    return 0;
}

/* Replaces the JSON text at `object`.`key` by its value. */
static int parse_document(json_t *object, const char *key, struct cbk_error *err)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer has no document '%s'", key);
    json_t *document = NULL;
    int r = cbk_json_parse(key, text, strlen(text), &document, err);
    if (r < 0)
        return r;
    json_object_set_new(object, key, document);
    return 0;
}

static json_t *document_text(const json_t *document)
{
    return document ? cbk_params_json(json_incref((json_t *)document)) : json_null();
}

static json_t *tags_text(const json_t *tags)
{
    return json_object_size(tags) ? cbk_params_json(cbk_ram_tag_list(tags)) : json_null();
}

static json_t *number_or_null(int64_t number)
{
    return number ? json_integer(number) : json_null();
}

int cbk_ram_list_roles(struct cbk_cloud *cloud, json_t **ret_roles, struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    return cbk_cloud_list(cloud, CBK_RAM, "ListRoles", CBK_PAGE_MARKER, PAGE_SIZE, params, "Roles.Role", ret_roles,
                          err);
}

int cbk_ram_get_role(struct cbk_cloud *cloud, const char *name, json_t **ret_role, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "RoleName", name);
    CBK_JSON *answer = NULL;
    CBK_JSON *role = NULL;
    int r = read_one(cloud, "GetRole", params, "EntityNotExist.Role", &answer, err);
    if (r == 0 && answer)
        r = take("GetRole", answer, "Role", &role, err);
    if (r == 0 && role)
        r = parse_document(role, "AssumeRolePolicyDocument", err);
    if (r < 0)
        return cbk_wrap(err, "role '%s'", name);
    *ret_role = cbk_json_steal(&role);
    return 0;
}

int cbk_ram_create_role(struct cbk_cloud *cloud, const char *name, const json_t *trust, const char *description,
                        int64_t max_session_duration, const json_t *tags, json_t **ret_role, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:o, s:s?, s:o, s:o}", "RoleName", name, "AssumeRolePolicyDocument",
                                 document_text(trust), "Description", description, "MaxSessionDuration",
                                 number_or_null(max_session_duration), "Tag", tags_text(tags));
    CBK_JSON *answer = NULL;
    CBK_JSON *role = NULL;
    int r = call(cloud, "CreateRole", 0, params, &answer, err);
    if (r == 0)
        r = take("CreateRole", answer, "Role", &role, err);
    if (r == 0 && ret_role)
        r = parse_document(role, "AssumeRolePolicyDocument", err);
    if (r < 0)
        return r;
    if (ret_role)
        *ret_role = cbk_json_steal(&role);
    return 0;
}

int cbk_ram_update_role(struct cbk_cloud *cloud, const char *name, const json_t *trust, const char *description,
                        int64_t max_session_duration, struct cbk_error *err)
{
    CBK_JSON *params =
        json_pack("{s:s, s:o, s:s?, s:o}", "RoleName", name, "NewAssumeRolePolicyDocument", document_text(trust),
                  "NewDescription", description, "NewMaxSessionDuration", number_or_null(max_session_duration));
    return change(cloud, "UpdateRole", params, NULL, 0, err);
}

int cbk_ram_delete_role(struct cbk_cloud *cloud, const char *name, struct cbk_error *err)
{
    static const char *const done[] = {"EntityNotExist.Role"};
    CBK_JSON *params = json_pack("{s:s}", "RoleName", name);
    return change(cloud, "DeleteRole", params, done, CBK_ARRAY_LEN(done), err);
}

int cbk_ram_list_policies(struct cbk_cloud *cloud, const char *type, json_t **ret_policies, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "PolicyType", type);
    return cbk_cloud_list(cloud, CBK_RAM, "ListPolicies", CBK_PAGE_MARKER, PAGE_SIZE, params, "Policies.Policy",
                          ret_policies, err);
}

int cbk_ram_get_policy(struct cbk_cloud *cloud, const char *type, const char *name, json_t **ret_policy,
                       struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "PolicyType", type, "PolicyName", name);
    CBK_JSON *answer = NULL;
    CBK_JSON *version = NULL;
    int r = read_one(cloud, "GetPolicy", params, "EntityNotExist.Policy", &answer, err);
    if (r == 0 && answer)
        r = take("GetPolicy", answer, "Policy", NULL, err);
    if (r == 0 && answer)
        r = take("GetPolicy", answer, "DefaultPolicyVersion", &version, err);
    if (r == 0 && version)
        r = parse_document(version, "PolicyDocument", err);
    if (r < 0)
        return cbk_wrap(err, "policy '%s'", name);
    *ret_policy = cbk_json_steal(&answer);
    return 0;
}

int cbk_ram_create_policy(struct cbk_cloud *cloud, const char *name, const json_t *document, const char *description,
                          const json_t *tags, json_t **ret_policy, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:o, s:s?, s:o}", "PolicyName", name, "PolicyDocument", document_text(document),
                                 "Description", description, "Tag", tags_text(tags));
    CBK_JSON *answer = NULL;
    int r = call(cloud, "CreatePolicy", 0, params, &answer, err);
    return r < 0 ? r : take("CreatePolicy", answer, "Policy", ret_policy, err);
}

int cbk_ram_create_policy_version(struct cbk_cloud *cloud, const char *name, const json_t *document,
                                  json_t **ret_version, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:o, s:b, s:s}", "PolicyName", name, "PolicyDocument", document_text(document),
                                 "SetAsDefault", 1, "RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
    CBK_JSON *answer = NULL;
    int r = call(cloud, "CreatePolicyVersion", 0, params, &answer, err);
    return r < 0 ? r : take("CreatePolicyVersion", answer, "PolicyVersion", ret_version, err);
}

int cbk_ram_update_policy_description(struct cbk_cloud *cloud, const char *name, const char *description,
                                      struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "PolicyName", name, "NewDescription", description);
    return change(cloud, "UpdatePolicyDescription", params, NULL, 0, err);
}

int cbk_ram_delete_policy(struct cbk_cloud *cloud, const char *name, struct cbk_error *err)
{
    static const char *const done[] = {"EntityNotExist.Policy"};
    CBK_JSON *params = json_pack("{s:s, s:b}", "PolicyName", name, "CascadingDelete", 1);
    return change(cloud, "DeletePolicy", params, done, CBK_ARRAY_LEN(done), err);
}

int cbk_ram_list_policies_for_role(struct cbk_cloud *cloud, const char *role, json_t **ret_policies,
                                   struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "RoleName", role);
    CBK_JSON *answer = NULL;
    CBK_JSON *policies = NULL;
    int r = read_one(cloud, "ListPoliciesForRole", params, "EntityNotExist.Role", &answer, err);
    if (r == 0 && answer)
        r = take("ListPoliciesForRole", answer, "Policies.Policy", &policies, err);
    if (r < 0)
        return cbk_wrap(err, "role '%s'", role);
    *ret_policies = cbk_json_steal(&policies);
    return 0;
}

int cbk_ram_attach_policy_to_role(struct cbk_cloud *cloud, const char *type, const char *policy, const char *role,
                                  struct cbk_error *err)
{
    static const char *const done[] = {"EntityAlreadyExists.Role.Policy"};
    CBK_JSON *params = json_pack("{s:s, s:s, s:s}", "PolicyType", type, "PolicyName", policy, "RoleName", role);
    return change(cloud, "AttachPolicyToRole", params, done, CBK_ARRAY_LEN(done), err);
}

int cbk_ram_detach_policy_from_role(struct cbk_cloud *cloud, const char *type, const char *policy, const char *role,
                                    struct cbk_error *err)
{
    static const char *const done[] = {"EntityNotExist.Role.Policy", "EntityNotExist.Role", "EntityNotExist.Policy"};
    CBK_JSON *params = json_pack("{s:s, s:s, s:s}", "PolicyType", type, "PolicyName", policy, "RoleName", role);
    return change(cloud, "DetachPolicyFromRole", params, done, CBK_ARRAY_LEN(done), err);
}

int cbk_ram_list_entities_for_policy(struct cbk_cloud *cloud, const char *type, const char *policy,
                                     json_t **ret_entities, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "PolicyType", type, "PolicyName", policy);
    return read_one(cloud, "ListEntitiesForPolicy", params, "EntityNotExist.Policy", ret_entities, err);
}
