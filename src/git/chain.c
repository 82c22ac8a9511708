#include "git/chain.h"

#include "base/alloc.h"
#include "git/place.h"
#include "git/remote.h"

#include <string.h>

struct cbk_git_chain {
    git_repository *repository;
    git_remote *remote; /* NULL: the repository's own ref is what counts */
    char *remote_name;  /* as the stack and `git remote` call it */
    git_signature *who; /* whom the repository around the stack knows, or cbk */
    char *ref;
};

void cbk_git_chain_free(struct cbk_git_chain *chain)
{
    if (!chain)
        return;
    git_remote_free(chain->remote);
    git_signature_free(chain->who);
    git_repository_free(chain->repository);
    free(chain->remote_name);
    free(chain->ref);
    free(chain);
}

/* The URL of a remote, NULL where there is none of that name. The caller frees. (git_remote_lookup would look for
 * rewriting rules with a regular expression that libgit2 1.5 leaks.) */
static char *url_of(git_repository *repository, const char *name)
{
    CBK_CLEANUP(config_freep) git_config *config = NULL;
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("remote.%s.url", name);
    git_buf url = {0};
    char *copy = NULL;
    if (git_repository_config(&config, repository) == 0 && git_config_get_string_buf(&url, config, key) == 0)
        copy = cbk_strdup(url.ptr);
    git_buf_dispose(&url);
    return copy;
}

static int make_remote(struct cbk_git_chain *chain, const char *name, const char *url, struct cbk_error *err)
{
    chain->remote_name = cbk_strdup(name);
    git_remote_create_options options;
    (void)git_remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    options.repository = chain->repository;
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
    return git_remote_create_with_opts(&chain->remote, url, &options) < 0
               ? cbk_git_fail(err, CBK_E_STATE, "no remote can be made of it")
               : 0;
}

/* A remote that is a path of this machine is the place itself; any other is spoken to. */
static int take_remote(struct cbk_git_chain *chain, const char *name, struct cbk_error *err)
{
    git_repository *place = NULL;
    CBK_CLEANUP(cbk_string_freep) char *url = url_of(chain->repository, name);
    if (!url)
        return cbk_fail(err, CBK_E_NOT_FOUND, "the git repository has no remote '%s'", name);
    const char *path = cbk_str_starts_with(url, "file://") ? url + strlen("file://") : url;
    if (git_repository_open_ext(&place, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
        return make_remote(chain, name, url, err);
    git_repository_free(chain->repository);
    chain->repository = place;
    return 0;
}

int cbk_git_chain_open(const char *dir, const char *remote, const char *ref, struct cbk_git_chain **ret,
                       struct cbk_error *err)
{
    CBK_CLEANUP(cbk_git_chain_freep) struct cbk_git_chain *chain = CBK_NEW(struct cbk_git_chain);
    chain->ref = cbk_strdup(ref);
    CBK_CLEANUP(cbk_string_freep) char *inside = NULL;
    int r = cbk_git_place(dir, &chain->repository, &inside, err);
    if (r < 0)
        return r;
    if (git_signature_default(&chain->who, chain->repository) < 0 &&
        git_signature_now(&chain->who, "cbk", "cbk@localhost") < 0)
        return cbk_git_fail(err, CBK_E_INTERNAL, "no signature for commits");
    r = remote ? take_remote(chain, remote, err) : 0;
    /* Where no other machine keeps it, what was written has to outlive a power failure of this one. */
    (void)git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, chain->remote == NULL);
    if (r == 0)
        *ret = cbk_git_chain_steal(&chain);
    return r;
}

bool cbk_git_has_remote(const char *dir, const char *name)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    CBK_CLEANUP(cbk_string_freep) char *inside = NULL;
    CBK_ERROR(ignored); /* opening it in earnest says why */
    if (cbk_git_place(dir, &repository, &inside, &ignored) < 0)
        return false;
    CBK_CLEANUP(cbk_string_freep) char *url = url_of(repository, name);
    return url;
}

static struct cbk_git_id id_of(const git_oid *oid)
{
    struct cbk_git_id id;
    (void)git_oid_tostr(id.hex, sizeof(id.hex), oid);
    return id;
}

static bool is_none(const struct cbk_git_id *id)
{
    return !*id->hex;
}

