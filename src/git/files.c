#include "git/files.h"

#include "base/alloc.h"
#include "base/file.h"
#include "git/place.h"

#include <errno.h>
#include <string.h>

/* As many links as Linux follows, and as long. */
#define MOST_LINKS 40
#define MOST_LINK_BYTES 4096

struct commit_files {
    struct cbk_files base;
    git_repository *repository;
    git_tree *root;
    char *revision; /* as it was asked for */
    char *start;    /* "" for the root */
};

static const struct commit_files *files_of(const struct cbk_files *files)
{
    return (const struct commit_files *)files;
}

static char *commit_path(const struct cbk_files *files, const char *name)
{
    const struct commit_files *self = files_of(files);
    CBK_CLEANUP(cbk_string_freep) char *path = *name ? cbk_path_join(self->start, name) : cbk_strdup(self->start);
    return cbk_strf("%s:%s", self->revision, path);
}

static int fail_at_path(const struct cbk_files *files, const char *name, int reason, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = commit_path(files, name);
    return cbk_fail_errno(err, reason, "cannot open '%s'", path);
}

/* A way through the tree: where it has come to, and what is still to be gone. */
struct walk {
    const struct commit_files *files;
    const char *name;      /* what was asked for, for errors */
    struct cbk_str at;     /* resolved so far: "stacks/mysql" */
    char *rest;            /* owned */
    git_tree_entry *entry; /* what stands at `at`; NULL: the root, or nothing */
    enum cbk_files_kind kind;
    unsigned links;
};

static void walk_release(struct walk *walk)
{
    cbk_str_release(&walk->at);
    free(walk->rest);
    git_tree_entry_free(walk->entry);
}

static int step_up(struct walk *walk, struct cbk_error *err)
{
    if (!walk->at.len)
        return cbk_files_fail_outside(walk->name, "repository", err);
    const char *slash = strrchr(walk->at.ptr, '/');
    cbk_str_truncate(&walk->at, slash ? (size_t)(slash - walk->at.ptr) : 0);
    return 0;
}

/* Goes where the link at `walk->at` says, and from there the rest of the way. */
static int follow(struct walk *walk, struct cbk_error *err)
{
    CBK_CLEANUP(blob_freep) git_blob *blob = NULL;
    size_t size = 0;
    int r = cbk_git_size(walk->files->repository, git_tree_entry_id(walk->entry), &size, err);
    if (r < 0)
        return r;
    if (++walk->links > MOST_LINKS || size > MOST_LINK_BYTES)
        return fail_at_path(&walk->files->base, walk->name, size > MOST_LINK_BYTES ? ENAMETOOLONG : ELOOP, err);
    if (git_blob_lookup(&blob, walk->files->repository, git_tree_entry_id(walk->entry)) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
    size_t len = (size_t)git_blob_rawsize(blob);
    CBK_CLEANUP(cbk_string_freep) char *target = cbk_strndup(git_blob_rawcontent(blob), len);
    if (*target == '/')
        return cbk_files_fail_outside(walk->name, "repository", err);
    char *rest = cbk_strf("%s/%s", target, walk->rest);
    free(walk->rest);
    walk->rest = rest;
    return step_up(walk, err); /* a link speaks from where it stands */
}

static int enter(struct walk *walk, const char *part, struct cbk_error *err)
{
    cbk_str_addf(&walk->at, "%s%s", walk->at.len ? "/" : "", part);
    git_tree_entry_free(walk->entry);
    walk->entry = NULL;
    int r = git_tree_entry_bypath(&walk->entry, walk->files->root, walk->at.ptr);
    if (r < 0 && r != GIT_ENOTFOUND)
        return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
    if (r < 0) {
        walk->kind = CBK_FILES_NOTHING;
        return 0;
    }
    git_filemode_t mode = git_tree_entry_filemode(walk->entry);
    if (mode == GIT_FILEMODE_LINK)
        return follow(walk, err);
    if (mode == GIT_FILEMODE_COMMIT) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' lies in the submodule '%s'", walk->name, walk->at.ptr);
        return cbk_error_hint(err, "a commit has no files of its submodules: copy them into the repository");
    }
    walk->kind = mode == GIT_FILEMODE_TREE ? CBK_FILES_DIRECTORY : CBK_FILES_FILE;
    return 0;
}

