/* init: a starter stack, commented. What is there already stays as it is. */
#include "base/file.h"
#include "cli/cli.h"
#include "config/include.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* templates/starter, embedded by cmake */
extern const char cbk_starter_stack[];
extern const char cbk_starter_pre_freeze[];
extern const char cbk_starter_post_thaw[];

static const struct starter_file {
    const char *name;
    const char *text;
    mode_t mode;
} files[] = {
    {"scripts/pre-freeze.sh", cbk_starter_pre_freeze, 0755},
    {"scripts/post-thaw.sh", cbk_starter_post_thaw, 0755},
    {CBK_STACK_FILE, cbk_starter_stack, 0644}, /* last: it makes the directory a stack */
};

/* Looks at all before anything is written, so that a refusal leaves nothing behind. */
static int check_free(const char *dir, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(files); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, files[i].name);
        struct stat st;
        if (lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        (void)cbk_fail(err, CBK_E_CONFLICT, "'%s' exists already, nothing was written", path);
        return cbk_error_hint(err, "name another directory: cbk init DIR");
    }
    return 0;
}

static int write_file(const char *dir, const struct starter_file *file, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, file->name);
    CBK_CLEANUP(cbk_string_freep) char *parent = cbk_path_dir(path);
    int r = cbk_dir_make(parent, err);
    return r < 0 ? r : cbk_file_replace(path, file->text, strlen(file->text), file->mode, err);
}

static int write_all(const char *dir, struct cbk_error *err)
{
    int r = check_free(dir, err);
    for (size_t i = 0; r == 0 && i < CBK_ARRAY_LEN(files); i++)
        r = write_file(dir, &files[i], err);
    return r;
}

static int run_init(const struct cbk_cli *cli)
{
    const char *base = cli->args->dir ? cli->args->dir : ".";
    CBK_CLEANUP(cbk_string_freep)
    char *dir = cli->args->words.len ? cbk_path_join(base, cli->args->words.items[0]) : cbk_strdup(base);
    CBK_ERROR(err);
    if (write_all(dir, &err) < 0)
        return cbk_cli_fail(&err);
    CBK_STR(text);
    cbk_str_addf(&text, "A stack is in '%s': read %s, change it to what you have%s.\n", dir, CBK_STACK_FILE,
                 cli->out_style.automated ? "" : ", then 'cbk validate' and 'cbk plan'");
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_init = {
    .name = "init",
    .words = "[DIR]",
    .max_words = 1,
    .summary = "write a commented starter stack",
    .run = run_init,
};
