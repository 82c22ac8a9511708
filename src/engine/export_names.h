/*
 * Keys, references and narrowing of an export: how its declarations are called, and which of them stay.
 */
#ifndef CBK_ENGINE_EXPORT_NAMES_H
#define CBK_ENGINE_EXPORT_NAMES_H

#include "base/json.h"
#include "base/map.h"

/* A key for `name` that the section (NULL: empty) does not have yet, of the characters that keys have. The caller
 * frees. */
char *cbk_export_key(const json_t *section, const char *name);
/* What a declaration of several instances is called: after the first declaration that it refers to, among those that
 * are `known` by address, else after its section. The caller frees. */
char *cbk_export_name_of(const json_t *declaration, const struct cbk_map *known, const char *section);
/* Takes out of the stack all declarations but those of `sections` (empty: all stay) and what they refer to. */
void cbk_export_narrow(json_t *stack, const struct cbk_strings *sections, const struct cbk_map *known);

#endif
