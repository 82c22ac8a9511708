/* Files of a directory of this machine. */
#include "base/files.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct dir {
    struct cbk_files base;
    char *start;
    char *work_tree; /* NULL: the start is all there is */
};

static const struct dir *dir_of(const struct cbk_files *files)
{
    return (const struct dir *)files;
}

static char *dir_path(const struct cbk_files *files, const char *name)
{
    return *name ? cbk_path_join(dir_of(files)->start, name) : cbk_strdup(dir_of(files)->start);
}

static bool lies_in(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    return strncmp(path, dir, len) == 0 && (!path[len] || path[len] == '/' || (len && dir[len - 1] == '/'));
}

/* What may stand anywhere in a work tree is only held to the stack's directory where there is none. */
static int fail_outside(const struct dir *dir, const char *name, enum cbk_files_reach reach, struct cbk_error *err)
{
    if (reach == CBK_FILES_START)
        return cbk_files_fail_outside(name, "stack's directory", err);
    if (dir->work_tree)
        return cbk_files_fail_outside(name, "git work tree", err);
    (void)cbk_files_fail_outside(name, "stack's directory", err);
    return cbk_error_hint(err, "copy it into the stack, or keep both in one git repository: the stack is in none");
}

/* The path as the user knows it, NULL when nothing stands there (errno says why). The caller frees. */
static int resolve(const struct dir *dir, const char *name, enum cbk_files_reach reach, char **ret_path,
                   struct cbk_error *err)
{
    int r = cbk_files_check_relative(name, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *path = dir_path(&dir->base, name);
    CBK_CLEANUP(cbk_string_freep) char *real = realpath(path, NULL);
    *ret_path = NULL;
    if (!real)
        return 0;
    const char *root = reach == CBK_FILES_WHOLE && dir->work_tree ? dir->work_tree : dir->start;
    CBK_CLEANUP(cbk_string_freep) char *real_root = realpath(root, NULL);
    if (!real_root)
        return cbk_fail_errno(err, errno, "cannot open '%s'", root);
    if (!lies_in(real, real_root))
        return fail_outside(dir, name, reach, err);
    r = cbk_files_check_not_git(name, real + strlen(real_root), err);
    if (r < 0)
        return r;
    *ret_path = cbk_string_steal(&path);
    return 0;
}

static enum cbk_files_kind kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return CBK_FILES_DIRECTORY;
    return S_ISREG(mode) ? CBK_FILES_FILE : CBK_FILES_OTHER;
}

static int dir_look(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                    enum cbk_files_kind *ret_kind, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = NULL;
    struct stat st;
    int r = resolve(dir_of(files), name, reach, &path, err);
    if (r < 0)
        return r;
    int reason = path && stat(path, &st) == 0 ? 0 : errno;
    if (reason && reason != ENOENT && reason != ENOTDIR) {
        CBK_CLEANUP(cbk_string_freep) char *shown = dir_path(files, name);
        return cbk_fail_errno(err, reason, "cannot open '%s'", shown);
    }
    *ret_kind = reason ? CBK_FILES_NOTHING : kind_of(st.st_mode);
    return 0;
}

static int dir_read(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, size_t limit,
                    char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = NULL;
    int r = resolve(dir_of(files), name, reach, &path, err);
    if (r < 0)
        return r;
    struct stat st;
    if (path && stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* a pipe would be waited for */
        return cbk_fail(err, CBK_E_IO, "cannot read '%s': not a regular file", path);
    if (path)
        return cbk_file_read(path, limit, ret_text, ret_len, err);
    int reason = errno;
    CBK_CLEANUP(cbk_string_freep) char *shown = dir_path(files, name);
    return cbk_fail_errno(err, reason, "cannot open '%s'", shown);
}

static int is_name(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int dir_list(const struct cbk_files *files, const char *name, struct cbk_arena *arena,
                    struct cbk_strings *ret_names, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = NULL;
    struct dirent **entries = NULL;
    int r = resolve(dir_of(files), name, CBK_FILES_START, &path, err);
    if (r < 0)
        return r;
    int count = path ? scandir(path, &entries, is_name, by_bytes) : -1;
    if (count < 0) {
        int reason = errno;
        CBK_CLEANUP(cbk_string_freep) char *shown = dir_path(files, name);
        return cbk_fail_errno(err, reason, "cannot list '%s'", shown);
    }
    for (int i = 0; i < count; i++) {
        cbk_strings_push(ret_names, cbk_arena_strdup(arena, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return 0;
}

static void dir_free(struct cbk_files *files)
{
    struct dir *dir = (struct dir *)files;
    free(dir->start);
    free(dir->work_tree);
    free(dir);
}

static const struct cbk_files_ops ops = {dir_look, dir_read, dir_list, dir_path, dir_free};

struct cbk_files *cbk_files_of_dir(const char *dir, const char *work_tree)
{
    struct dir *files = CBK_NEW(struct dir);
    files->base.ops = &ops;
    files->start = cbk_strdup(dir);
    files->work_tree = work_tree ? cbk_strdup(work_tree) : NULL;
    return &files->base;
}
