#include "sim/world/world_fill.h"

#include "sim/hbr/backup_policy.h"
#include "sim/hbr/binding.h"

#include <ctype.h>
#include <string.h>

static void default_text(json_t *record, const char *key, const char *value)
{
    if (!json_object_get(record, key))
        json_object_set_new(record, key, json_string(value));
}

static void default_int(json_t *record, const char *key, int64_t value)
{
    if (!json_object_get(record, key))
        json_object_set_new(record, key, json_integer(value));
}

static void default_value(json_t *record, const char *key, json_t *value)
{
    if (json_object_get(record, key))
        json_decref(value);
    else
        json_object_set_new(record, key, value);
}

static void fresh_id(struct sim_world *world, json_t *record, const char *prefix)
{
    if (json_object_get(record, "id"))
        return;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, prefix);
    default_text(record, "id", id);
}

/* Tags may be written as numbers or booleans; in the cloud they are text. */
static void texts_only(json_t *object)
{
    const char *key;
    json_t *value;
    void *iterator;
    json_object_foreach_safe(object, iterator, key, value)
    {
        if (json_is_string(value))
            continue;
        CBK_STR(text);
        cbk_json_add_canonical(&text, value);
        json_object_set_new(object, key, json_string(text.ptr));
    }
}

/* Tags may be a list too, as the API writes them: [{Key, Value}]. */
static void tags_to_object(json_t *record)
{
    size_t index;
    json_t *tag;
    const json_t *list = json_object_get(record, "tags");
    if (!json_is_array(list))
        return;
    CBK_JSON *tags = json_object();
    json_array_foreach(list, index, tag)
        if (cbk_json_text(tag, "Key"))
            json_object_set_new(tags, cbk_json_text(tag, "Key"), json_string(cbk_json_text_or(tag, "Value", "")));
    json_object_set(record, "tags", tags);
}

/* "Linux" and "linux" are the same system to whoever writes it down. */
static void lower_text(json_t *record, const char *key)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strdup(cbk_json_text(record, key));
    if (!text)
        return;
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    json_object_set_new(record, key, json_string(text));
}

/* ---- instances ---- */

/* The first disk is the system's; the others are mounted at /data, /data2, ... */
static void fill_disk(struct sim_world *world, const json_t *instance, json_t *disk, size_t index)
{
    bool windows = strcmp(cbk_json_text_or(instance, "os_type", ""), "windows") == 0;
    CBK_CLEANUP(cbk_string_freep) char *device = cbk_strf("/dev/xvd%c", (char)('a' + index % 26));
    CBK_CLEANUP(cbk_string_freep)
    char *mount = index == 0 ? cbk_strdup("/") : index == 1 ? cbk_strdup("/data") : cbk_strf("/data%zu", index);
    fresh_id(world, disk, "d-bp1");
    default_text(disk, "category", "cloud_essd");
    default_int(disk, "size_gib", 40);
    default_text(disk, "device", device);
    default_text(disk, "type", index == 0 ? "system" : "data");
    default_text(disk, "filesystem", windows ? "ntfs" : "ext4");
    if (!windows)
        default_text(disk, "mount", mount);
    default_value(disk, "tags", json_object());
    default_int(disk, "created", sim_world_now(world));
    json_object_set(disk, "instance_id", json_object_get(instance, "id"));
    json_object_set(disk, "zone", json_object_get(instance, "zone"));
}

static int fill_disks(struct sim_world *world, json_t *instance, struct cbk_error *err)
{
    size_t index;
    json_t *disk;
    default_value(instance, "disks", json_pack("[{}]"));
    json_array_foreach(json_object_get(instance, "disks"), index, disk) {
        if (!json_is_object(disk))
            return cbk_fail(err, CBK_E_SCHEMA, "a disk is an object");
        fill_disk(world, instance, disk, index);
        const char *id = cbk_json_text_or(disk, "id", "");
        const json_t *taken = sim_world_find(world, SIM_DISKS, id);
        if (taken && taken != disk &&
            !cbk_str_equal(cbk_json_text(taken, "instance_id"), cbk_json_text(instance, "id")))
            return cbk_fail(err, CBK_E_SCHEMA, "disk '%s' is attached to two instances", id);
        if (taken != disk)
            sim_world_add(world, SIM_DISKS, json_incref(disk));
    }
    return 0;
}

/* "0700", 0700 and 700 are the same mode to whoever writes them down. */
static void fill_file(json_t *file)
{
    const json_t *mode = json_object_get(file, "mode");
    if (json_is_integer(mode)) {
        CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%04lld", (long long)json_integer_value(mode));
        json_object_set_new(file, "mode", json_string(text));
    }
    default_text(file, "mode", "0644");
    default_text(file, "owner", "root");
    default_text(file, "content", "");
}

