#include "config/include.h"

#include "base/file.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool has_parent_step(const char *pattern)
{
    for (const char *at = pattern; *at;) {
        size_t len = strcspn(at, "/");
        if (len == 2 && at[0] == '.' && at[1] == '.')
            return true;
        at += len;
        at += *at == '/';
    }
    return false;
}

static int check_pattern(const char *pattern, struct cbk_error *err)
{
    int r = cbk_files_check_relative(pattern, err);
    if (r < 0)
        return r;
    if (has_parent_step(pattern)) {
        cbk_fail(err, CBK_E_VALIDATION, "'%s' leaves the stack's directory", pattern);
        return cbk_error_hint(err, "a stack reads no file from elsewhere: copy it into the stack");
    }
    if (strstr(pattern, "**")) {
        cbk_fail(err, CBK_E_VALIDATION, "'**' is not supported");
        return cbk_error_hint(err, "name each level: policies/*.yaml, policies/*/*.yaml");
    }
    return 0;
}

/* One glob on its way through the directories. */
struct search {
    const struct cbk_files *files;
    struct cbk_arena *arena;
    struct cbk_span span;
    struct cbk_include_vec *found;
    size_t matches;
};

static int search_below(struct search *search, const char *dir, const char *pattern, struct cbk_error *err);

/* Takes what stands at `name`, or looks for the rest of the pattern below it. */
static int take(struct search *search, const char *name, const char *rest, struct cbk_error *err)
{
    enum cbk_files_kind kind;
    int r = cbk_files_look(search->files, name, CBK_FILES_START, &kind, err);
    if (r < 0 || kind == CBK_FILES_NOTHING)
        return r;
    if (*rest)
        return kind == CBK_FILES_DIRECTORY ? search_below(search, name, rest, err) : 0;
    search->matches++;
    if (strcmp(name, CBK_STACK_FILE) != 0) /* `*.yaml` means the others */
        cbk_include_vec_push(search->found, (struct cbk_include){cbk_arena_strdup(search->arena, name), search->span});
    return 0;
}

/* Wildcards stand for names of one level; as in a shell, those with a leading dot have to be written out. */
static int search_below(struct search *search, const char *dir, const char *pattern, struct cbk_error *err)
{
    size_t len = strcspn(pattern, "/");
    CBK_CLEANUP(cbk_string_freep) char *level = cbk_strndup(pattern, len);
    const char *rest = pattern + len + strspn(pattern + len, "/");
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    int r = 0;
    if (strpbrk(level, "*?[\\"))
        r = cbk_files_list(search->files, dir, search->arena, &names, err);
    else
        cbk_strings_push(&names, level);
    for (size_t i = 0; r == 0 && i < names.len; i++) {
        if (names.items[i] != level && fnmatch(level, names.items[i], FNM_PERIOD) != 0)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_path_join(dir, names.items[i]);
        r = take(search, name, rest, err);
    }
    return r;
}

static int expand(const struct cbk_files *files, const char *pattern, struct cbk_span span, struct cbk_arena *arena,
                  struct cbk_include_vec *includes, struct cbk_error *err)
{
    struct search search = {.files = files, .arena = arena, .span = span, .found = includes};
    int r = check_pattern(pattern, err);
    if (r == 0)
        r = search_below(&search, "", pattern, err);
    if (r < 0 || search.matches)
        return r;
    return cbk_fail(err, CBK_E_NOT_FOUND, "'%s' matches no file", pattern);
}

static int compare_names(const void *left, const void *right)
{
    const struct cbk_include *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static void sort_unique(struct cbk_include_vec *includes)
{
    if (!includes->len)
        return;
    qsort(includes->items, includes->len, sizeof(includes->items[0]), compare_names);
    size_t kept = 1;
    for (size_t i = 1; i < includes->len; i++)
        if (compare_names(&includes->items[i], &includes->items[kept - 1]) != 0)
            includes->items[kept++] = includes->items[i];
    includes->len = kept;
}

int cbk_include_expand(const struct cbk_files *files, const struct cbk_doc *main, struct cbk_arena *arena,
                       struct cbk_include_vec *ret_includes, struct cbk_errors *errors)
{
    int failed = 0;
    size_t index;
    json_t *pattern;
    json_array_foreach(json_object_get(main->root, "include"), index, pattern) {
        if (!json_is_string(pattern))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/include/%zu", index);
        struct cbk_span span = cbk_doc_span(main, pointer, false);
        CBK_ERROR(err);
        if (expand(files, json_string_value(pattern), span, arena, ret_includes, &err) == 0)
            continue;
        cbk_error_locate(&err, span);
        int r = cbk_error_move(cbk_errors_add(errors), &err);
        failed = failed ? failed : r;
    }
    sort_unique(ret_includes);
    return failed;
}

int cbk_include_refuse(const struct cbk_doc *included, struct cbk_errors *errors)
{
    if (!json_object_get(included->root, "include"))
        return 0;
    struct cbk_error *err = cbk_errors_add(errors);
    cbk_fail_at(err, cbk_doc_span(included, "/include", true), CBK_E_VALIDATION, "'include' in an included file");
    return cbk_error_hint(err, "only " CBK_STACK_FILE " includes: name the files there");
}