/* Goes all the way; what stands there is walk->kind, and walk->entry but for the root. */
static int go(struct walk *walk, struct cbk_error *err)
{
    int r = 0;
    walk->kind = CBK_FILES_DIRECTORY;
    while (r == 0 && *walk->rest) {
        size_t len = strcspn(walk->rest, "/");
        CBK_CLEANUP(cbk_string_freep) char *part = cbk_strndup(walk->rest, len);
        char *rest = cbk_strdup(walk->rest + len + strspn(walk->rest + len, "/"));
        free(walk->rest);
        walk->rest = rest;
        if (!*part || strcmp(part, ".") == 0)
            continue;
        if (walk->kind != CBK_FILES_DIRECTORY) { /* nothing lies below a file, or below nothing */
            walk->kind = CBK_FILES_NOTHING;
            return 0;
        }
        r = strcmp(part, "..") == 0 ? step_up(walk, err) : enter(walk, part, err);
    }
    return r;
}

static bool lies_in(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    return !len || (strncmp(path, dir, len) == 0 && (!path[len] || path[len] == '/'));
}

/* *walk is released by the caller in any case. */
static int find(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, struct walk *walk,
                struct cbk_error *err)
{
    const struct commit_files *self = files_of(files);
    CBK_CLEANUP(walk_release)
    struct walk start = {.files = self, .name = self->start, .at = CBK_STR_INIT, .rest = cbk_strdup(self->start)};
    *walk = (struct walk){.files = self, .name = name, .at = CBK_STR_INIT};
    walk->rest = cbk_strf("%s/%s", self->start, name);
    int r = cbk_files_check_relative(name, err);
    if (r == 0)
        r = go(walk, err);
    if (r == 0 && reach == CBK_FILES_START)
        r = go(&start, err);
    if (r < 0 || reach != CBK_FILES_START || walk->kind == CBK_FILES_NOTHING || lies_in(walk->at.ptr, start.at.ptr))
        return r;
    return cbk_files_fail_outside(name, "stack's directory", err);
}

static int commit_look(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                       enum cbk_files_kind *ret_kind, struct cbk_error *err)
{
    CBK_CLEANUP(walk_release) struct walk walk = {0};
    int r = find(files, name, reach, &walk, err);
    if (r == 0)
        *ret_kind = walk.kind;
    return r;
}

