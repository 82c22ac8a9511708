#include "config/include.h"

#include "base/file.h"
#include "config/inside.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

static void glob_release(glob_t *found)
{
    globfree(found);
}

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
    if (*pattern == '/') {
        cbk_fail(err, CBK_E_VALIDATION, "'%s' is an absolute path", pattern);
        return cbk_error_hint(err, "files of a stack are named relative to its directory");
    }
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

/* "dir/pattern", the directory's own wildcards escaped. The caller frees. */
static char *full_pattern(const char *dir, const char *pattern)
{
    CBK_STR(escaped);
    for (const char *at = dir; *at; at++) {
        if (strchr("*?[]\\", *at))
            cbk_str_add_char(&escaped, '\\');
        cbk_str_add_char(&escaped, *at);
    }
    return cbk_path_join(escaped.ptr, pattern);
}

static const char *below(const char *dir, const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *prefix = cbk_path_join(dir, "");
    return path + (cbk_str_starts_with(path, prefix) ? strlen(prefix) : 0);
}

static int expand(const char *dir, const char *pattern, struct cbk_span span, struct cbk_arena *arena,
                  struct cbk_include_vec *includes, struct cbk_error *err)
{
    int r = check_pattern(pattern, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *full = full_pattern(dir, pattern);
    CBK_CLEANUP(glob_release) glob_t found = {0};
    int failed = glob(full, 0, NULL, &found);
    if (failed == GLOB_NOMATCH)
        return cbk_fail(err, CBK_E_NOT_FOUND, "'%s' matches no file", pattern);
    if (failed)
        return cbk_fail(err, CBK_E_IO, "cannot look for '%s'", full);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = below(dir, found.gl_pathv[i]);
        if (strcmp(name, CBK_STACK_FILE) == 0) /* `*.yaml` means the others */
            continue;
        CBK_CLEANUP(cbk_string_freep) char *path = NULL;
        r = cbk_inside_resolve(dir, /* work_tree= */ NULL, name, &path, err);
        if (r < 0)
            return r;
        cbk_include_vec_push(includes, (struct cbk_include){cbk_arena_strdup(arena, name), span});
    }
    return 0;
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

int cbk_include_expand(const char *dir, const struct cbk_doc *main, struct cbk_arena *arena,
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
        if (expand(dir, json_string_value(pattern), span, arena, ret_includes, &err) == 0)
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
