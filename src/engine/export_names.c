#include "engine/export_names.h"

#include "kinds/kind.h"

#include <string.h>

#define KEY_MAX ((size_t)60) /* keys have 64 characters at most; the rest is for a number */

char *cbk_export_key(const json_t *section, const char *name)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    CBK_STR(base);
    for (const char *at = name; *at && base.len < KEY_MAX; at++) {
        bool fits = strchr(first, *at) || (*at == '-' && base.len);
        const char c = '_';
        cbk_str_add_bytes(&base, fits ? at : &c, 1);
    }
    if (!base.len)
        cbk_str_add_char(&base, '_');
    char *key = cbk_strdup(base.ptr);
    for (size_t i = 2; section && json_object_get(section, key); i++) {
        free(key);
        key = cbk_strf("%s-%zu", base.ptr, i);
    }
    return key;
}

/* Calls `visit` for every string in the value that is a known address. */
static void each_reference(const json_t *value, const struct cbk_map *known,
                           void (*visit)(void *context, const char *address), void *context)
{
    const char *text = json_string_value(value), *key;
    size_t index;
    json_t *item;
    if (text && cbk_map_get(known, text))
        visit(context, text);
    json_array_foreach((json_t *)value, index, item)
        each_reference(item, known, visit, context);
    json_object_foreach((json_t *)value, key, item)
        each_reference(item, known, visit, context);
}

static void take_first(void *context, const char *address)
{
    const char **first = context;
    if (!*first)
        *first = address;
}

char *cbk_export_name_of(const json_t *declaration, const struct cbk_map *known, const char *section)
{
    const char *first = NULL;
    each_reference(declaration, known, take_first, (void *)&first);
    return cbk_strdup(first ? strchr(first, '.') + 1 : section);
}

struct closure {
    const struct cbk_map *known;
    struct cbk_map *kept; /* addresses as keys */
};

static void keep(void *context, const char *address)
{
    struct closure *closure = context;
    const json_t *declaration = cbk_map_get(closure->known, address);
    if (cbk_map_get(closure->kept, address))
        return;
    cbk_map_set(closure->kept, address, closure);
    each_reference(declaration, closure->known, keep, closure);
}

static bool is_wanted(const struct cbk_strings *sections, const char *address)
{
    for (size_t i = 0; i < sections->len; i++) {
        size_t len = strlen(sections->items[i]);
        if (strncmp(address, sections->items[i], len) == 0 && address[len] == '.')
            return true;
    }
    return false;
}

/* Imports of what has been taken out go with it. */
static void narrow_imports(json_t *stack, const struct cbk_map *kept)
{
    json_t *imports = json_object_get(stack, "import");
    for (size_t i = json_array_size(imports); i-- > 0;) {
        const char *address = cbk_json_text_or(json_array_get(imports, i), "address", "");
        CBK_CLEANUP(cbk_string_freep) char *whole = cbk_strndup(address, strcspn(address, "["));
        if (!cbk_map_get(kept, whole))
            json_array_remove(imports, i);
    }
    if (imports && !json_array_size(imports))
        json_object_del(stack, "import");
}

void cbk_export_narrow(json_t *stack, const struct cbk_strings *sections, const struct cbk_map *known)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *kept = cbk_map_new();
    struct closure closure = {known, kept};
    if (!sections->len)
        return;
    CBK_MAP_FOREACH(entry, known)
        if (is_wanted(sections, cbk_map_entry_key(entry)))
            keep(&closure, cbk_map_entry_key(entry));
    CBK_MAP_FOREACH(entry, known) {
        const char *address = cbk_map_entry_key(entry), *dot = strchr(address, '.');
        CBK_CLEANUP(cbk_string_freep) char *section = cbk_strndup(address, (size_t)(dot - address));
        if (cbk_map_get(kept, address))
            continue;
        json_object_del(json_object_get(stack, section), dot + 1);
        if (!json_object_size(json_object_get(stack, section)))
            json_object_del(stack, section);
    }
    narrow_imports(stack, kept);
}
