#include "config/inside.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool lies_in(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    return strncmp(path, dir, len) == 0 && (path[len] == '/' || (len && dir[len - 1] == '/'));
}

int cbk_inside_resolve(const char *dir, const char *work_tree, const char *name, char **ret_path, struct cbk_error *err)
{
    if (*name == '/') {
        cbk_fail(err, CBK_E_VALIDATION, "'%s' is an absolute path", name);
        return cbk_error_hint(err, "files of a stack are named relative to its directory");
    }
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    CBK_CLEANUP(cbk_string_freep) char *real = realpath(path, NULL);
    if (!real)
        return cbk_fail_errno(err, errno, "cannot open '%s'", path);
    CBK_CLEANUP(cbk_string_freep) char *real_root = realpath(work_tree ? work_tree : dir, NULL);
    if (!real_root)
        return cbk_fail_errno(err, errno, "cannot open '%s'", work_tree ? work_tree : dir);
    if (!lies_in(real, real_root)) {
        cbk_fail(err, CBK_E_VALIDATION, "'%s' lies outside of the %s", name,
                 work_tree ? "git work tree" : "stack's directory");
        return cbk_error_hint(err, "a stack reads no file from elsewhere: copy it into the stack");
    }
    *ret_path = cbk_string_steal(&path);
    return 0;
}
