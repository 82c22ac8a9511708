#include "git/blame.h"

#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "git/hunks.h"
#include "git/place.h"

#include <string.h>

/* How far a walk goes: commits looked at, and bytes compared. */
#define MOST_COMMITS 20000
#define MOST_BYTES ((size_t)64 * 1024 * 1024)

/* A range on its way back. */
struct traveller {
    struct cbk_git_lines *lines;
    struct cbk_git_range range;
};
CBK_VEC(travellers, struct traveller)

/* A commit whose version of the file some ranges are the same in. */
struct stop {
    git_commit *commit;
    git_oid blob;
    struct travellers travellers;
};
CBK_VEC(stops, struct stop)

struct walk {
    git_repository *repository;
    const char *path;   /* in the commits' trees */
    struct stops stops; /* to be looked at */
    size_t commits, bytes;
};

static void stop_release(struct stop *stop)
{
    git_commit_free(stop->commit);
    travellers_release(&stop->travellers);
}

static void walk_release(struct walk *walk)
{
    for (size_t i = 0; i < walk->stops.len; i++)
        stop_release(&walk->stops.items[i]);
    stops_release(&walk->stops);
    git_repository_free(walk->repository);
}

static void set_text(json_t *json, const char *key, const char *text)
{
    if (text)
        json_object_set_new(json, key, json_stringn(text, cbk_str_utf8_span(text, strlen(text))));
}

static json_t *touch_of(git_commit *commit, bool is_boundary)
{
    char id[GIT_OID_HEXSZ + 1];
    const git_signature *author = git_commit_author(commit);
    CBK_STR(time);
    cbk_time_add_utc(&time, author->when.time);
    json_t *touch =
        json_pack("{s:s, s:s}", "commit", git_oid_tostr(id, sizeof(id), git_commit_id(commit)), "time", time.ptr);
    set_text(touch, "author", author->name);
    set_text(touch, "summary", git_commit_summary(commit));
    if (is_boundary)
        json_object_set_new(touch, "boundary", json_true());
    return touch;
}

static void settle(const struct travellers *travellers, git_commit *commit, bool is_boundary)
{
    for (size_t i = 0; i < travellers->len; i++)
        travellers->items[i].lines->touch = touch_of(commit, is_boundary);
}

/* The file's blob in a commit; false: it has none. */
static bool find_blob(const struct walk *walk, const git_commit *commit, git_oid *ret_blob)
{
    CBK_CLEANUP(tree_freep) git_tree *tree = NULL;
    CBK_CLEANUP(tree_entry_freep) git_tree_entry *entry = NULL;
    if (git_commit_tree(&tree, commit) < 0 || git_tree_entry_bypath(&entry, tree, walk->path) < 0 ||
        git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return false;
    *ret_blob = *git_tree_entry_id(entry);
    return true;
}

/* Puts the commit on the list of those to be looked at, with these ranges; takes them over. */
static void travel_on(struct walk *walk, git_commit **commit, const git_oid *blob, struct travellers *travellers)
{
    stops_push(&walk->stops, (struct stop){.commit = *commit, .blob = *blob, .travellers = *travellers});
    *commit = NULL;
    *travellers = (struct travellers){0};
}

/* Sends the ranges that the older version has just so back to it; those that it has not stay in `travellers`. */
static int part(struct walk *walk, const git_blob *old, const char *text, size_t len, struct travellers *travellers,
                struct travellers *ret_gone, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_git_hunks_release) struct cbk_git_hunks hunks = {0};
    walk->bytes += (size_t)git_blob_rawsize(old) + len;
    int r = cbk_git_hunks_of_text(old, text, len, &hunks, err);
    if (r < 0)
        return r;
    size_t kept = 0;
    for (size_t i = 0; i < travellers->len; i++) {
        struct traveller traveller = travellers->items[i];
        if (cbk_git_range_rewind(&hunks, &traveller.range))
            travellers_push(ret_gone, traveller);
        else
            travellers->items[kept++] = travellers->items[i];
    }
    travellers->len = kept;
    return 0;
}

static int part_from(struct walk *walk, struct stop *stop, git_commit **parent, const git_oid *old_id,
                     struct cbk_error *err)
{
    CBK_CLEANUP(blob_freep) git_blob *old = NULL, *now = NULL;
    CBK_CLEANUP(travellers_release) struct travellers gone = {0};
    size_t size = 0;
    int r = cbk_git_size(walk->repository, old_id, &size, err);
    if (r < 0)
        return r;
    if (size > MOST_BYTES)
        return cbk_fail(err, CBK_E_LIMIT, "it was too large to be compared");
    if (git_blob_lookup(&old, walk->repository, old_id) < 0 || git_blob_lookup(&now, walk->repository, &stop->blob) < 0)
        return cbk_git_fail(err, CBK_E_IO, walk->path);
    r = part(walk, old, git_blob_rawcontent(now), (size_t)git_blob_rawsize(now), &stop->travellers, &gone, err);
    if (r == 0 && gone.len)
        travel_on(walk, parent, old_id, &gone);
    return r;
}

