/*
 * Records that are made together and die together: spans, addresses, graph nodes, changes. One arena a phase, named
 * after it. Nothing in an arena is freed alone. Under AddressSanitizer every piece is its own malloc, so that a
 * read past a record is seen.
 */
#ifndef CBK_BASE_ARENA_H
#define CBK_BASE_ARENA_H

#include "base/owned.h"

#include <stdarg.h>
#include <stddef.h>

struct cbk_arena;

struct cbk_arena *cbk_arena_new(void);
/* NULL is fine. */
void cbk_arena_free(struct cbk_arena *arena);
CBK_DEFINE_OWNED(struct cbk_arena, cbk_arena)

/* Zeroed memory, aligned for anything; belongs to the arena. */
void *cbk_arena_alloc(struct cbk_arena *arena, size_t count, size_t size);
char *cbk_arena_strdup(struct cbk_arena *arena, const char *text);
char *cbk_arena_strndup(struct cbk_arena *arena, const char *text, size_t len);
char *cbk_arena_strf(struct cbk_arena *arena, const char *fmt, ...) CBK_PRINTF(2, 3);

#define CBK_ARENA_NEW(arena, type) ((type *)cbk_arena_alloc((arena), 1, sizeof(type)))

#endif
