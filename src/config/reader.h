/*
 * From libyaml's events to a value tree and its places.
 */
#ifndef CBK_CONFIG_READER_H
#define CBK_CONFIG_READER_H

#include "base/json.h"
#include "config/place.h"

/*
 * Reads the one document in `source`, whose text was checked. Mistakes that leave the rest readable (duplicate keys,
 * values that JSON cannot hold) are gathered and reading goes on. *ret_root is a new reference, *ret_place lies in
 * `arena`; both stay as they are when the text could not be read to its end. Returns 0 or the first error's code.
 */
CBK_MUST_CHECK int cbk_reader_read(const struct cbk_source *source, struct cbk_arena *arena, json_t **ret_root,
                                   const struct cbk_place **ret_place, struct cbk_errors *errors);

#endif
