#include "git/unified.h"

#include "git/library.h"

int cbk_git_unified(const char *path, const struct cbk_str *before, const struct cbk_str *after, struct cbk_str *out,
                    struct cbk_error *err)
{
    cbk_git_start();
    CBK_CLEANUP(patch_freep) git_patch *patch = NULL;
    CBK_CLEANUP(git_buf_dispose) git_buf text = GIT_BUF_INIT;
    if (git_patch_from_buffers(&patch, before->ptr, before->len, path, after->ptr, after->len, path, NULL) < 0 ||
        git_patch_to_buf(&text, patch) < 0)
        return cbk_git_fail(err, CBK_E_INTERNAL, "cannot tell what differs");
    cbk_str_add_bytes(out, text.ptr, text.size);
    return 0;
}
