#include "base/files.h"

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
