#include "base/files.h"

#include <string.h>
#include <strings.h>

void cbk_files_free(struct cbk_files *files)
{
    if (files)
        files->ops->free(files);
}

int cbk_files_check_relative(const char *name, struct cbk_error *err)
{
    if (*name != '/')
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' is an absolute path", name);
    return cbk_error_hint(err, "files of a stack are named relative to its directory");
}

int cbk_files_fail_outside(const char *name, const char *where, struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' lies outside of the %s", name, where);
    return cbk_error_hint(err, "a stack reads no file from elsewhere: copy it into the stack");
}

int cbk_files_check_not_git(const char *name, const char *below, struct cbk_error *err)
{
    while (*below) {
        size_t len = strcspn(below, "/");
        if (len == 4 && strncasecmp(below, ".git", len) == 0) {
            (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' lies in git's own directory", name);
            return cbk_error_hint(err, "a stack reads nothing of git's: copy it into the stack");
        }
        below += len;
        below += *below == '/';
    }
    return 0;
}

int cbk_files_look(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                   enum cbk_files_kind *ret_kind, struct cbk_error *err)
{
    return files->ops->look(files, name, reach, ret_kind, err);
}

int cbk_files_read(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, size_t limit,
                   char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    return files->ops->read(files, name, reach, limit, ret_text, ret_len, err);
}

int cbk_files_list(const struct cbk_files *files, const char *name, struct cbk_arena *arena,
                   struct cbk_strings *ret_names, struct cbk_error *err)
{
    return files->ops->list(files, name, arena, ret_names, err);
}

char *cbk_files_path(const struct cbk_files *files, const char *name)
{
    return files->ops->path(files, name);
}