static int own_tip(struct cbk_git_chain *chain, struct cbk_git_id *ret_tip, struct cbk_error *err)
{
    git_oid oid;
    int r = git_reference_name_to_id(&oid, chain->repository, chain->ref);
    if (r < 0 && r != GIT_ENOTFOUND)
        return cbk_git_fail(err, CBK_E_STATE, chain->ref);
    *ret_tip = r < 0 ? (struct cbk_git_id){0} : id_of(&oid);
    return 0;
}

/* By name, since a URL may hold a password: of a path that is gone libgit2 only says that it knows no such protocol. */
static int fail_to_reach(const struct cbk_git_chain *chain, struct cbk_error *err)
{
    (void)cbk_wrap(err, "cannot read the remote '%s'", chain->remote_name);
    return cbk_error_hint(err, "'git ls-remote %s' tries the same, 'git remote -v' tells where it is",
                          chain->remote_name);
}

int cbk_git_chain_tip(struct cbk_git_chain *chain, struct cbk_git_id *ret_tip, struct cbk_error *err)
{
    if (!chain->remote)
        return own_tip(chain, ret_tip, err);
    int r = cbk_git_remote_tip(chain->repository, chain->remote, chain->ref, ret_tip, err);
    return r < 0 && err->code == CBK_E_NETWORK ? fail_to_reach(chain, err) : r;
}

/* --- commits --------------------------------------------------------------------------------------------------------
 */

static int find_commit(struct cbk_git_chain *chain, const struct cbk_git_id *id, git_commit **ret,
                       struct cbk_error *err)
{
    git_oid oid;
    if (git_oid_fromstr(&oid, id->hex) < 0 || git_commit_lookup(ret, chain->repository, &oid) < 0)
        return cbk_git_fail(err, CBK_E_STATE, chain->ref);
    return 0;
}

