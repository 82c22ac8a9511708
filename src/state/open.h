/*
 * Opens the store that a stack asks for in its section 'state'.
 */
#ifndef CBK_STATE_OPEN_H
#define CBK_STATE_OPEN_H

#include "state/store.h"

/*
 * `settings` is the section, valid by the schema, NULL where there is none; `dir` the stack's directory. Nothing is
 * called and nothing locked yet. CBK_E_VALIDATION when a key or a variable of the environment that it names is missing;
 * the error has no place. The caller frees the store.
 */
CBK_MUST_CHECK int cbk_store_open(const json_t *settings, const char *dir, const char *stack, struct cbk_store **ret,
                                  struct cbk_error *err);
/* The seal alone, for saved plans; *ret is NULL where the stack asks for none. */
CBK_MUST_CHECK int cbk_seal_of_settings(const json_t *settings, const char *dir, struct cbk_seal **ret,
                                        struct cbk_error *err);

#endif
