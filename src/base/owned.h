/*
 * Scope guards: every allocation has one owner, and the owner's declaration says how it is released.
 *
 *     CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = NULL;
 *     ...
 *     *ret = cbk_store_steal(&store);
 *
 * CBK_DEFINE_OWNED(type, prefix) gives `prefix_freep` and a typed `prefix_steal` for a type with `prefix_free`.
 */
#ifndef CBK_BASE_OWNED_H
#define CBK_BASE_OWNED_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CBK_CLEANUP(fn) __attribute__((cleanup(fn)))
#define CBK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define CBK_MUST_CHECK __attribute__((warn_unused_result))
#define CBK_UNUSED __attribute__((unused))
#define CBK_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define CBK_DEFINE_OWNED(type, prefix)                                                                                 \
    CBK_UNUSED static inline void prefix##_freep(type **owned)                                                         \
    {                                                                                                                  \
        prefix##_free(*owned);                                                                                         \
        *owned = NULL;                                                                                                 \
    }                                                                                                                  \
    CBK_UNUSED static inline type *prefix##_steal(type **owned)                                                        \
    {                                                                                                                  \
        type *taken = *owned;                                                                                          \
        *owned = NULL;                                                                                                 \
        return taken;                                                                                                  \
    }

static inline void cbk_string_free(char *text)
{
    free(text);
}
CBK_DEFINE_OWNED(char, cbk_string)

static inline void cbk_fd_closep(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static inline int cbk_fd_steal(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static inline void cbk_file_closep(FILE **file)
{
    if (*file)
        (void)fclose(*file);
    *file = NULL;
}

#endif