static int make_tree(struct cbk_git_chain *chain, const struct cbk_git_file *files, size_t count, git_oid *ret,
                     struct cbk_error *err)
{
    CBK_CLEANUP(treebuilder_freep) git_treebuilder *builder = NULL;
    bool made = git_treebuilder_new(&builder, chain->repository, NULL) == 0;
    for (size_t i = 0; made && i < count; i++) {
        git_oid blob;
        made = git_blob_create_from_buffer(&blob, chain->repository, files[i].bytes, files[i].len) == 0 &&
               git_treebuilder_insert(NULL, builder, files[i].name, &blob, GIT_FILEMODE_BLOB) == 0;
    }
    if (!made || git_treebuilder_write(ret, builder) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot write to the git repository");
    return 0;
}

int cbk_git_chain_commit(struct cbk_git_chain *chain, const struct cbk_git_id *parent, const struct cbk_git_file *files,
                         size_t count, const char *message, struct cbk_git_id *ret_commit, struct cbk_error *err)
{
    git_oid tree_id, commit_id;
    CBK_CLEANUP(tree_freep) git_tree *tree = NULL;
    CBK_CLEANUP(commit_freep) git_commit *before = NULL;
    int r = make_tree(chain, files, count, &tree_id, err);
    if (r == 0 && !is_none(parent))
        r = find_commit(chain, parent, &before, err);
    if (r < 0)
        return r;
    const git_commit *parents[] = {before};
    if (git_tree_lookup(&tree, chain->repository, &tree_id) < 0 ||
        git_commit_create(&commit_id, chain->repository, NULL, chain->who, chain->who, NULL, message, tree,
                          before ? 1 : 0, parents) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot commit to the git repository");
    *ret_commit = id_of(&commit_id);
    return 0;
}

/* --- moving the ref -------------------------------------------------------------------------------------------------
 */

/* git takes a lock of its own on the ref, compares, and writes. */
static int move_own(struct cbk_git_chain *chain, const struct cbk_git_id *expected, const struct cbk_git_id *next,
                    bool *ret_moved, struct cbk_error *err)
{
    git_oid from = {{0}}, to;
    CBK_CLEANUP(reference_freep) git_reference *ref = NULL;
    if (!is_none(expected))
        (void)git_oid_fromstr(&from, expected->hex);
    int r = 0;
    if (is_none(next)) {
        r = git_reference_lookup(&ref, chain->repository, chain->ref);
        if (r == 0 && git_oid_cmp(git_reference_target(ref), &from) != 0)
            r = GIT_EMODIFIED;
        r = r < 0 ? r : git_reference_delete(ref); /* which compares once more, under the lock */
    } else if (git_oid_fromstr(&to, next->hex) == 0) {
        r = is_none(expected)
                ? git_reference_create(&ref, chain->repository, chain->ref, &to, /* force= */ 0, "cbk")
                : git_reference_create_matching(&ref, chain->repository, chain->ref, &to, /* force= */ 1, &from, "cbk");
    }
    bool beaten = r == GIT_EMODIFIED || r == GIT_EEXISTS || r == GIT_ENOTFOUND || r == GIT_ELOCKED;
    *ret_moved = r == 0;
    return r == 0 || beaten ? 0 : cbk_git_fail(err, CBK_E_IO, chain->ref);
}

int cbk_git_chain_move(struct cbk_git_chain *chain, const struct cbk_git_id *expected, const struct cbk_git_id *next,
                       bool *ret_moved, struct cbk_error *err)
{
    if (!chain->remote)
        return move_own(chain, expected, next, ret_moved, err);
    return cbk_git_remote_move(chain->repository, chain->remote, chain->ref, expected, next, ret_moved, err);
}

/* --- looking at commits ---------------------------------------------------------------------------------------------
 */

int cbk_git_chain_parent(struct cbk_git_chain *chain, const struct cbk_git_id *id, struct cbk_git_id *ret_parent,
                         struct cbk_error *err)
{
    CBK_CLEANUP(commit_freep) git_commit *commit = NULL;
    int r = find_commit(chain, id, &commit, err);
    if (r < 0)
        return r;
    const git_oid *parent = git_commit_parent_id(commit, 0);
    *ret_parent = parent ? id_of(parent) : (struct cbk_git_id){0};
    return 0;
}

int cbk_git_chain_file(struct cbk_git_chain *chain, const struct cbk_git_id *id, const char *name, char **ret_bytes,
                       size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(commit_freep) git_commit *commit = NULL;
    CBK_CLEANUP(tree_freep) git_tree *tree = NULL;
    CBK_CLEANUP(blob_freep) git_blob *blob = NULL;
    int r = find_commit(chain, id, &commit, err);
    if (r < 0)
        return r;
    if (git_commit_tree(&tree, commit) < 0)
        return cbk_git_fail(err, CBK_E_STATE, chain->ref);
    const git_tree_entry *entry = git_tree_entry_byname(tree, name);
    *ret_bytes = NULL;
    if (!entry)
        return 0;
    if (git_blob_lookup(&blob, chain->repository, git_tree_entry_id(entry)) < 0)
        return cbk_git_fail(err, CBK_E_STATE, chain->ref);
    *ret_len = (size_t)git_blob_rawsize(blob);
    *ret_bytes = cbk_alloc(*ret_len + 1, 1);
    memcpy(*ret_bytes, git_blob_rawcontent(blob), *ret_len);
    return 0;
}

int cbk_git_chain_story(struct cbk_git_chain *chain, const struct cbk_git_id *id, struct cbk_git_story *ret,
                        struct cbk_error *err)
{
    CBK_CLEANUP(commit_freep) git_commit *commit = NULL;
    int r = find_commit(chain, id, &commit, err);
    if (r < 0)
        return r;
    const git_signature *author = git_commit_author(commit);
    *ret = (struct cbk_git_story){.author = cbk_strf("%s <%s>", author->name, author->email),
                                  .message = cbk_strdup(git_commit_message(commit)),
                                  .time = author->when.time};
    return 0;
}

void cbk_git_story_release(struct cbk_git_story *story)
{
    free(story->author);
    free(story->message);
    *story = (struct cbk_git_story){0};
}

int cbk_git_chain_revision(struct cbk_git_chain *chain, const char *revision, struct cbk_git_id *ret,
                           struct cbk_error *err)
{
    CBK_CLEANUP(object_freep) git_object *object = NULL;
    struct cbk_git_id tip = {0};
    git_oid tip_oid;
    int r = cbk_git_chain_tip(chain, &tip, err);
    if (r < 0)
        return r;
    if (git_revparse_single(&object, chain->repository, revision) < 0 || git_object_type(object) != GIT_OBJECT_COMMIT)
        return cbk_git_fail(err, CBK_E_NOT_FOUND, revision);
    const git_oid *found = git_object_id(object);
    bool is_known =
        !is_none(&tip) && git_oid_fromstr(&tip_oid, tip.hex) == 0 &&
        (git_oid_equal(found, &tip_oid) || git_graph_descendant_of(chain->repository, &tip_oid, found) == 1);
    if (!is_known)
        return cbk_fail(err, CBK_E_NOT_FOUND, "'%s' is no revision of '%s'", revision, chain->ref);
    *ret = id_of(found);
    return 0;
}
