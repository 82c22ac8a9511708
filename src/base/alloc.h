/*
 * Allocation that does not fail: we are a command, and state is only ever replaced atomically, so when memory is
 * gone the honest thing is to say so and abort. Nothing returned here is ever NULL.
 */
#ifndef CBK_BASE_ALLOC_H
#define CBK_BASE_ALLOC_H

#include "base/owned.h"

#include <stdarg.h>
#include <stddef.h>

/* `count` zeroed items of `size` bytes; the caller frees. */
void *cbk_alloc(size_t count, size_t size);
/* Grows `old` to `count` items of `size` bytes; new bytes are not cleared. */
void *cbk_realloc(void *old, size_t count, size_t size);
/* Copies of text; the caller frees. NULL stays NULL. */
char *cbk_strdup(const char *text);
char *cbk_strndup(const char *text, size_t len);
/* printf into a fresh string; the caller frees. */
char *cbk_strf(const char *fmt, ...) CBK_PRINTF(1, 2);
char *cbk_vstrf(const char *fmt, va_list args) CBK_PRINTF(1, 0);
/*
 * The C library's own, likewise without failure: for libraries that let us choose. Many of their calls tell of no
 * memory only by an answer that nobody looks at (a key that is not set, an option that does not hold), and a state
 * would be written without it.
 */
void *cbk_library_malloc(size_t size);
void *cbk_library_calloc(size_t count, size_t size);
void *cbk_library_realloc(void *old, size_t size);
char *cbk_library_strdup(const char *text);
/* Says that memory is gone, and aborts. */
_Noreturn void cbk_out_of_memory(void);

#define CBK_NEW(type) ((type *)cbk_alloc(1, sizeof(type)))

#endif
