/*
 * Equality as JSON Schema means it: numbers by value, so that 1 and 1.0 are the same.
 */
#ifndef CBK_SCHEMA_EQUAL_H
#define CBK_SCHEMA_EQUAL_H

#include "base/json.h"

bool cbk_value_equal(const json_t *a, const json_t *b);
/* Adds a text that is the same for equal values and for no others. */
void cbk_value_add_key(struct cbk_str *out, const json_t *value);

#endif
