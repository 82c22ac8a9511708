/*
 * Selectors against the live inventory.
 */
#ifndef CBK_ENGINE_SELECTOR_H
#define CBK_ENGINE_SELECTOR_H

#include "engine/inventory.h"

/* Does the instance meet every condition of the selector? */
bool cbk_selector_matches(const json_t *selector, const struct cbk_instance *instance);
/*
 * The ids that match, sorted; a new array. Errors at `span`: nothing matches and `allow_empty` is not set, an id that
 * does not exist, or fewer than `expect.min`; more than `expect.max` are a guard's business. `name` is the selector's,
 * NULL where it has none.
 */
CBK_MUST_CHECK int cbk_selector_resolve(const json_t *selector, const char *name, struct cbk_span span,
                                        const struct cbk_inventory *inventory, json_t **ret_ids, struct cbk_error *err);

#endif
