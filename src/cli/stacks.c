#include "cli/stacks.h"

#include "base/file.h"
#include "config/include.h"
#include "git/changed.h"

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

static bool has_any(const struct cbk_strings *paths, const char *place)
{
    size_t len = strlen(place);
    for (size_t i = 0; i < paths->len; i++)
        if (!len || (strncmp(paths->items[i], place, len) == 0 && paths->items[i][len] == '/'))
            return true;
    return false;
}

static int mark_touched(const char *dir, const char *base, const char *revision, struct cbk_arena *arena,
                        struct cbk_stack_places *places, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings paths = {0};
    int r = cbk_git_changed(dir, base, revision, arena, &paths, err);
    for (size_t i = 0; r == 0 && i < places->len; i++) {
        CBK_CLEANUP(cbk_string_freep) char *place = NULL;
        r = cbk_git_place_of(places->items[i].dir, &place, err);
        places->items[i].touched = r == 0 && has_any(&paths, place);
    }
    return r;
}

static int compare_places(const void *left, const void *right)
{
    const struct cbk_stack_place *a = left, *b = right;
    return a->touched != b->touched ? (int)b->touched - (int)a->touched : strcmp(a->dir, b->dir);
}

int cbk_stacks_find(const char *dir, const char *base, const char *revision, struct cbk_arena *arena,
                    struct cbk_stack_places *ret, struct cbk_error *err)
{
    CBK_ERROR(untold); /* only the order depends on it, unless revisions are named */
    int r = search(dir, 0, arena, ret, err);
    if (r < 0)
        return r;
    if (!ret->len)
        return cbk_fail(err, CBK_E_NOT_FOUND, "no " CBK_STACK_FILE " in '%s', nor below it", dir);
    if (mark_touched(dir, base, revision, arena, ret, &untold) < 0 && (base || revision))
        return cbk_error_move(err, &untold);
    qsort(ret->items, ret->len, sizeof(*ret->items), compare_places);
    return 0;
}
