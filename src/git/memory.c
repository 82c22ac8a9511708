#include "git/memory.h"

#include "base/alloc.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <string.h>

/* The library says with each call which of its lines it comes from. */

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_library_malloc(size);
}

static void *take_again(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_library_realloc(old, size);
}

#ifdef CBK_GIT_ASKS_FOR_MORE /* until libgit2 1.7, one had to do by hand what malloc and realloc can serve */
static void *take_items(size_t count, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_alloc(count, size);
}

static void *take_items_again(void *old, size_t count, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_realloc(old, count, size);
}

static char *copy(const char *text, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_strdup(text);
}

static char *copy_bytes(const char *text, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    return cbk_strndup(text, len);
}

static char *copy_start(const char *text, size_t most, const char *file, int line)
{
    return copy_bytes(text, strnlen(text, most), file, line);
}
#endif

void cbk_git_take_memory(void)
{
    git_allocator ours = {
        .gmalloc = take,
        .grealloc = take_again,
        .gfree = free,
#ifdef CBK_GIT_ASKS_FOR_MORE
        .gcalloc = take_items,
        .gmallocarray = take_items,
        .greallocarray = take_items_again,
        .gstrdup = copy,
        .gstrndup = copy_start,
        .gsubstrdup = copy_bytes,
#endif
    };
    (void)git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &ours);
}
