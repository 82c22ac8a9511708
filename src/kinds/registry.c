#include "kinds/kind.h"

#include "base/time.h"

#include <string.h>

const struct cbk_kind *const cbk_kinds[] = {
    &cbk_kind_policy, &cbk_kind_role,          &cbk_kind_attachment, &cbk_kind_script,
    &cbk_kind_vault,  &cbk_kind_backup_policy, &cbk_kind_binding,    &cbk_kind_snapshot_job,
};
const size_t cbk_kind_count = CBK_ARRAY_LEN(cbk_kinds);

const struct cbk_kind *cbk_kind_of_section(const char *section)
{
    for (size_t i = 0; i < cbk_kind_count; i++)
        if (strcmp(cbk_kinds[i]->section, section) == 0)
            return cbk_kinds[i];
    return NULL;
}

const struct cbk_kind *cbk_kind_by_name(const char *name)
{
    for (size_t i = 0; i < cbk_kind_count; i++)
        if (cbk_str_equal(cbk_kinds[i]->name, name))
            return cbk_kinds[i];
    return NULL;
}

const json_t *cbk_env_declaration(const struct cbk_env *env, const char *address)
{
    return cbk_json_at(env->stack, address);
}

const char *cbk_env_name(const struct cbk_env *env, const char *address)
{
    const char *key = strchr(address, '.');
    return cbk_json_text_or(cbk_env_declaration(env, address), "name", key ? key + 1 : address);
}

const struct cbk_instance *cbk_env_instance(const struct cbk_env *env, const char *id)
{
    return cbk_map_get(env->instances, id);
}

const struct cbk_object *cbk_env_object(const struct cbk_env *env, const char *address)
{
    return cbk_map_get(env->objects, address);
}

void cbk_export_set_text(json_t *declaration, const char *key, const json_t *live)
{
    const char *text = cbk_object_text(live, key);
    cbk_json_set_text(declaration, key, text && *text ? text : NULL);
}

const char *cbk_export_address(const struct cbk_map *addresses, const struct cbk_kind *kind, const char *id)
{
    CBK_CLEANUP(cbk_string_freep) char *claim = cbk_strf("%s %s", kind->name, id);
    return cbk_map_get(addresses, claim);
}

struct cbk_span cbk_env_span(const struct cbk_env *env, const struct cbk_object *object, const char *key)
{
    if (!object->pointer)
        return (struct cbk_span){0};
    CBK_STR(pointer);
    cbk_str_add(&pointer, object->pointer);
    cbk_pointer_add_key(&pointer, key);
    return cbk_config_span(env->config, pointer.ptr, /* of_key= */ false);
}

struct cbk_span cbk_env_span_at(const struct cbk_env *env, const struct cbk_object *object, const char *place)
{
    if (!object->pointer)
        return (struct cbk_span){0};
    CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("%s/%s", object->pointer, place);
    return cbk_config_span(env->config, pointer, /* of_key= */ false);
}

bool cbk_env_interrupted(const struct cbk_env *env)
{
    return cbk_cloud_interrupted(env->cloud) || (env->is_interrupted && env->is_interrupted());
}

void cbk_env_sleep(const struct cbk_env *env, int64_t ms)
{
    const int64_t glance_ms = 100; /* a signal handler can only set a flag */
    int64_t until = cbk_time_monotonic_ms() + ms;
    for (int64_t left = ms; left > 0 && !cbk_env_interrupted(env); left = until - cbk_time_monotonic_ms())
        cbk_sleep_ms(left < glance_ms ? left : glance_ms);
}