static int fill_instance(struct sim_world *world, json_t *instance, struct cbk_error *err)
{
    const char *path;
    json_t *file;
    fresh_id(world, instance, "i-bp1");
    tags_to_object(instance);
    lower_text(instance, "os_type");
    lower_text(instance, "assistant");
    bool windows = strcmp(cbk_json_text_or(instance, "os_type", "linux"), "windows") == 0;
    CBK_CLEANUP(cbk_string_freep) char *zone = cbk_strf("%s-h", world->region);
    default_text(instance, "name", cbk_json_text_or(instance, "id", ""));
    default_text(instance, "os_type", "linux");
    default_text(instance, "os_name", windows ? "Windows Server 2019" : "Ubuntu 22.04 64 bit");
    default_text(instance, "os_name_en", cbk_json_text_or(instance, "os_name", ""));
    default_text(instance, "status", "Running");
    default_text(instance, "zone", zone);
    default_text(instance, "region", world->region);
    default_text(instance, "vpc", "vpc-bp1sim00000000000000");
    default_text(instance, "resource_group", "");
    default_text(instance, "assistant", "online");
    default_text(instance, "role", "");
    default_value(instance, "tags", json_object());
    default_value(instance, "files", json_object());
    default_int(instance, "created", sim_world_now(world));
    texts_only(json_object_get(instance, "tags"));
    json_object_foreach(json_object_get(instance, "files"), path, file)
        fill_file(file);
    return fill_disks(world, instance, err);
}

void sim_world_name(struct sim_world *world, json_t *instance, const char *name)
{
    json_object_del(instance, "id");
    fresh_id(world, instance, "i-bp1");
    json_object_set_new(instance, "name", json_string(name));
}

/* ---- roles and policies ---- */

static void document_to_text(json_t *record, const char *key)
{
    const json_t *document = json_object_get(record, key);
    if (!document || json_is_string(document))
        return;
    CBK_STR(text);
    cbk_json_add_canonical(&text, document);
    json_object_set_new(record, key, json_string(text.ptr));
}

void sim_role_fill(struct sim_world *world, json_t *role)
{
    if (!json_object_get(role, "id")) {
        json_int_t count = json_integer_value(json_object_get(world->counters, "role")) + 1;
        json_object_set_new(world->counters, "role", json_integer(count));
        CBK_CLEANUP(cbk_string_freep) char *id = cbk_strf("3%017lld", 60012345000000000 + (long long)count * 7919);
        default_text(role, "id", id);
    }
    CBK_CLEANUP(cbk_string_freep)
    char *arn = cbk_strf("acs:ram::%s:role/%s", world->account, cbk_json_text_or(role, "name", ""));
    default_text(role, "arn", arn);
    default_text(role, "description", "");
    default_int(role, "max_session_duration", 3600);
    default_int(role, "created", sim_world_now(world));
    default_int(role, "updated", sim_world_now(world));
    default_value(role, "tags", json_object());
    default_value(role, "policies", json_array());
}

/* `trust: {service: [...]}` is the short form of a trust document. */
static void fill_trust(json_t *role)
{
    const json_t *services = cbk_json_at(role, "trust.service");
    if (services)
        default_value(role, "trust_document",
                      json_pack("{ss s[{ss ss s{sO}}]}", "Version", "1", "Statement", "Action", "sts:AssumeRole",
                                "Effect", "Allow", "Principal", "Service", services));
    json_object_del(role, "trust");
    default_text(role, "trust_document", "{\"Statement\":[],\"Version\":\"1\"}");
    document_to_text(role, "trust_document");
}

/* A role's policies may be plain names; those that start with "Aliyun" are the vendor's. */
static void fill_attachments(const struct sim_world *world, json_t *role)
{
    size_t index;
    json_t *item;
    json_t *policies = json_object_get(role, "policies");
    json_array_foreach(policies, index, item) {
        const char *name = json_string_value(item);
        if (name)
            json_array_set_new(policies, index,
                               json_pack("{ss ss sI}", "name", name, "type",
                                         cbk_str_starts_with(name, "Aliyun") ? "System" : "Custom", "attached",
                                         (json_int_t)sim_world_now(world)));
    }
}

static int fill_role(struct sim_world *world, json_t *role, struct cbk_error *err)
{
    if (!cbk_json_text(role, "name"))
        return cbk_fail(err, CBK_E_SCHEMA, "a role needs a name");
    sim_role_fill(world, role);
    fill_trust(role);
    fill_attachments(world, role);
    return 0;
}

