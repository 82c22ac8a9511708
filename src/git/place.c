#include "git/place.h"

#include "base/file.h"
#include "base/time.h"

#include <errno.h>
#include <string.h>

/* The nearest directory on the way to `dir` that exists, resolved; *ret_rest is what is missing. The caller frees. */
static char *existing_part(const char *dir, const char **ret_rest)
{
    CBK_CLEANUP(cbk_string_freep) char *part = cbk_strdup(dir);
    for (;;) {
        char *real = realpath(part, NULL);
        if (real) {
            const char *rest = dir + strlen(part);
            *ret_rest = rest + strspn(rest, "/");
            return real;
        }
        char *slash = strrchr(part, '/');
        if (!slash) {
            *ret_rest = dir;
            return realpath(".", NULL);
        }
        slash[slash == part] = '\0'; /* the root keeps its slash */
    }
}

/* What stands in `path` behind the repository's root. */
static const char *behind_root(git_repository *repository, const char *path)
{
    const char *root =
        git_repository_is_bare(repository) ? git_repository_path(repository) : git_repository_workdir(repository);
    size_t len = strlen(root); /* git ends it in a slash */
    return strncmp(path, root, len) == 0 ? path + len : "";
}

int cbk_git_place(const char *dir, git_repository **ret_repository, char **ret_inside, struct cbk_error *err)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    const char *rest = NULL;
    CBK_CLEANUP(cbk_string_freep) char *real = existing_part(dir, &rest);
    if (!real)
        return cbk_fail_errno(err, errno, "cannot look into '%s'", dir);
    cbk_git_start();
    if (cbk_git_open_around(&repository, real) < 0)
        return cbk_git_fail(err, CBK_E_NOT_FOUND, "cannot open the git repository");
    CBK_CLEANUP(cbk_string_freep) char *inside = cbk_path_join(behind_root(repository, real), rest);
    size_t len = strlen(inside);
    while (len && inside[len - 1] == '/')
        inside[--len] = '\0';
    *ret_inside = cbk_string_steal(&inside);
    *ret_repository = repository;
    repository = NULL;
    return 0;
}

int cbk_git_commit_of(git_repository *repository, const char *revision, git_commit **ret, struct cbk_error *err)
{
    CBK_CLEANUP(object_freep) git_object *object = NULL;
    if (git_revparse_single(&object, repository, revision) == 0 &&
        git_object_peel((git_object **)ret, object, GIT_OBJECT_COMMIT) == 0)
        return 0;
    (void)cbk_fail(err, CBK_E_NOT_FOUND, "the git repository has no commit '%s'", revision);
    return cbk_error_hint(err,
                          "a revision is a branch, a tag or a commit, as 'git rev-parse' takes it; a shallow clone "
                          "has few of them");
}

int cbk_git_size(git_repository *repository, const git_oid *id, size_t *ret_size, struct cbk_error *err)
{
    CBK_CLEANUP(odb_freep) git_odb *odb = NULL;
    git_object_t type;
    if (git_repository_odb(&odb, repository) < 0 || git_odb_read_header(ret_size, &type, odb, id) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot read from the git repository");
    return 0;
}

static bool is_signed(const git_commit *commit)
{
    git_buf signature = {0};
    bool found = git_commit_header_field(&signature, commit, "gpgsig") == 0; /* of ssh keys, too */
    git_buf_dispose(&signature);
    return found;
}

json_t *cbk_git_commit_json(const git_commit *commit, bool dirty)
{
    char id[GIT_OID_HEXSZ + 1];
    const git_signature *author = git_commit_author(commit);
    CBK_CLEANUP(cbk_string_freep) char *who = cbk_strf("%s <%s>", author->name, author->email);
    CBK_STR(time);
    cbk_time_add_utc(&time, author->when.time);
    json_t *json = json_pack("{s:s, s:b, s:s, s:b}", "commit", git_oid_tostr(id, sizeof(id), git_commit_id(commit)),
                             "dirty", (int)dirty, "time", time.ptr, "signed", (int)is_signed(commit));
    json_object_set_new(json, "author", json_stringn(who, cbk_str_utf8_span(who, strlen(who))));
    return json;
}
