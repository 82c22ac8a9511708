/* Provenance of directories in a repository that the test makes with libgit2, in a directory of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "git/provenance.h"

#include <ftw.h>
#include <git2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char *root;
    git_repository *repository;
};

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

static int set_up(void **state)
{
    struct place *place = CBK_NEW(struct place);
    const char *base = getenv("TMPDIR");
    CBK_CLEANUP(cbk_string_freep) char *pattern = cbk_strf("%s/cbk-git-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(pattern));
    place->root = realpath(pattern, NULL);
    git_libgit2_init();
    /* no user's or system's settings: they may ignore files */
    for (int level = GIT_CONFIG_LEVEL_SYSTEM; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, place->root);
    assert_int_equal(git_repository_init(&place->repository, place->root, 0), 0);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    git_repository_free(place->repository);
    (void)nftw(place->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(place->root);
    free(place);
    git_libgit2_shutdown();
    return 0;
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(place->root, name);
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_dir(path);
    CBK_ERROR(err);
    assert_int_equal(cbk_dir_make(dir, &err), 0);
    assert_int_equal(cbk_file_replace(path, text, strlen(text), 0644, &err), 0);
}

/* Commits everything; the commit's id in hex. */
static char *commit_all(const struct place *place)
{
    git_index *index = NULL;
    git_tree *tree = NULL;
    git_signature *who = NULL;
    git_oid tree_id, commit_id;
    assert_int_equal(git_repository_index(&index, place->repository), 0);
    assert_int_equal(git_index_add_all(index, NULL, 0, NULL, NULL), 0);
    assert_int_equal(git_index_write(index), 0);
    assert_int_equal(git_index_write_tree(&tree_id, index), 0);
    assert_int_equal(git_tree_lookup(&tree, place->repository, &tree_id), 0);
    assert_int_equal(git_signature_new(&who, "t", "t@example.com", 1700000000, 0), 0);
    assert_int_equal(git_commit_create_v(&commit_id, place->repository, "HEAD", who, who, NULL, "m", tree, 0), 0);
    git_signature_free(who);
    git_tree_free(tree);
    git_index_free(index);
    char hex[GIT_OID_HEXSZ + 1];
    return cbk_strdup(git_oid_tostr(hex, sizeof(hex), &commit_id));
}

static json_t *provenance_with(const struct place *place, const char *dir, const char *file)
{
    CBK_CLEANUP(cbk_string_freep) char *path = *dir ? cbk_path_join(place->root, dir) : cbk_strdup(place->root);
    json_t *found = NULL;
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *other = file ? cbk_path_join(place->root, file) : NULL;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings files = {0};
    if (other)
        cbk_strings_push(&files, other);
    assert_int_equal(cbk_git_provenance(path, &files, &found, &err), 0);
    return found;
}

static json_t *provenance(const struct place *place, const char *dir)
{
    return provenance_with(place, dir, NULL);
}

static void assert_dirty(const struct place *place, const char *dir, bool dirty)
{
    CBK_JSON *found = provenance(place, dir);
    assert_non_null(found);
    assert_int_equal(cbk_json_bool(found, "dirty", !dirty), dirty);
}

static void test_before_the_first_commit(void **state)
{
    CBK_JSON *found = provenance(*state, "");
    assert_null(found);
}

static void test_commit_and_branch(void **state)
{
    const struct place *place = *state;
    assert_int_equal(git_repository_set_head(place->repository, "refs/heads/trunk"), 0);
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    CBK_CLEANUP(cbk_string_freep) char *commit = commit_all(place);
    CBK_JSON *found = provenance(place, "a");
    CBK_JSON *expected = json_pack("{s:s, s:b, s:s, s:s, s:b, s:s}", "commit", commit, "dirty", 0, "author",
                                   "t <t@example.com>", "time", "2023-11-14T22:13:20Z", "signed", 0, "branch", "trunk");
    assert_true(json_equal(found, expected));

    git_oid id;
    assert_int_equal(git_oid_fromstr(&id, commit), 0);
    assert_int_equal(git_repository_set_head_detached(place->repository, &id), 0);
    CBK_JSON *detached = provenance(place, "a");
    assert_string_equal(cbk_json_text(detached, "commit"), commit);
    assert_null(json_object_get(detached, "branch"));
}

static void test_dirty_is_about_the_directory(void **state)
{
    const struct place *place = *state;
    write_file(place, ".gitignore", "*.log\n");
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    write_file(place, "a b[1]/cbk.yaml", "cbk: 1\n");
    free(commit_all(place));
    write_file(place, "a/run.log", "x");
    assert_dirty(place, "a", false);
    write_file(place, "a/README", "x");
    assert_dirty(place, "a", false); /* it is not the stack's */
    assert_dirty(place, "", false);
    assert_dirty(place, "a b[1]", false);
    write_file(place, "a b[1]/cbk.yaml", "cbk: 2\n");
    assert_dirty(place, "a b[1]", true);
}

static void assert_file_dirty(const struct place *place, const char *dir, const char *file, bool dirty)
{
    CBK_JSON *found = provenance_with(place, dir, file);
    assert_int_equal(cbk_json_bool(found, "dirty", !dirty), dirty);
}