static int fill_policy(struct sim_world *world, json_t *policy, struct cbk_error *err)
{
    if (!cbk_json_text(policy, "name"))
        return cbk_fail(err, CBK_E_SCHEMA, "a policy needs a name");
    document_to_text(policy, "document");
    default_text(policy, "type", "Custom");
    default_text(policy, "description", "");
    default_text(policy, "default_version", "v1");
    default_int(policy, "version_count", 1);
    default_int(policy, "attachment_count", 0);
    default_int(policy, "created", sim_world_now(world));
    default_int(policy, "updated", sim_world_now(world));
    default_value(policy, "tags", json_object());
    default_value(policy, "versions",
                  json_pack("[{ss ss sI}]", "id", "v1", "document",
                            cbk_json_text_or(policy, "document", "{\"Statement\":[],\"Version\":\"1\"}"), "created",
                            (json_int_t)sim_world_now(world)));
    json_object_del(policy, "document");
    return 0;
}

/* Some of the vendor's own policies, so that roles can carry them. Abridged: what matters to a judge is in them. */
static const struct {
    const char *name, *description, *actions;
} system_policies[] = {
    {"AdministratorAccess", "Full access to all resources", "[\"*\"]"},
    {"AliyunECSFullAccess", "Full access to ECS", "[\"ecs:*\"]"},
    {"AliyunECSReadOnlyAccess", "Read-only access to ECS", "[\"ecs:Describe*\",\"ecs:List*\"]"},
    {"AliyunHBRFullAccess", "Full access to Cloud Backup", "[\"hbr:*\"]"},
    {"AliyunHBRReadOnlyAccess", "Read-only access to Cloud Backup", "[\"hbr:Describe*\",\"hbr:List*\"]"},
    {"AliyunRAMFullAccess", "Full access to RAM", "[\"ram:*\"]"},
    {"AliyunRAMReadOnlyAccess", "Read-only access to RAM", "[\"ram:Get*\",\"ram:List*\"]"},
    {"AliyunSTSAssumeRoleAccess", "Lets call STS AssumeRole", "[\"sts:AssumeRole\"]"},
};

static void add_system_policies(struct sim_world *world)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(system_policies); i++) {
        CBK_ERROR(err);
        if (sim_world_find_pair(world, SIM_POLICIES, "System", system_policies[i].name))
            continue;
        CBK_CLEANUP(cbk_string_freep)
        char *document =
            cbk_strf("{\"Statement\":[{\"Action\":%s,\"Effect\":\"Allow\",\"Resource\":\"*\"}],\"Version\":\"1\"}",
                     system_policies[i].actions);
        CBK_JSON *policy = json_pack("{ss ss ss ss}", "name", system_policies[i].name, "type", "System", "description",
                                     system_policies[i].description, "document", document);
        if (fill_policy(world, policy, &err) == 0)
            sim_world_add(world, SIM_POLICIES, cbk_json_steal(&policy));
    }
}

static void count_attachments(struct sim_world *world)
{
    size_t index, inner;
    json_t *policy, *role, *item;
    json_array_foreach(sim_world_list(world, SIM_POLICIES), index, policy)
        json_object_set_new(policy, "attachment_count", json_integer(0));
    json_array_foreach(sim_world_list(world, SIM_ROLES), index, role)
        json_array_foreach(json_object_get(role, "policies"), inner, item) {
            policy = sim_world_find_pair(world, SIM_POLICIES, cbk_json_text_or(item, "type", ""),
                                         cbk_json_text_or(item, "name", ""));
            if (policy)
                json_object_set_new(policy, "attachment_count",
                                    json_integer(cbk_json_int(policy, "attachment_count", 0) + 1));
        }
}

void sim_world_complete(struct sim_world *world)
{
    add_system_policies(world);
    count_attachments(world);
}

static int fill_backup_policy(struct sim_world *world, json_t *policy, struct cbk_error *err)
{
    (void)err;
    sim_backup_policy_fill(world, policy);
    return 0;
}

static int fill_binding(struct sim_world *world, json_t *binding, struct cbk_error *err)
{
    if (!cbk_json_text(binding, "policy_id") || !cbk_json_text(binding, "data_source_id"))
        return cbk_fail(err, CBK_E_SCHEMA, "a binding needs policy_id and data_source_id");
    sim_binding_fill(world, binding);
    return 0;
}

int sim_world_fill(struct sim_world *world, enum sim_section section, json_t *record, struct cbk_error *err)
{
    static int (*const fillers[SIM_SECTION_COUNT])(struct sim_world *, json_t *, struct cbk_error *) = {
        [SIM_INSTANCES] = fill_instance, [SIM_ROLES] = fill_role,
        [SIM_POLICIES] = fill_policy,    [SIM_BACKUP_POLICIES] = fill_backup_policy,
        [SIM_BINDINGS] = fill_binding,
    };
    if (!json_is_object(record))
        return cbk_fail(err, CBK_E_SCHEMA, "a record is an object");
    return fillers[section] ? fillers[section](world, record, err) : 0;
}
