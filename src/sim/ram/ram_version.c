/* Versions of RAM policies: at most five, one of them the default. */
#include "sim/ram/ram.h"

#include <ctype.h>
#include <string.h>

/* A version as answers show it: with the word whether it is the default. */
static json_t *view_version(const json_t *policy, json_t *version)
{
    json_t *view = json_copy(version);
    sim_set_bool(view, "is_default",
                 cbk_str_equal(cbk_json_text(version, "id"), cbk_json_text(policy, "default_version")));
    return view;
}

/* The version of VersionId, or a failure and NULL. */
static json_t *named_version(struct sim_call *call, const json_t *policy)
{
    const char *id = sim_text(call, "VersionId");
    if (id[0] != 'v' || !id[1] || strspn(id + 1, "0123456789") != strlen(id + 1)) {
        if (sim_fail(call, "InvalidParameter.VersionId.Format", "The format of the parameter VersionId is invalid.") <
            0)
            return NULL;
    }
    json_t *version = sim_ram_version(policy, id);
    if (!version && sim_fail(call, "EntityNotExist.Policy.Version", "The policy version not exists: %s.", id) < 0)
        return NULL;
    return version;
}

static void remove_version(json_t *policy, const json_t *version)
{
    json_t *versions = json_object_get(policy, "versions");
    for (size_t i = json_array_size(versions); i-- > 0;)
        if (json_array_get(versions, i) == version)
            json_array_remove(versions, i);
}

/* Makes room for one more, if the caller asked for that. */
static int make_room(struct sim_call *call, json_t *policy)
{
    size_t index;
    json_t *version;
    const json_t *versions = json_object_get(policy, "versions");
    if (json_array_size(versions) < SIM_RAM_VERSIONS_MOST)
        return 0;
    if (!cbk_str_equal(sim_text(call, "RotateStrategy"), "DeleteOldestNonDefaultVersionWhenLimitExceeded"))
        return sim_fail(call, "LimitExceeded.Policy.Version", "The count of policy versions is beyond the limit of %d.",
                        SIM_RAM_VERSIONS_MOST);
    json_array_foreach(versions, index, version)
        if (!cbk_str_equal(cbk_json_text(version, "id"), cbk_json_text(policy, "default_version"))) {
            remove_version(policy, version);
            return 0;
        }
    return 0;
}

static int create_version(struct sim_call *call)
{
    int64_t now = sim_world_now(call->world);
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    int r = sim_ram_check_document(call, "PolicyDocument", false, "InvalidParameter.PolicyDocument.Length");
    if (r == 0)
        r = make_room(call, policy);
    if (r < 0)
        return r;
    int64_t number = cbk_json_int(policy, "version_count", 1) + 1; /* numbers are never given twice */
    CBK_CLEANUP(cbk_string_freep) char *id = cbk_strf("v%lld", (long long)number);
    json_t *version =
        json_pack("{ss ss sI}", "id", id, "document", sim_text(call, "PolicyDocument"), "created", (json_int_t)now);
    json_array_append_new(json_object_get(policy, "versions"), version);
    sim_set_int(policy, "version_count", number);
    sim_set_int(policy, "updated", now);
    if (sim_bool(call, "SetAsDefault", false))
        sim_set_text(policy, "default_version", id);
    sim_give(call, "PolicyVersion", view_version(policy, version));
    return 0;
}

static int get_version(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    json_t *version = policy ? named_version(call, policy) : NULL;
    if (!version)
        return -1;
    sim_give(call, "PolicyVersion", view_version(policy, version));
    return 0;
}

static int list_versions(struct sim_call *call)
{
    size_t index;
    json_t *version;
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    json_t *list = json_array();
    json_array_foreach(json_object_get(policy, "versions"), index, version)
        json_array_append_new(list, view_version(policy, version));
    sim_give(call, "PolicyVersion", list);
    return 0;
}

static int delete_version(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    json_t *version = policy ? named_version(call, policy) : NULL;
    if (!version)
        return -1;
    if (cbk_str_equal(cbk_json_text(version, "id"), cbk_json_text(policy, "default_version")))
        return sim_fail(call, "DeleteConflict.Policy.Version.Default", "The default version cannot be deleted.");
    remove_version(policy, version);
    return 0;
}

static int set_default(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    json_t *version = policy ? named_version(call, policy) : NULL;
    if (!version)
        return -1;
    sim_set_text(policy, "default_version", cbk_json_text(version, "id"));
    sim_set_int(policy, "updated", sim_world_now(call->world));
    return 0;
}

static const struct sim_param create_version_params[] = {
    SIM_RAM_POLICY_NAME,
    {.name = "PolicyDocument", .type = SIM_TEXT, .required = true},
    {.name = "SetAsDefault", .type = SIM_BOOL},
    {.name = "RotateStrategy", .type = SIM_TEXT, .one_of = "None|DeleteOldestNonDefaultVersionWhenLimitExceeded"},
    {0},
};
static const struct sim_param get_version_params[] = {
    SIM_RAM_POLICY_NAME,
    SIM_RAM_POLICY_TYPE,
    {.name = "VersionId", .type = SIM_TEXT, .required = true},
    {0},
};
static const struct sim_param list_versions_params[] = {SIM_RAM_POLICY_NAME, SIM_RAM_POLICY_TYPE, {0}};
static const struct sim_param version_params[] = {
    SIM_RAM_POLICY_NAME,
    {.name = "VersionId", .type = SIM_TEXT, .required = true},
    {0},
};

#define VERSION "CreateDate=created:t IsDefaultVersion=is_default:b PolicyDocument=document VersionId=id"

static const struct sim_action rows[] = {
    {.service = SIM_RAM,
     .name = "CreatePolicyVersion",
     .params = create_version_params,
     .handler = create_version,
     .mutating = true,
     .answer = "RequestId PolicyVersion{" VERSION "}"},
    {.service = SIM_RAM,
     .name = "GetPolicyVersion",
     .params = get_version_params,
     .handler = get_version,
     .answer = "RequestId PolicyVersion{" VERSION "}"},
    {.service = SIM_RAM,
     .name = "ListPolicyVersions",
     .params = list_versions_params,
     .handler = list_versions,
     .answer = "RequestId PolicyVersions{PolicyVersion[" VERSION "]}"},
    {.service = SIM_RAM,
     .name = "DeletePolicyVersion",
     .params = version_params,
     .handler = delete_version,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "SetDefaultPolicyVersion",
     .params = version_params,
     .handler = set_default,
     .mutating = true,
     .answer = "RequestId"},
};
SIM_ACTIONS(sim_ram_versions);
