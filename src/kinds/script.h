/*
 * What others may ask of the scripts of an instance.
 */
#ifndef CBK_KINDS_SCRIPT_H
#define CBK_KINDS_SCRIPT_H

#include "kinds/kind.h"

/* The SHA-256 of the scripts of a script's object as they were last seen, or as git wants them: {pre_freeze,
 * post_thaw}; what is not there is absent. New reference. */
json_t *cbk_script_digests(const struct cbk_object *scripts, bool as_wanted);
/*
 * Looks at the scripts of an applied object now, and delivers again those that are gone, or are not root's with mode
 * 0700 and the content that git wants. *ret_paths is a new array of their paths, empty when all was well. The object is
 * left as it is: afterwards it is true.
 */
CBK_MUST_CHECK int cbk_script_repair(const struct cbk_env *env, const struct cbk_object *scripts, json_t **ret_paths,
                                     struct cbk_error *err);

#endif
