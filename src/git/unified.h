/*
 * What differs between two texts, as patches say it.
 */
#ifndef CBK_GIT_UNIFIED_H
#define CBK_GIT_UNIFIED_H

#include "base/error.h"

/* Adds the unified diff that makes `after` of `before`, both called `path`; nothing when they are alike. */
CBK_MUST_CHECK int cbk_git_unified(const char *path, const struct cbk_str *before, const struct cbk_str *after,
                                   struct cbk_str *out, struct cbk_error *err);

#endif
