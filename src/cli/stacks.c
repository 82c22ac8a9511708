#include "cli/stacks.h"

#include "base/file.h"
#include "config/include.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Deeper is no repository that somebody has laid out. */
#define MOST_LEVELS 32

static bool is_of_kind(const char *path, mode_t kind)
{
    struct stat st;
    return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

static int is_entered(const struct dirent *entry)
{
    return *entry->d_name != '.';
}

static int search(const char *dir, size_t level, struct cbk_arena *arena, struct cbk_stack_places *places,
                  struct cbk_error *err)
{
    struct dirent **entries = NULL;
    CBK_CLEANUP(cbk_string_freep) char *stack_file = cbk_path_join(dir, CBK_STACK_FILE);
    if (is_of_kind(stack_file, S_IFREG))
        cbk_stack_places_push(places, (struct cbk_stack_place){.dir = cbk_arena_strdup(arena, dir)});
    int r = 0, count = scandir(dir, &entries, is_entered, NULL);
    if (count < 0)
        return cbk_fail_errno(err, errno, "cannot list '%s'", dir);
    for (int i = 0; i < count; i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, entries[i]->d_name);
        if (r == 0 && level < MOST_LEVELS && is_of_kind(path, S_IFDIR))
            r = search(path, level + 1, arena, places, err);
        free(entries[i]);
    }
    free(entries);
    return r;
}

static int compare_places(const void *left, const void *right)
{
    const struct cbk_stack_place *a = left, *b = right;
    return a->touched != b->touched ? (int)b->touched - (int)a->touched : strcmp(a->dir, b->dir);
}

void cbk_stacks_sort(struct cbk_stack_places *places)
{
    if (places->len)
        qsort(places->items, places->len, sizeof(*places->items), compare_places);
}

int cbk_stacks_find(const char *dir, struct cbk_arena *arena, struct cbk_stack_places *ret, struct cbk_error *err)
{
    int r = search(dir, 0, arena, ret, err);
    if (r == 0 && !ret->len)
        r = cbk_fail(err, CBK_E_NOT_FOUND, "no " CBK_STACK_FILE " in '%s', nor below it", dir);
    return r;
}