static int read_blob(const struct cbk_files *files, const char *name, const git_oid *id, size_t limit, char **ret_text,
                     size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(blob_freep) git_blob *blob = NULL;
    size_t len = 0;
    int r = cbk_git_size(files_of(files)->repository, id, &len, err);
    if (r < 0)
        return r;
    if (len > limit) {
        CBK_CLEANUP(cbk_string_freep) char *path = commit_path(files, name);
        return cbk_fail(err, CBK_E_LIMIT, "'%s' is larger than %zu bytes", path, limit);
    }
    if (git_blob_lookup(&blob, files_of(files)->repository, id) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
    *ret_text = cbk_alloc(len + 1, 1);
    memcpy(*ret_text, git_blob_rawcontent(blob), len);
    *ret_len = len;
    return 0;
}

static int commit_read(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, size_t limit,
                       char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(walk_release) struct walk walk = {0};
    int r = find(files, name, reach, &walk, err);
    if (r < 0)
        return r;
    if (walk.kind == CBK_FILES_NOTHING)
        return fail_at_path(files, name, ENOENT, err);
    if (walk.kind == CBK_FILES_FILE)
        return read_blob(files, name, git_tree_entry_id(walk.entry), limit, ret_text, ret_len, err);
    CBK_CLEANUP(cbk_string_freep) char *path = commit_path(files, name);
    return cbk_fail(err, CBK_E_IO, "cannot read '%s': not a regular file", path);
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int commit_list(const struct cbk_files *files, const char *name, struct cbk_arena *arena,
                       struct cbk_strings *ret_names, struct cbk_error *err)
{
    CBK_CLEANUP(walk_release) struct walk walk = {0};
    CBK_CLEANUP(tree_freep) git_tree *opened = NULL;
    int r = find(files, name, CBK_FILES_START, &walk, err);
    if (r < 0)
        return r;
    if (walk.kind != CBK_FILES_DIRECTORY)
        return fail_at_path(files, name, walk.kind == CBK_FILES_NOTHING ? ENOENT : ENOTDIR, err);
    const git_tree *tree = files_of(files)->root;
    if (walk.at.len) {
        CBK_CLEANUP(tree_entry_freep) git_tree_entry *entry = NULL;
        if (git_tree_entry_bypath(&entry, tree, walk.at.ptr) < 0 ||
            git_tree_lookup(&opened, files_of(files)->repository, git_tree_entry_id(entry)) < 0)
            return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
        tree = opened;
    }
    size_t first = ret_names->len, count = git_tree_entrycount(tree);
    for (size_t i = 0; i < count; i++)
        cbk_strings_push(ret_names, cbk_arena_strdup(arena, git_tree_entry_name(git_tree_entry_byindex(tree, i))));
    if (count) /* git sorts directories as if they ended in a slash */
        qsort(ret_names->items + first, count, sizeof(*ret_names->items), by_bytes);
    return 0;
}

static void commit_free(struct cbk_files *files)
{
    struct commit_files *self = (struct commit_files *)files;
    git_tree_free(self->root);
    git_repository_free(self->repository);
    free(self->revision);
    free(self->start);
    free(self);
}

static const struct cbk_files_ops ops = {commit_look, commit_read, commit_list, commit_path, commit_free};

int cbk_git_files_open(const char *dir, const char *revision, struct cbk_files **ret_files, json_t **ret_provenance,
                       struct cbk_error *err)
{
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = NULL;
    CBK_CLEANUP(commit_freep) git_commit *commit = NULL;
    struct commit_files *self = CBK_NEW(struct commit_files);
    files = &self->base;
    files->ops = &ops;
    self->revision = cbk_strdup(revision);
    int r = cbk_git_place(dir, &self->repository, &self->start, err);
    if (r == 0)
        r = cbk_git_commit_of(self->repository, revision, &commit, err);
    if (r < 0)
        return r;
    if (git_commit_tree(&self->root, commit) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
    *ret_files = cbk_files_steal(&files);
    *ret_provenance = cbk_git_commit_json(commit, /* dirty= */ false);
    return 0;
}

/* What stands in `path` behind the work tree's root; NULL: it lies elsewhere. */
static const char *in_work_tree(git_repository *repository, const char *path)
{
    const char *root = git_repository_workdir(repository); /* git ends it in a slash; NULL: bare */
    return root && cbk_str_starts_with(path, root) ? path + strlen(root) : NULL;
}

int cbk_git_files_name(const struct cbk_files *files, const char *path, struct cbk_arena *arena, const char **ret_name,
                       struct cbk_error *err)
{
    const struct commit_files *self = files_of(files);
    CBK_CLEANUP(cbk_string_freep) char *absolute = cbk_path_absolute(path), *real = NULL;
    const char *inside = absolute ? in_work_tree(self->repository, absolute) : NULL;
    if (!inside) { /* by a link from outside of it */
        real = realpath(path, NULL);
        inside = real ? in_work_tree(self->repository, real) : NULL;
    }
    *ret_name = NULL;
    if (!inside)
        return 0;
    CBK_STR(name);
    for (const char *level = self->start; *level; level += strcspn(level, "/"), level += *level == '/')
        cbk_str_add(&name, "../");
    cbk_str_add(&name, inside);
    enum cbk_files_kind kind;
    int r = commit_look(files, name.ptr, CBK_FILES_WHOLE, &kind, err);
    if (r == 0 && kind != CBK_FILES_NOTHING)
        *ret_name = cbk_arena_strdup(arena, name.ptr);
    return r;
}

int cbk_git_merge_base(const char *dir, const char *base, const char *revision, char **ret_commit,
                       struct cbk_error *err)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    CBK_CLEANUP(commit_freep) git_commit *base_commit = NULL, *commit = NULL;
    CBK_CLEANUP(cbk_string_freep) char *inside = NULL;
    char id[GIT_OID_HEXSZ + 1];
    git_oid common;
    int r = cbk_git_place(dir, &repository, &inside, err);
    if (r == 0)
        r = cbk_git_commit_of(repository, base, &base_commit, err);
    if (r == 0)
        r = cbk_git_commit_of(repository, revision ? revision : "HEAD", &commit, err);
    if (r < 0)
        return r;
    bool is_found = git_merge_base(&common, repository, git_commit_id(base_commit), git_commit_id(commit)) == 0;
    *ret_commit = cbk_strdup(git_oid_tostr(id, sizeof(id), is_found ? &common : git_commit_id(base_commit)));
    return 0;
}
