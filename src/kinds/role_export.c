/*
 * Roles as an export declares them: those that a service may assume, and those that instances carry. The others are
 * people's and programs', and no business of backups.
 */
#include "kinds/role_export.h"
#include "cloud/ram.h"
#include "kinds/ram_tags.h"
#include "kinds/role_trust.h"

#include <string.h>

/* Service-linked roles belong to their services: nobody else may change them. U: that their names tell them. */
static bool is_service_linked(const char *name)
{
    return strncasecmp(name, "AliyunServiceRole", strlen("AliyunServiceRole")) == 0;
}

int cbk_role_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *roles = NULL, *names = json_array();
    int r = cbk_ram_list_roles(env->cloud, &roles, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *role;
    json_array_foreach(roles, index, role)
        if (!is_service_linked(cbk_json_text_or(role, "RoleName", "")))
            json_array_append(names, json_object_get(role, "RoleName"));
    return cbk_ram_tags_enumerate(env, "role", names, ret_items, err);
}

/* The services that the trust policy names, of all of its statements. New reference. */
static json_t *services_of(const json_t *trust)
{
    json_t *services = json_array();
    size_t index;
    json_t *statement;
    json_array_foreach(json_object_get(trust, "Statement"), index, statement) {
        CBK_JSON *named = cbk_json_sorted_texts(cbk_json_at(statement, "Principal.Service"));
        json_array_extend(services, named);
    }
    return services;
}

static bool is_carried(const struct cbk_env *env, const char *role)
{
    CBK_MAP_FOREACH(entry, env->instances) {
        const struct cbk_instance *instance = cbk_map_entry_value(entry);
        if (cbk_str_equal(instance->role, role))
            return true;
    }
    return false;
}

/* The short form where it says all, else the document. */
static void set_trust(json_t *declaration, const json_t *trust, json_t *services)
{
    CBK_JSON *brief = json_pack("{s:O}", "service", services), *document = NULL;
    CBK_ERROR(ignored);
    if (json_array_size(services) && cbk_role_trust_make(brief, NULL, &document, &ignored) == 0 &&
        json_equal(document, (json_t *)trust))
        json_object_set(declaration, "trust", brief);
    else
        json_object_set(declaration, "trust_document", (json_t *)trust);
}

static json_t *declare_policies(const struct cbk_map *addresses, const json_t *policies)
{
    json_t *declared = json_array();
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)policies, index, item) {
        const char *text = json_string_value(item), *name = strchr(text, '/') + 1;
        bool is_system = cbk_str_starts_with(text, "System/");
        const char *address = is_system ? NULL : cbk_export_address(addresses, &cbk_kind_policy, name);
        json_array_append_new(declared, address ? json_string(address)
                                                : json_pack("{s:s}", is_system ? "system" : "custom", name));
    }
    return declared;
}

json_t *cbk_role_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                         const json_t *item, char **ret_remark)
{
    (void)ret_remark;
    const json_t *trust = json_object_get(object->live, "trust");
    CBK_JSON *services = services_of(trust);
    if (!json_array_size(services) && !is_carried(env, object->id))
        return NULL;
    json_t *declaration = json_pack("{s:s}", "name", object->id);
    cbk_export_set_text(declaration, "description", object->live);
    set_trust(declaration, trust, services);
    int64_t duration = cbk_json_int(object->live, "max_session_duration", 3600);
    if (duration != 3600)
        json_object_set_new(declaration, "max_session_duration", json_integer((json_int_t)duration));
    json_object_set_new(declaration, "policies",
                        declare_policies(addresses, json_object_get(object->live, "policies")));
    if (json_object_size(json_object_get(item, "tags")))
        json_object_set(declaration, "tags", json_object_get(item, "tags"));
    return declaration;
}