/* A parent with the very same file has all ranges; false: none is like that. */
static bool go_to_equal_parent(struct walk *walk, struct stop *stop)
{
    for (unsigned i = 0; i < git_commit_parentcount(stop->commit); i++) {
        CBK_CLEANUP(commit_freep) git_commit *parent = NULL;
        git_oid blob;
        if (git_commit_parent(&parent, stop->commit, i) < 0 || !find_blob(walk, parent, &blob) ||
            !git_oid_equal(&blob, &stop->blob))
            continue;
        travel_on(walk, &parent, &blob, &stop->travellers);
        return true;
    }
    return false;
}

static int look_at(struct walk *walk, struct stop *stop, struct cbk_error *err)
{
    bool is_cut = false; /* a parent is not in this clone */
    if (go_to_equal_parent(walk, stop))
        return 0;
    for (unsigned i = 0; i < git_commit_parentcount(stop->commit); i++) {
        CBK_CLEANUP(commit_freep) git_commit *parent = NULL;
        git_oid blob;
        int r = 0;
        if (git_commit_parent(&parent, stop->commit, i) < 0)
            is_cut = true;
        else if (find_blob(walk, parent, &blob))
            r = part_from(walk, stop, &parent, &blob, err);
        if (r < 0)
            return r;
    }
    settle(&stop->travellers, stop->commit, is_cut);
    return 0;
}

static int go_back(struct walk *walk, struct cbk_error *err)
{
    int r = 0;
    while (r == 0 && walk->stops.len && walk->commits++ < MOST_COMMITS && walk->bytes < MOST_BYTES) {
        CBK_CLEANUP(stop_release) struct stop stop = walk->stops.items[--walk->stops.len];
        r = look_at(walk, &stop, err);
    }
    return r;
}

/* --- where the walk begins ------------------------------------------------------------------------------------------
 */

/* What differs from the newest commit is nobody's yet. */
static int begin_with_text(struct walk *walk, git_commit **newest, const char *text, size_t len,
                           struct travellers *travellers, struct cbk_error *err)
{
    CBK_CLEANUP(blob_freep) git_blob *blob = NULL;
    CBK_CLEANUP(travellers_release) struct travellers committed = {0};
    git_oid id;
    int r = 0;
    if (find_blob(walk, *newest, &id) && git_blob_lookup(&blob, walk->repository, &id) == 0)
        r = part(walk, blob, text, len, travellers, &committed, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < travellers->len; i++)
        travellers->items[i].lines->touch = json_pack("{s:b}", "uncommitted", 1);
    if (committed.len)
        travel_on(walk, newest, &id, &committed);
    return 0;
}

static int begin_with_commit(struct walk *walk, git_commit **newest, struct travellers *travellers,
                             struct cbk_error *err)
{
    git_oid id;
    if (!find_blob(walk, *newest, &id))
        return cbk_fail(err, CBK_E_NOT_FOUND, "no file '%s' in the commit", walk->path);
    travel_on(walk, newest, &id, travellers);
    return 0;
}

/* The file's path in the repository's trees, from how people know it. The caller frees. */
static char *path_in_trees(git_repository *repository, const char *revision, const char *path)
{
    const char *root = git_repository_workdir(repository);
    if (revision)
        return cbk_strdup(path + strlen(revision) + 1);
    CBK_CLEANUP(cbk_string_freep) char *real = realpath(path, NULL);
    bool is_inside = real && root && strncmp(real, root, strlen(root)) == 0;
    return is_inside ? cbk_strdup(real + strlen(root)) : NULL;
}

static int blame(const char *dir, const char *revision, const char *path, const char *text, size_t len,
                 struct travellers *travellers, struct cbk_error *err)
{
    CBK_CLEANUP(walk_release) struct walk walk = {0};
    CBK_CLEANUP(commit_freep) git_commit *newest = NULL;
    CBK_CLEANUP(cbk_string_freep) char *inside = NULL;
    int r = cbk_git_place(dir, &walk.repository, &inside, err);
    if (r == 0)
        r = cbk_git_commit_of(walk.repository, revision ? revision : "HEAD", &newest, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *in_trees = path_in_trees(walk.repository, revision, path);
    if (!in_trees)
        return cbk_fail(err, CBK_E_NOT_FOUND, "it lies in no work tree");
    walk.path = in_trees;
    r = revision ? begin_with_commit(&walk, &newest, travellers, err)
                 : begin_with_text(&walk, &newest, text, len, travellers, err);
    return r < 0 ? r : go_back(&walk, err);
}

void cbk_git_blame(const char *dir, const char *revision, const char *path, const char *text, size_t len,
                   struct cbk_git_lines *lines, size_t count)
{
    CBK_CLEANUP(travellers_release) struct travellers travellers = {0};
    CBK_ERROR(err);
    for (size_t i = 0; i < count; i++)
        travellers_push(&travellers, (struct traveller){&lines[i], {lines[i].first, lines[i].last, lines[i].indent}});
    if (blame(dir, revision, path, text, len, &travellers, &err) < 0)
        cbk_log(CBK_LOG_DEBUG, "git does not tell who changed '%s': %s", path, err.message);
}
