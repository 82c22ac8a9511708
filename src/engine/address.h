/*
 * Addresses: "roles.app", and "attachments.mysql[\"i-bp1abc\"]" for one instance's share.
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
};
/* Parts live in the arena. False when the text is not an address of a kind that is known. */
bool cbk_address_parse(struct cbk_arena *arena, const char *text, struct cbk_address *ret);

#endif
