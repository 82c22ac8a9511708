#include "base/alloc.h"

#include <stdint.h>
#include <string.h>

void cbk_out_of_memory(void)
{
    static const char text[] = "cbk: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)ignored;
    abort();
}

void *cbk_alloc(size_t count, size_t size)
{
    void *made = calloc(count ? count : 1, size ? size : 1);
    if (!made)
        cbk_out_of_memory();
    return made;
}

void *cbk_realloc(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        cbk_out_of_memory();
    size_t bytes = count * size;
    void *made = realloc(old, bytes ? bytes : 1);
    if (!made)
        cbk_out_of_memory();
    return made;
}

void *cbk_library_malloc(size_t size)
{
    return cbk_library_realloc(NULL, size);
}

void *cbk_library_calloc(size_t count, size_t size)
{
    return cbk_alloc(count, size);
}

void *cbk_library_realloc(void *old, size_t size)
{
    return cbk_realloc(old, size, 1);
}

char *cbk_library_strdup(const char *text)
{
    return cbk_strdup(text);
}

char *cbk_strndup(const char *text, size_t len)
{
    char *copy = cbk_alloc(len + 1, 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *cbk_strdup(const char *text)
{
    return text ? cbk_strndup(text, strlen(text)) : NULL;
}

char *cbk_vstrf(const char *fmt, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, args) < 0)
        cbk_out_of_memory();
    return text;
}

char *cbk_strf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = cbk_vstrf(fmt, args);
    va_end(args);
    return text;
}
