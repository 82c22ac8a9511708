/*
 * Addresses: "roles.app", and "attachments.mysql[\"i-bp1abc\"]" for one instance's share. What a replacement has not
 * yet taken away is remembered as "roles.app~OldName".
 */
#ifndef CBK_ENGINE_ADDRESS_H
#define CBK_ENGINE_ADDRESS_H

#include "base/arena.h"
#include "kinds/kind.h"

/* In the arena; `instance` may be NULL. */
const char *cbk_address_make(struct cbk_arena *arena, const char *section, const char *key, const char *instance);

struct cbk_address {
    const struct cbk_kind *kind;
    const char *key;
    const char *instance; /* NULL: none */
    const char *former;   /* the cloud's name of what was replaced; NULL: it is what stands there now */
};
/* The address of what stood at `address` under the name `id` before it was replaced. The caller frees. */
char *cbk_address_former(const char *address, const char *id);
/* Parts live in the arena. False when the text is not an address of a kind that is known. */
bool cbk_address_parse(struct cbk_arena *arena, const char *text, struct cbk_address *ret);

#endif
