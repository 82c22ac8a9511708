#include "git/remote.h"

#include <string.h>

/* One conversation with the remote, as libgit2's callbacks see it. */
struct talk {
    const struct cbk_git_id *expected; /* of a push: where the ref must be */
    bool beaten;                       /* it was elsewhere */
    bool asked;                        /* credentials were asked for, once */
    char *refusal;                     /* the remote's words; owned */
};

static void release_talk(struct talk *talk)
{
    free(talk->refusal);
}

static int find_credential(git_credential **ret, const char *url, const char *user, unsigned int types, void *payload)
{
    struct talk *talk = payload;
    (void)url;
    const char *name = getenv("CBK_GIT_USERNAME"), *password = getenv("CBK_GIT_PASSWORD");
    if (types & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(ret, user ? user : "git");
    if (talk->asked) /* they were refused; the same ones will be refused again */
        return GIT_EAUTH;
    talk->asked = true;
    if ((types & GIT_CREDENTIAL_USERPASS_PLAINTEXT) && password && *password)
        return git_credential_userpass_plaintext_new(ret, name && *name ? name : "git", password);
    if (types & GIT_CREDENTIAL_SSH_KEY)
        return git_credential_ssh_key_from_agent(ret, user ? user : "git");
    return GIT_EAUTH;
}

/* `r`: what libgit2 returned. Of a refused login it keeps no words. */
static int fail_talk(int r, const char *ref, struct cbk_error *err)
{
    if (r != GIT_EAUTH)
        return cbk_git_fail(err, CBK_E_NETWORK, ref);
    (void)cbk_fail(err, CBK_E_AUTH, "%s: the remote wants to know who is there, and takes none of what it is told",
                   ref);
    return cbk_error_hint(err, "https takes CBK_GIT_USERNAME and CBK_GIT_PASSWORD, ssh a key of the agent");
}

/* *ret_found is false when the remote has no such ref. */
static int look_up(git_remote *remote, const char *ref, git_oid *ret, bool *ret_found, struct cbk_error *err)
{
    CBK_CLEANUP(release_talk) struct talk talk = {0};
    git_remote_callbacks callbacks;
    (void)git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
    callbacks.credentials = find_credential;
    callbacks.payload = &talk;
    const git_remote_head **heads = NULL;
    size_t count = 0;
    int r = git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, NULL, NULL);
    if (r == 0)
        r = git_remote_ls(&heads, &count, remote);
    if (r < 0)
        return fail_talk(r, ref, err);
    *ret_found = false;
    for (size_t i = 0; i < count && !*ret_found; i++) {
        *ret_found = strcmp(heads[i]->name, ref) == 0;
        if (*ret_found)
            git_oid_cpy(ret, &heads[i]->oid);
    }
    (void)git_remote_disconnect(remote);
    return 0;
}

/* Brings the commits, and lets our own ref hold them, or git would sweep them away one day. */
static int fetch(git_repository *repository, git_remote *remote, const char *ref, const git_oid *tip,
                 struct cbk_error *err)
{
    CBK_CLEANUP(release_talk) struct talk talk = {0};
    CBK_CLEANUP(commit_freep) git_commit *known = NULL;
    if (git_commit_lookup(&known, repository, tip) == 0)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *spec = cbk_strf("+%s:%s", ref, ref);
    const git_strarray specs = {.strings = &spec, .count = 1};
    git_fetch_options options;
    (void)git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks.credentials = find_credential;
    options.callbacks.payload = &talk;
    int r = git_remote_fetch(remote, &specs, &options, "cbk");
    return r < 0 ? fail_talk(r, ref, err) : 0;
}

