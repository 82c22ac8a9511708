/* fmt: files of a stack in their canonical layout. */
#include "base/file.h"
#include "cli/cli.h"
#include "config/include.h"
#include "config/merge.h"
#include "engine/format.h"
#include "git/unified.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define STANDARD_INPUT "-"

struct run {
    const struct cbk_args *args;
    struct cbk_arena *arena;
    struct cbk_strings changed;
    struct cbk_doc_vec docs; /* errors point into them */
    struct cbk_errors errors;
    struct cbk_str out;
};

static void release(struct run *run)
{
    for (size_t i = 0; i < run->docs.len; i++)
        cbk_doc_free(run->docs.items[i]);
    cbk_doc_vec_release(&run->docs);
    cbk_strings_release(&run->changed);
    cbk_errors_release(&run->errors);
    cbk_str_release(&run->out);
    cbk_arena_free(run->arena);
}

static bool only_looks(const struct run *run)
{
    return run->args->check || run->args->diff;
}

/* Only a file that is one is replaced: a link would become a file, and what it leads to would stay as it is. */
static int find_mode(const char *path, mode_t *ret_mode, struct cbk_error *err)
{
    struct stat st;
    *ret_mode = 0;
    if (strcmp(path, STANDARD_INPUT) == 0)
        return 0;
    if (lstat(path, &st) < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", path);
    if (S_ISLNK(st.st_mode)) {
        cbk_fail(err, CBK_E_VALIDATION, "'%s' is a symbolic link", path);
        return cbk_error_hint(err, "format the file that it leads to");
    }
    if (!S_ISREG(st.st_mode))
        return cbk_fail(err, CBK_E_IO, "cannot format '%s': not a regular file", path);
    *ret_mode = st.st_mode & 07777;
    return 0;
}

/* What has become of the file: written, told, or both. */
static int settle(struct run *run, const char *path, mode_t mode, const struct cbk_str *before,
                  const struct cbk_str *after, struct cbk_error *err)
{
    bool is_input = strcmp(path, STANDARD_INPUT) == 0, is_changed = strcmp(before->ptr, after->ptr) != 0;
    if (is_input && !only_looks(run))
        cbk_str_add(&run->out, after->ptr);
    if (!is_changed)
        return 0;
    cbk_strings_push(&run->changed, cbk_arena_strdup(run->arena, path));
    if (run->args->diff)
        return cbk_git_unified(path, before, after, &run->out, err);
    if (!is_input)
        cbk_str_addf(&run->out, "%s\n", path);
    return only_looks(run) || is_input ? 0 : cbk_file_replace(path, after->ptr, after->len, mode, err);
}

static int format(struct run *run, const char *path, struct cbk_error *err)
{
    mode_t mode = 0;
    CBK_STR(before);
    CBK_STR(after);
    int r = find_mode(path, &mode, err);
    if (r == 0)
        r = cbk_file_read(path, CBK_DOC_MAX_BYTES, &before.ptr, &before.len, err);
    if (r < 0)
        return r;
    before.cap = before.len + 1;
    struct cbk_doc *doc = NULL;
    CBK_ERRORS(found);
    r = cbk_doc_parse(path, cbk_strndup(before.ptr, before.len), before.len, &doc, &found);
    cbk_doc_vec_push(&run->docs, doc);
    if (r < 0) {
        for (size_t i = 0; i < found.list.len; i++)
            (void)cbk_error_move(cbk_errors_add(&run->errors), &found.list.items[i]);
        return 0;
    }
    r = cbk_format(doc, &after, err);
    return r < 0 ? r : settle(run, path, mode, &before, &after, err);
}

/* A file that cannot be formatted is told, and the others are. */
static void format_file(struct run *run, const char *path)
{
    CBK_ERROR(err);
    if (format(run, path, &err) < 0)
        (void)cbk_error_move(cbk_errors_add(&run->errors), &err);
}

/* The stack's own file and those that it includes. */
static void format_stack(struct run *run)
{
    const char *dir = run->args->dir ? run->args->dir : ".";
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = cbk_files_of_dir(dir, /* work_tree= */ NULL);
    CBK_CLEANUP(cbk_string_freep) char *main_path = cbk_files_path(files, CBK_STACK_FILE);
    CBK_CLEANUP(cbk_include_vec_release) struct cbk_include_vec includes = {0};
    struct cbk_doc *doc = NULL;
    int r = cbk_doc_read(main_path, &doc, &run->errors);
    if (doc)
        cbk_doc_vec_push(&run->docs, doc);
    if (r < 0 || cbk_include_expand(files, doc, run->arena, &includes, &run->errors) < 0)
        return;
    format_file(run, main_path);
    for (size_t i = 0; i < includes.len; i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_files_path(files, includes.items[i].name);
        format_file(run, path);
    }
}

static void complain_of_changed(struct run *run)
{
    CBK_STR(names);
    for (size_t i = 0; i < run->changed.len; i++)
        cbk_str_addf(&names, "%s'%s'", i ? ", " : "", run->changed.items[i]);
    struct cbk_error *err = cbk_errors_add(&run->errors);
    (void)cbk_fail(err, CBK_E_CHECK, "not in the canonical layout: %s", names.ptr);
    (void)cbk_error_hint(err, "'cbk fmt' writes it, 'cbk fmt --diff' shows what it would change");
}

static int run_fmt(const struct cbk_cli *cli)
{
    CBK_CLEANUP(release)
    struct run run = {.args = cli->args, .arena = cbk_arena_new(), .out = CBK_STR_INIT};
    const struct cbk_strings *words = &cli->args->words;
    if (!words->len)
        format_stack(&run);
    for (size_t i = 0; i < words->len; i++)
        format_file(&run, words->items[i]);
    if (cli->args->check && run.changed.len)
        complain_of_changed(&run);
    CBK_ERROR(err);
    if (cbk_cli_write(&run.out, &err) < 0)
        return cbk_cli_fail(&err);
    return run.errors.list.len ? cbk_cli_fail_all(&run.errors) : CBK_EXIT_OK;
}

const struct cbk_command cbk_command_fmt = {
    .name = "fmt",
    .words = "[FILE...]",
    .max_words = SIZE_MAX,
    .summary = "write the stack's files in their canonical layout; no network",
    .options = CBK_OPT_FMT,
    .run = run_fmt,
};
