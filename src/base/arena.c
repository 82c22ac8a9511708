#include "base/arena.h"

#include "base/alloc.h"

#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_CHUNK 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_CHUNK 0
#endif
#endif
#ifndef ARENA_CHUNK
#define ARENA_CHUNK ((size_t)64 * 1024)
#endif

struct chunk {
    struct chunk *before;
    size_t used, size;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct cbk_arena {
    struct chunk *last;
};

struct cbk_arena *cbk_arena_new(void)
{
    return CBK_NEW(struct cbk_arena);
}

void cbk_arena_free(struct cbk_arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->last, *before; chunk; chunk = before) {
        before = chunk->before;
        free(chunk);
    }
    free(arena);
}

void *cbk_arena_alloc(struct cbk_arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2) / size)
        cbk_out_of_memory();
    const size_t align = _Alignof(max_align_t);
    size_t need = count * size;
    size_t step = ARENA_CHUNK ? (need + align - 1) / align * align : need;
    struct chunk *chunk = arena->last;
    if (!chunk || step > chunk->size - chunk->used) {
        size_t room = step > ARENA_CHUNK ? step : ARENA_CHUNK;
        chunk = cbk_alloc(1, sizeof(*chunk) + room);
        chunk->size = room;
        chunk->before = arena->last;
        arena->last = chunk;
    }
    void *piece = chunk->bytes + chunk->used;
    chunk->used = ARENA_CHUNK ? chunk->used + step : chunk->size;
    return piece;
}

char *cbk_arena_strndup(struct cbk_arena *arena, const char *text, size_t len)
{
    char *copy = cbk_arena_alloc(arena, len + 1, 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *cbk_arena_strdup(struct cbk_arena *arena, const char *text)
{
    return text ? cbk_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *cbk_arena_strf(struct cbk_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_vstrf(fmt, args);
    va_end(args);
    return cbk_arena_strdup(arena, text);
}