static void test_what_the_stack_is_read_from_counts_though_git_does_not_know_it(void **state)
{
    const struct place *place = *state;
    write_file(place, ".gitignore", "*.vars.yaml\n");
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    free(commit_all(place));
    write_file(place, "a/more/new.yaml", "x");
    write_file(place, "a/my.vars.yaml", "x");
    write_file(place, "b/cbk.yaml", "cbk: 1\n");
    assert_file_dirty(place, "a", "a/cbk.yaml", false);
    assert_file_dirty(place, "a", "a/more/new.yaml", true);
    assert_file_dirty(place, "", "a/more/new.yaml", true);
    assert_file_dirty(place, "a", "a/my.vars.yaml", false); /* ignored: whoever did that knows */
    assert_file_dirty(place, "a", "b/cbk.yaml", true);
    assert_file_dirty(place, "b", "b/cbk.yaml", true); /* never added at all */
    assert_file_dirty(place, "a", "a/gone.yaml", false);
    assert_file_dirty(place, "a", "/etc/hostname", false);
}

static void test_a_neighbour_with_a_longer_name_is_another(void **state)
{
    const struct place *place = *state;
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    write_file(place, "ab/cbk.yaml", "cbk: 1\n");
    free(commit_all(place));
    write_file(place, "ab/cbk.yaml", "cbk: 2\n");
    assert_dirty(place, "a", false);
    assert_dirty(place, "ab", true);
}

static void test_a_deleted_file_is_a_difference(void **state)
{
    const struct place *place = *state;
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    write_file(place, "a/more.yaml", "x: 1\n");
    free(commit_all(place));
    CBK_CLEANUP(cbk_string_freep) char *gone = cbk_path_join(place->root, "a/more.yaml");
    assert_int_equal(unlink(gone), 0);
    assert_dirty(place, "a", true);
}

static void test_a_damaged_repository_is_unknown(void **state)
{
    const struct place *place = *state;
    write_file(place, "cbk.yaml", "cbk: 1\n");
    free(commit_all(place));
    write_file(place, ".git/config", "[core\n");
    CBK_JSON *found = provenance(place, "");
    assert_null(found);
}

static void test_a_file_from_elsewhere_counts(void **state)
{
    const struct place *place = *state;
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    write_file(place, "scripts/freeze.sh", "#!/bin/sh\n");
    free(commit_all(place));
    CBK_JSON *clean = provenance_with(place, "a", "scripts/freeze.sh");
    assert_false(cbk_json_bool(clean, "dirty", true));
    write_file(place, "scripts/freeze.sh", "#!/bin/sh -e\n");
    assert_dirty(place, "a", false);
    CBK_JSON *dirty = provenance_with(place, "a", "scripts/freeze.sh");
    assert_true(cbk_json_bool(dirty, "dirty", false));
}

static void test_the_work_tree_is_found_from_below(void **state)
{
    const struct place *place = *state;
    write_file(place, "a/cbk.yaml", "cbk: 1\n");
    CBK_CLEANUP(cbk_string_freep) char *below = cbk_path_join(place->root, "a");
    CBK_CLEANUP(cbk_string_freep) char *found = cbk_git_work_tree(below);
    CBK_CLEANUP(cbk_string_freep) char *resolved = realpath(place->root, NULL);
    assert_non_null(found);
    assert_int_equal(strncmp(found, resolved, strlen(resolved)), 0);
    assert_null(cbk_git_work_tree("/proc"));
}

static void test_a_repository_of_somebody_else_is_unknown(void **state)
{
    const struct place *place = *state;
    if (geteuid() != 0)
        skip(); /* only root can give a directory away */
    write_file(place, "cbk.yaml", "cbk: 1\n");
    free(commit_all(place));
    assert_int_equal(chown(place->root, 12345, 12345), 0);
    CBK_JSON *found = provenance(place, "");
    assert_null(found);
}

static void test_no_repository_and_no_directory(void **state)
{
    (void)state;
    json_t *found = NULL;
    const struct cbk_strings no_files = {0};
    CBK_ERROR(err);
    assert_int_equal(cbk_git_provenance("/proc", &no_files, &found, &err), 0);
    assert_null(found);
    assert_int_equal(cbk_git_provenance("/nonexistent/dir", &no_files, &found, &err), CBK_E_IO);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_before_the_first_commit),
        IN_PLACE(test_commit_and_branch),
        IN_PLACE(test_what_the_stack_is_read_from_counts_though_git_does_not_know_it),
        IN_PLACE(test_dirty_is_about_the_directory),
        IN_PLACE(test_a_neighbour_with_a_longer_name_is_another),
        IN_PLACE(test_a_file_from_elsewhere_counts),
        IN_PLACE(test_the_work_tree_is_found_from_below),
        IN_PLACE(test_a_deleted_file_is_a_difference),
        IN_PLACE(test_a_repository_of_somebody_else_is_unknown),
        IN_PLACE(test_a_damaged_repository_is_unknown),
        cmocka_unit_test(test_no_repository_and_no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