int cbk_git_remote_tip(git_repository *repository, git_remote *remote, const char *ref, struct cbk_git_id *ret_tip,
                       struct cbk_error *err)
{
    git_oid tip;
    bool found = false;
    *ret_tip = (struct cbk_git_id){0};
    int r = look_up(remote, ref, &tip, &found, err);
    if (r == 0 && found)
        r = fetch(repository, remote, ref, &tip, err);
    if (r == 0 && found)
        (void)git_oid_tostr(ret_tip->hex, sizeof(ret_tip->hex), &tip);
    return r;
}

/* The remote has told where its ref is; it takes our push only if it is still there when it writes. */
static int compare(const git_push_update **updates, size_t count, void *payload)
{
    struct talk *talk = payload;
    git_oid expected = {{0}};
    if (*talk->expected->hex)
        (void)git_oid_fromstr(&expected, talk->expected->hex);
    for (size_t i = 0; i < count; i++)
        talk->beaten = talk->beaten || !git_oid_equal(&updates[i]->src, &expected);
    return talk->beaten ? GIT_EUSER : 0;
}

static int take_status(const char *ref, const char *status, void *payload)
{
    struct talk *talk = payload;
    (void)ref;
    if (status && !talk->refusal)
        talk->refusal = cbk_strdup(status);
    return 0;
}

static bool stands_at(bool found, const git_oid *now, const struct cbk_git_id *id)
{
    git_oid wanted = {{0}};
    if (!found || !*id->hex)
        return !found && !*id->hex;
    (void)git_oid_fromstr(&wanted, id->hex);
    return git_oid_equal(now, &wanted);
}

/* A push that was refused, or begun and not answered, may have been done, or have come too late: the ref tells. */
static int settle(git_remote *remote, const char *ref, int pushed, const struct talk *talk,
                  const struct cbk_git_id *next, bool *ret_moved, struct cbk_error *err)
{
    git_oid now;
    bool found = false;
    CBK_ERROR(why);
    if (talk->refusal)
        (void)cbk_fail(&why, CBK_E_AUTH, "the remote refuses to move '%s': %s", ref, talk->refusal);
    else
        (void)fail_talk(pushed, ref, &why);
    int r = look_up(remote, ref, &now, &found, err);
    if (r < 0)
        return r;
    *ret_moved = stands_at(found, &now, next);
    return *ret_moved || !stands_at(found, &now, talk->expected) ? 0 : cbk_error_move(err, &why);
}

/* libgit2 pushes refs, not commits: our own ref goes ahead, and is nobody's truth. */
static int point_own_ref(git_repository *repository, const char *ref, const struct cbk_git_id *next,
                         struct cbk_error *err)
{
    CBK_CLEANUP(reference_freep) git_reference *own = NULL;
    git_oid oid;
    if (git_oid_fromstr(&oid, next->hex) < 0 ||
        git_reference_create(&own, repository, ref, &oid, /* force= */ 1, "cbk") < 0)
        return cbk_git_fail(err, CBK_E_IO, ref);
    return 0;
}

int cbk_git_remote_move(git_repository *repository, git_remote *remote, const char *ref,
                        const struct cbk_git_id *expected, const struct cbk_git_id *next, bool *ret_moved,
                        struct cbk_error *err)
{
    CBK_CLEANUP(release_talk) struct talk talk = {.expected = expected};
    CBK_CLEANUP(cbk_string_freep)
    char *spec = *next->hex ? cbk_strf("+%s:%s", ref, ref) : cbk_strf(":%s", ref);
    int r = *next->hex ? point_own_ref(repository, ref, next, err) : 0;
    if (r < 0)
        return r;
    const git_strarray specs = {.strings = &spec, .count = 1};
    git_push_options options;
    (void)git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
    options.callbacks.credentials = find_credential;
    options.callbacks.push_negotiation = compare;
    options.callbacks.push_update_reference = take_status;
    options.callbacks.payload = &talk;
    r = git_remote_push(remote, &specs, &options);
    *ret_moved = r == 0 && !talk.refusal;
    return *ret_moved || talk.beaten ? 0 : settle(remote, ref, r, &talk, next, ret_moved, err);
}
