#include "cloud/deed.h"

#include <string.h>

static const struct cbk_deed_row rows[] = {
    {"CreateRole", CBK_DEED_MAKES, {"RoleName"}},
    {"UpdateRole", CBK_DEED_ALTERS, {"RoleName"}},
    {"DeleteRole", CBK_DEED_REMOVES, {"RoleName"}},
    {"CreatePolicy", CBK_DEED_MAKES, {"PolicyName"}},
    {"CreatePolicyVersion", CBK_DEED_ALTERS, {"PolicyName"}},
    {"UpdatePolicyDescription", CBK_DEED_ALTERS, {"PolicyName"}},
    {"DeletePolicy", CBK_DEED_REMOVES, {"PolicyName"}},
    {"AttachPolicyToRole", CBK_DEED_ALTERS, {"RoleName", "PolicyType", "PolicyName"}},
    {"DetachPolicyFromRole", CBK_DEED_ALTERS, {"RoleName", "PolicyType", "PolicyName"}},
    {"TagResources", CBK_DEED_ALTERS, {"ResourceType", "ResourceNames"}},
    {"UntagResources", CBK_DEED_ALTERS, {"ResourceType", "ResourceNames", "TagKeys"}},
    {"AttachInstanceRamRole", CBK_DEED_MAKES, {"InstanceIds", "RamRoleName"}},
    {"DetachInstanceRamRole", CBK_DEED_REMOVES, {"InstanceIds", "RamRoleName"}},
    {"SendFile", CBK_DEED_ALTERS, {"InstanceId", "TargetDir", "Name", "ClientToken"}},
    {"RunCommand", CBK_DEED_STARTS, {"InstanceId", "Name", "ClientToken"}},
    {"CreateVault", CBK_DEED_MAKES, {"VaultName"}},
    {"UpdateVault", CBK_DEED_ALTERS, {"VaultId"}},
    {"DeleteVault", CBK_DEED_REMOVES, {"VaultId"}},
    {"CreatePolicyV2", CBK_DEED_MAKES, {"PolicyName"}},
    {"UpdatePolicyV2", CBK_DEED_ALTERS, {"PolicyId"}},
    {"DeletePolicyV2", CBK_DEED_REMOVES, {"PolicyId"}},
    {"CreatePolicyBindings", CBK_DEED_MAKES, {"PolicyId", "PolicyBindingList.DataSourceId"}},
    {"UpdatePolicyBinding", CBK_DEED_ALTERS, {"PolicyId", "DataSourceId"}},
    {"DeletePolicyBinding", CBK_DEED_REMOVES, {"PolicyId", "DataSourceIds"}},
    {"CreateBackupJob", CBK_DEED_STARTS, {"InstanceId", "JobName"}},
    {"CancelBackupJob", CBK_DEED_STARTS, {"JobId"}},
    {"DeleteSnapshot", CBK_DEED_REMOVES, {"InstanceId", "SnapshotId"}},
};

const struct cbk_deed_row *cbk_deed_row_of(const char *action)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].action, action) == 0)
            return &rows[i];
    return NULL;
}

/* What stands at `member` of the objects in the list that `text` is. */
static json_t *members_of(const json_t *text, const char *member)
{
    CBK_JSON *list = json_loads(json_is_string(text) ? json_string_value(text) : "[]", JSON_REJECT_DUPLICATES, NULL);
    json_t *members = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        json_t *value = json_object_get(item, member);
        if (value)
            json_array_append(members, value);
    }
    return members;
}

static void add_part(json_t *key, const char *name, const json_t *params)
{
    const char *dot = strchr(name, '.');
    CBK_CLEANUP(cbk_string_freep) char *list = dot ? cbk_strndup(name, (size_t)(dot - name)) : NULL;
    if (list)
        json_object_set_new(key, dot + 1, members_of(json_object_get(params, list), dot + 1));
    else
        cbk_json_set_copy(key, name, json_object_get(params, name));
}

json_t *cbk_deed_key(const char *action, const json_t *params)
{
    const struct cbk_deed_row *row = cbk_deed_row_of(action);
    json_t *key = json_object();
    for (size_t i = 0; row && i < CBK_DEED_KEYS && row->keys[i]; i++)
        add_part(key, row->keys[i], params);
    return key;
}
