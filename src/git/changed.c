#include "git/changed.h"

#include "git/files.h"
#include "git/place.h"

struct listing {
    struct cbk_arena *arena;
    struct cbk_strings *paths;
};

static int add_path(const git_diff_delta *delta, float progress, void *context)
{
    (void)progress;
    const struct listing *listing = context;
    cbk_strings_push(listing->paths, cbk_arena_strdup(listing->arena, delta->new_file.path));
    if (!cbk_str_equal(delta->old_file.path, delta->new_file.path))
        cbk_strings_push(listing->paths, cbk_arena_strdup(listing->arena, delta->old_file.path));
    return 0;
}

static int compare(git_repository *repository, git_commit *from, git_commit *to, bool with_work_tree,
                   struct listing *listing, struct cbk_error *err)
{
    CBK_CLEANUP(tree_freep) git_tree *was = NULL, *is = NULL;
    CBK_CLEANUP(diff_freep) git_diff *diff = NULL;
    git_diff_options options;
    (void)git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS;
    int r = git_commit_tree(&was, from);
    if (r == 0 && with_work_tree)
        r = git_diff_tree_to_workdir_with_index(&diff, repository, was, &options);
    else if (r == 0 && (r = git_commit_tree(&is, to)) == 0)
        r = git_diff_tree_to_tree(&diff, repository, was, is, &options);
    if (r == 0)
        r = git_diff_foreach(diff, add_path, NULL, NULL, NULL, listing);
    return r < 0 ? cbk_git_fail(err, CBK_E_IO, "cannot compare commits") : 0;
}

static int find_base(const char *dir, const char *base, const char *revision, git_repository *repository,
                     git_commit *newest, git_commit **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *commit = NULL;
    if (!base) {
        if (git_commit_parent(ret, newest, 0) < 0)
            *ret = NULL;
        return 0;
    }
    int r = cbk_git_merge_base(dir, base, revision, &commit, err);
    return r < 0 ? r : cbk_git_commit_of(repository, commit, ret, err);
}

int cbk_git_changed(const char *dir, const char *base, const char *revision, struct cbk_arena *arena,
                    struct cbk_strings *ret_paths, struct cbk_error *err)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    CBK_CLEANUP(commit_freep) git_commit *newest = NULL, *from = NULL;
    CBK_CLEANUP(cbk_string_freep) char *inside = NULL;
    struct listing listing = {arena, ret_paths};
    int r = cbk_git_place(dir, &repository, &inside, err);
    if (r == 0)
        r = cbk_git_commit_of(repository, revision ? revision : "HEAD", &newest, err);
    if (r == 0)
        r = find_base(dir, base, revision, repository, newest, &from, err);
    if (r < 0 || !from)
        return r;
    bool with_work_tree = !revision && !git_repository_is_bare(repository);
    return compare(repository, from, newest, with_work_tree, &listing, err);
}

int cbk_git_place_of(const char *dir, char **ret_place, struct cbk_error *err)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    return cbk_git_place(dir, &repository, ret_place, err);
}
