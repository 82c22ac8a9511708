/* Values as people read them on one line. */
#ifndef CBK_RENDER_VALUE_H
#define CBK_RENDER_VALUE_H

#include "base/json.h"

/* Adds a value: strings in quotes, hashes shortened, statements of policies in words, the rest as compact JSON. NULL
 * and null are "(none)". Not made visible yet. */
void cbk_value_add(struct cbk_str *out, const json_t *value);
/* Adds how a value changes: "before -> after", or for lists what is added and taken away: "+ x, - y". */
void cbk_value_add_change(struct cbk_str *out, const json_t *before, const json_t *after);

#endif
