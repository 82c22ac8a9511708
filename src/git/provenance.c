#include "git/provenance.h"

#include "base/json.h"
#include "base/log.h"
#include "git/place.h"

#include <errno.h>
#include <string.h>

/* What git declines to tell is unknown, which is an answer; the log says why. */
static int unknown(const char *dir)
{
    const git_error *why = git_error_last();
    cbk_log(CBK_LOG_WARN, "git cannot tell where '%s' comes from: %s", dir, why ? why->message : "no reason given");
    return 0;
}

/* `path` (absolute, resolved) as git names it: relative to the work tree, "" for its root. */
static const char *inside(git_repository *repository, const char *path)
{
    const char *root = git_repository_workdir(repository); /* ends in a slash */
    size_t len = strlen(root);
    if (strncmp(path, root, len) == 0)
        return path + len;
    return "";
}

/* Does anything that git tracks at or below `path` differ from HEAD? Negative: git does not tell. */
static int differs(git_repository *repository, const char *path)
{
    char *paths[] = {(char *)path};
    git_status_options options;
    if (git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION) < 0)
        return -1;
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    options.flags = GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
    if (*path)
        options.pathspec = (git_strarray){.strings = paths, .count = 1};
    CBK_CLEANUP(status_list_freep) git_status_list *list = NULL;
    if (git_status_list_new(&list, repository, &options) < 0)
        return -1;
    return git_status_list_entrycount(list) > 0;
}

/* Is it a file that the commit does not have, and that git would take? Negative: git does not tell. */
static int is_new(git_repository *repository, const git_tree *tree, const char *path)
{
    CBK_CLEANUP(tree_entry_freep) git_tree_entry *entry = NULL;
    int is_ignored = 0, r = git_tree_entry_bypath(&entry, tree, path);
    if (r == GIT_ENOTFOUND)
        return git_ignore_path_is_ignored(&is_ignored, repository, path) < 0 ? -1 : !is_ignored;
    return r < 0 ? -1 : 0;
}

/* A file that has vanished since is somebody else's to notice, and one outside of the work tree is none of git's. */
static int is_file_dirty(git_repository *repository, const git_tree *tree, const char *dir, const char *file)
{
    CBK_CLEANUP(cbk_string_freep) char *resolved = realpath(file, NULL);
    const char *path = resolved ? inside(repository, resolved) : "";
    if (!*path)
        return 0;
    bool is_below = strncmp(resolved, dir, strlen(dir)) == 0 && resolved[strlen(dir)] == '/';
    int dirty = is_new(repository, tree, path);
    return dirty == 0 && !is_below ? differs(repository, path) : dirty; /* what lies below has been looked at */
}

/* What lies about there and is not the stack's, its state for one, makes no difference to what is planned. */
static int is_dirty(git_repository *repository, const git_commit *commit, const char *dir,
                    const struct cbk_strings *files)
{
    CBK_CLEANUP(tree_freep) git_tree *tree = NULL;
    if (git_commit_tree(&tree, commit) < 0)
        return -1;
    int dirty = differs(repository, inside(repository, dir));
    for (size_t i = 0; dirty == 0 && i < files->len; i++)
        dirty = is_file_dirty(repository, tree, dir, files->items[i]);
    return dirty;
}

static int describe(git_repository *repository, const char *dir, const struct cbk_strings *files, json_t **ret)
{
    CBK_CLEANUP(reference_freep) git_reference *head = NULL;
    CBK_CLEANUP(commit_freep) git_commit *commit = NULL;
    int r = git_repository_head(&head, repository);
    if (r == GIT_EUNBORNBRANCH || r == GIT_ENOTFOUND)
        return 0;
    if (r == 0)
        r = git_commit_lookup(&commit, repository, git_reference_target(head));
    int dirty = r < 0 ? r : is_dirty(repository, commit, dir, files);
    if (dirty < 0)
        return unknown(dir);
    json_t *provenance = cbk_git_commit_json(commit, dirty);
    if (git_reference_is_branch(head))
        cbk_json_set_text(provenance, "branch", git_reference_shorthand(head));
    *ret = provenance;
    return 0;
}

/* The repository whose work tree `dir` lies in; NULL: there is none, or git does not tell (and `says` why). */
static git_repository *open_around(const char *dir, bool says)
{
    cbk_git_start();
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    int r = cbk_git_open_around(&repository, dir);
    if (r == GIT_ENOTFOUND || (r == 0 && git_repository_is_bare(repository)))
        return NULL;
    if (r < 0 && says)
        (void)unknown(dir);
    if (r < 0)
        return NULL;
    git_repository *opened = repository;
    repository = NULL;
    return opened;
}

int cbk_git_provenance(const char *dir, const struct cbk_strings *files, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *resolved = realpath(dir, NULL);
    if (!resolved)
        return cbk_fail_errno(err, errno, "cannot look into '%s'", dir);
    *ret = NULL;
    CBK_CLEANUP(repository_freep) git_repository *repository = open_around(resolved, /* says= */ true);
    return repository ? describe(repository, resolved, files, ret) : 0;
}

char *cbk_git_work_tree(const char *dir)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = open_around(dir, /* says= */ false);
    return repository ? cbk_strdup(git_repository_workdir(repository)) : NULL;
}
