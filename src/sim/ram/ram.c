#include "sim/ram/ram.h"

#include "sim/ram/document.h"

#include <ctype.h>
#include <string.h>

static int check_name(struct sim_call *call, const char *what, const char *name, size_t most, const char *also)
{
    size_t len = strlen(name);
    CBK_CLEANUP(cbk_string_freep) char *length = cbk_strf("InvalidParameter.%s.Length", what);
    CBK_CLEANUP(cbk_string_freep) char *chars = cbk_strf("InvalidParameter.%s.InvalidChars", what);
    if (len < 1 || len > most)
        return sim_fail(call, length, "The length of parameter %s is not between 1 and %zu.", what, most);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(also, *c))
            return sim_fail(call, chars, "The parameter %s contains invalid chars.", what);
    return 0;
}

int sim_ram_check_role_name(struct sim_call *call, const char *name)
{
    return check_name(call, "RoleName", name, 64, ".-_"); /* "_" is in the vendor's own role names (U) */
}

int sim_ram_check_policy_name(struct sim_call *call, const char *name)
{
    return check_name(call, "PolicyName", name, 128, "-");
}

json_t *sim_ram_role(struct sim_call *call)
{
    const char *name = sim_text(call, "RoleName");
    if (sim_ram_check_role_name(call, name) < 0)
        return NULL;
    json_t *role = sim_world_find(call->world, SIM_ROLES, name);
    if (!role && sim_fail(call, "EntityNotExist.Role", "The role not exists: %s.", name) < 0)
        return NULL;
    return role;
}

json_t *sim_ram_policy(struct sim_call *call)
{
    const char *name = sim_text(call, "PolicyName"), *type = sim_text(call, "PolicyType");
    if (sim_ram_check_policy_name(call, name) < 0)
        return NULL;
    json_t *policy = sim_world_find_pair(call->world, SIM_POLICIES, type ? type : "Custom", name);
    if (!policy && sim_fail(call, "EntityNotExist.Policy", "The policy not exists: %s.", name) < 0)
        return NULL;
    return policy;
}

json_t *sim_ram_version(const json_t *policy, const char *id)
{
    size_t index;
    json_t *version;
    json_array_foreach(json_object_get(policy, "versions"), index, version)
        if (cbk_str_equal(cbk_json_text(version, "id"), id))
            return version;
    return NULL;
}

json_t *sim_ram_attachment(const json_t *role, const char *type, const char *name)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(role, "policies"), index, item)
        if (cbk_str_equal(cbk_json_text(item, "name"), name) && cbk_str_equal(cbk_json_text(item, "type"), type))
            return item;
    return NULL;
}

json_t *sim_ram_users(const struct sim_call *call, const json_t *policy)
{
    const char *name = cbk_json_text(policy, "name");
    bool is_custom = cbk_str_equal(cbk_json_text(policy, "type"), "Custom");
    json_t *users = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(call->world->credentials, index, item) {
        const char *user = cbk_json_text(item, "user");
        bool means_custom = sim_world_find_pair(call->world, SIM_POLICIES, "Custom", name) != NULL;
        if (user && cbk_json_array_has(json_object_get(item, "policies"), name) && means_custom == is_custom)
            json_array_append_new(users, json_pack("{ss ss}", "name", user, "id", user));
    }
    return users;
}

int sim_ram_check_document(struct sim_call *call, const char *param, bool is_trust, const char *length_code)
{
    const char *text = sim_text(call, param);
    if (!text)
        return 0;
    if (strlen(text) > SIM_RAM_DOCUMENT_MOST)
        return sim_fail(call, length_code, "The length of parameter %s is beyond the limit of %d.", param,
                        SIM_RAM_DOCUMENT_MOST);
    CBK_ERROR(err);
    if (sim_document_check(text, is_trust, &err) < 0)
        return sim_fail(call, "MalformedPolicyDocument", "The policy document is malformed: %s.", err.message);
    return 0;
}

int sim_ram_read_tags(struct sim_call *call, json_t **ret)
{
    size_t index;
    json_t *tag;
    const json_t *list = sim_param(call, "Tag");
    CBK_JSON *tags = json_object();
    if (list && !json_is_array(list))
        return sim_fail(call, "InvalidParameter", "The parameter Tag is not a list.");
    json_array_foreach(list, index, tag) {
        const char *key = cbk_json_text_or(tag, "Key", "");
        if (!*key || strlen(key) > 128 || strlen(cbk_json_text_or(tag, "Value", "")) > 256)
            return sim_fail(call, "InvalidParameter", "A tag key has 1 to 128 characters, a value at most 256.");
        json_object_set_new(tags, key, json_string(cbk_json_text_or(tag, "Value", "")));
    }
    if (json_object_size(tags) > 20)
        return sim_fail(call, "InvalidParameter", "There are more than 20 tags.");
    *ret = cbk_json_steal(&tags);
    return 0;
}

bool sim_ram_has_tags(const struct sim_call *call, const json_t *record, const void *tags)
{
    const char *key;
    json_t *value;
    (void)call;
    const json_t *own = json_object_get(record, "tags");
    json_object_foreach((json_t *)tags, key, value) {
        const char *had = json_string_value(json_object_get(own, key));
        const char *wanted = json_string_value(value);
        if (!had || (*wanted && strcmp(had, wanted) != 0)) /* a key alone matches any value (U) */
            return false;
    }
    return true;
}
