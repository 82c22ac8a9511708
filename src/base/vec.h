/*
 * A typed vector: CBK_VEC(cbk_spans, struct cbk_span) makes `struct cbk_spans {items, len, cap}` and its functions.
 * Walk by index: an empty vector has no items to point at. Items are plain values; what they own, their owner releases.
 */
#ifndef CBK_BASE_VEC_H
#define CBK_BASE_VEC_H

#include "base/alloc.h"

#define CBK_VEC(name, type)                                                                                            \
    struct name {                                                                                                      \
        type *items;                                                                                                   \
        size_t len, cap;                                                                                               \
    };                                                                                                                 \
    /* Adds a zeroed item and answers where it is, until the next push. */                                             \
    CBK_UNUSED static inline type *name##_add(struct name *vec)                                                        \
    {                                                                                                                  \
        if (vec->len == vec->cap) {                                                                                    \
            vec->cap = vec->cap ? vec->cap * 2 : 8;                                                                    \
            vec->items = (type *)cbk_realloc(vec->items, vec->cap, sizeof(type));                                      \
        }                                                                                                              \
        type *item = &vec->items[vec->len++];                                                                          \
        *item = (type){0};                                                                                             \
        return item;                                                                                                   \
    }                                                                                                                  \
    CBK_UNUSED static inline void name##_push(struct name *vec, type item)                                             \
    {                                                                                                                  \
        *name##_add(vec) = item;                                                                                       \
    }                                                                                                                  \
    CBK_UNUSED static inline void name##_release(struct name *vec)                                                     \
    {                                                                                                                  \
        free(vec->items);                                                                                              \
        *vec = (struct name){0};                                                                                       \
    }

CBK_VEC(cbk_strings, const char *)

#endif
