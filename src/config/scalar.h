/*
 * What a plain (unquoted) scalar means: the core schema of YAML 1.2, where `no`, `on` and `yes` are strings.
 */
#ifndef CBK_CONFIG_SCALAR_H
#define CBK_CONFIG_SCALAR_H

#include "base/error.h"

/*
 * Reads null, true, false, integers (decimal, 0x, 0o), floats, or else a string, as a new reference. `text` is valid
 * UTF-8 without NUL. Fails with CBK_E_SYNTAX, without a place, on what JSON cannot hold: infinities, NaN, numbers out
 * of range.
 */
CBK_MUST_CHECK int cbk_scalar_parse(const char *text, json_t **ret, struct cbk_error *err);

#endif
