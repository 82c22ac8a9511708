/*
 * Preloaded into a program, this lets its memory run out: of all allocations, its own and its libraries', the one with
 * the number CBK_STARVE_AT fails, and CBK_STARVE_FOR of them from there on (1). What was counted in all goes to the
 * file CBK_STARVE_COUNT at the end. glibc alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong count;
static unsigned long first = (unsigned long)-1, times = 1;

static unsigned long number(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
    times = number("CBK_STARVE_FOR", times);
    first = number("CBK_STARVE_AT", first);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("CBK_STARVE_COUNT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (fd >= 0)
        (void)dprintf(fd, "%lu\n", atomic_load(&count));
}

static int starves(void)
{
    unsigned long at = atomic_fetch_add(&count, 1);
    if (at < first || at - first >= times)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return starves() ? NULL : __libc_malloc(size);
}

void *calloc(size_t nmemb, size_t size)
{
    return starves() ? NULL : __libc_calloc(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
    return starves() ? NULL : __libc_realloc(ptr, size);
}
