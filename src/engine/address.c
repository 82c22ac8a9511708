#include "engine/address.h"

#include <string.h>

const char *cbk_address_make(struct cbk_arena *arena, const char *section, const char *key, const char *instance)
{
    if (!instance)
        return cbk_arena_strf(arena, "%s.%s", section, key);
    return cbk_arena_strf(arena, "%s.%s[\"%s\"]", section, key, instance);
}

char *cbk_address_former(const char *address, const char *id)
{
    return cbk_strf("%s~%s", address, id);
}

/* As the schema has them. */
static bool is_key(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return *text && strspn(text, letters) == strlen(text);
}

bool cbk_address_parse(struct cbk_arena *arena, const char *text, struct cbk_address *ret)
{
    const char *dot = strchr(text, '.');
    if (!dot)
        return false;
    const char *section = cbk_arena_strndup(arena, text, (size_t)(dot - text));
    const char *bracket = strstr(dot, "[\"");
    struct cbk_address address = {.kind = cbk_kind_of_section(section)};
    if (!address.kind)
        return false;
    if (!bracket) {
        size_t len = strcspn(dot + 1, "~");
        address.key = cbk_arena_strndup(arena, dot + 1, len);
        if (dot[1 + len])
            address.former = cbk_arena_strdup(arena, dot + 1 + len + 1);
    } else {
        size_t len = strlen(bracket);
        if (len < 5 || strcmp(bracket + len - 2, "\"]") != 0)
            return false;
        address.key = cbk_arena_strndup(arena, dot + 1, (size_t)(bracket - dot - 1));
        address.instance = cbk_arena_strndup(arena, bracket + 2, len - 4);
    }
    *ret = address;
    return is_key(address.key) && (!address.former || *address.former);
}
