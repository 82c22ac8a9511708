#include "kinds/kind.h"

#include <string.h>

const struct cbk_kind *const cbk_kinds[] = {
    &cbk_kind_policy, &cbk_kind_role, &cbk_kind_attachment, &cbk_kind_script, &cbk_kind_snapshot_job,
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

struct cbk_span cbk_env_span(const struct cbk_env *env, const struct cbk_object *object, const char *key)
{
    if (!object->pointer)
        return (struct cbk_span){0};
    CBK_STR(pointer);
    cbk_str_add(&pointer, object->pointer);
    cbk_pointer_add_key(&pointer, key);
    return cbk_config_span(env->config, pointer.ptr, /* of_key= */ false);
}
