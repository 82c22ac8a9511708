/* The files of a commit: what stands where, links, submodules, sizes; and of places that only a commit has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "git/files.h"
#include "scratch.h"

#include <git2.h>

/* Of a link: longer than any path; filled in when the tests begin. */
static char too_long[5000];

/* What the commit holds; nothing of it is checked out. */
static const struct {
    const char *path, *content;
    uint32_t mode;
} contents[] = {
    {"README", "top\n", GIT_FILEMODE_BLOB},
    {"stacks/mysql/cbk.yaml", "cbk: 1\n", GIT_FILEMODE_BLOB},
    {"stacks/mysql/b.yaml", "b\n", GIT_FILEMODE_BLOB},
    {"stacks/mysql/b/c.sh", "c\n", GIT_FILEMODE_BLOB_EXECUTABLE},
    {"stacks/mysql/near", "b.yaml", GIT_FILEMODE_LINK},
    {"stacks/mysql/top", "../../README", GIT_FILEMODE_LINK},
    {"stacks/mysql/dir", "./b//", GIT_FILEMODE_LINK},
    {"stacks/mysql/loop", "loop", GIT_FILEMODE_LINK},
    {"stacks/mysql/gone", "nothing", GIT_FILEMODE_LINK},
    {"stacks/mysql/out", "../../../etc/passwd", GIT_FILEMODE_LINK},
    {"stacks/mysql/absolute", "/etc/passwd", GIT_FILEMODE_LINK},
    {"stacks/mysql/long", too_long, GIT_FILEMODE_LINK},
    {"stacks/alias", "mysql", GIT_FILEMODE_LINK},
    {"vendor", NULL, GIT_FILEMODE_COMMIT},
};

static void add(git_index *index, const char *path, const char *content, uint32_t mode)
{
    git_index_entry entry = {.path = path, .mode = mode};
    if (content) {
        assert_int_equal(git_index_add_from_buffer(index, &entry, content, strlen(content)), 0);
    } else {
        assert_int_equal(git_oid_fromstr(&entry.id, "1111111111111111111111111111111111111111"), 0);
        assert_int_equal(git_index_add(index, &entry), 0);
    }
}

static void make_repository(const char *dir, bool bare)
{
    git_repository *repository = NULL;
    git_index *index = NULL;
    git_tree *tree = NULL;
    git_signature *who = NULL;
    git_oid tree_id, commit_id;
    assert_int_equal(git_repository_init(&repository, dir, bare), 0);
    assert_int_equal(git_repository_index(&index, repository), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(contents); i++)
        add(index, contents[i].path, contents[i].content, contents[i].mode);
    assert_int_equal(git_index_write_tree_to(&tree_id, index, repository), 0);
    assert_int_equal(git_tree_lookup(&tree, repository, &tree_id), 0);
    assert_int_equal(git_signature_new(&who, "Yuki", "yuki@example.com", 1700000000, 0), 0);
    assert_int_equal(git_commit_create_v(&commit_id, repository, "refs/heads/other", who, who, NULL, "m", tree, 0), 0);
    git_signature_free(who);
    git_tree_free(tree);
    git_index_free(index);
    git_repository_free(repository);
}

static int set_up(void **state)
{
    memset(too_long, 'a', sizeof(too_long) - 1);
    git_libgit2_init();
    return scratch_setup(state);
}

static int tear_down(void **state)
{
    git_libgit2_shutdown();
    return scratch_teardown(state);
}

static struct cbk_files *open_files(const char *dir, const char *place)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, place);
    struct cbk_files *files = NULL;
    CBK_JSON *provenance = NULL;
    CBK_ERROR(err);
    if (cbk_git_files_open(path, "other", &files, &provenance, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(cbk_json_text(provenance, "author"), "Yuki <yuki@example.com>");
    assert_string_equal(cbk_json_text(provenance, "time"), "2023-11-14T22:13:20Z");
    assert_false(cbk_json_bool(provenance, "dirty", true));
    assert_false(cbk_json_bool(provenance, "signed", true));
    return files;
}

/* Read from stacks/mysql. */
static const struct {
    const char *name;
    enum cbk_files_reach reach;
    const char *text; /* NULL: it is refused */
    const char *why;
} reads[] = {
    {"cbk.yaml", CBK_FILES_START, "cbk: 1\n", NULL},
    {"./b/../cbk.yaml", CBK_FILES_START, "cbk: 1\n", NULL},
    {"../mysql/b.yaml", CBK_FILES_START, "b\n", NULL},
    {"../alias/b.yaml", CBK_FILES_START, "b\n", NULL},
    {"near", CBK_FILES_START, "b\n", NULL},
    {"dir/c.sh", CBK_FILES_START, "c\n", NULL},
    {"dir/../b.yaml", CBK_FILES_START, "b\n", NULL},
    {"top", CBK_FILES_WHOLE, "top\n", NULL},
    {"../../README", CBK_FILES_WHOLE, "top\n", NULL},
    {"top", CBK_FILES_START, NULL, "'top' lies outside of the stack's directory"},
    {"../../README", CBK_FILES_START, NULL, "'../../README' lies outside of the stack's directory"},
    {"out", CBK_FILES_WHOLE, NULL, "'out' lies outside of the repository"},
    {"absolute", CBK_FILES_WHOLE, NULL, "'absolute' lies outside of the repository"},
    {"../../../x", CBK_FILES_WHOLE, NULL, "'../../../x' lies outside of the repository"},
    {"/etc/passwd", CBK_FILES_WHOLE, NULL, "'/etc/passwd' is an absolute path"},
    {"../../vendor/x", CBK_FILES_WHOLE, NULL, "'../../vendor/x' lies in the submodule 'vendor'"},
    {"loop", CBK_FILES_START, NULL, "cannot open 'other:stacks/mysql/loop': Too many levels of symbolic links"},
    {"long", CBK_FILES_START, NULL, "cannot open 'other:stacks/mysql/long': File name too long"},
    {"gone", CBK_FILES_START, NULL, "cannot open 'other:stacks/mysql/gone': No such file or directory"},
    {"cbk.yaml/x", CBK_FILES_START, NULL, "cannot open 'other:stacks/mysql/cbk.yaml/x': No such file or directory"},
    {"nothing/../cbk.yaml", CBK_FILES_START, NULL,
     "cannot open 'other:stacks/mysql/nothing/../cbk.yaml': No such file or directory"},
    {"b", CBK_FILES_START, NULL, "cannot read 'other:stacks/mysql/b': not a regular file"},
};

static void test_files_are_read_inside_only(void **state)
{
    make_repository(*state, /* bare= */ false);
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = open_files(*state, "stacks/mysql");
    for (size_t i = 0; i < CBK_ARRAY_LEN(reads); i++) {
        CBK_CLEANUP(cbk_string_freep) char *text = NULL;
        size_t len = 0;
        CBK_ERROR(err);
        int r = cbk_files_read(files, reads[i].name, reads[i].reach, 100, &text, &len, &err);
        if (reads[i].text)
            assert_string_equal(r == 0 ? text : err.message, reads[i].text);
        else
            assert_string_equal(r == 0 ? text : err.message, reads[i].why);
    }
}

static void test_what_is_too_large_is_refused(void **state)
{
    make_repository(*state, /* bare= */ false);
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = open_files(*state, "stacks/mysql/");
    char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(cbk_files_read(files, "cbk.yaml", CBK_FILES_START, 6, &text, &len, &err), CBK_E_LIMIT);
    assert_string_equal(err.message, "'other:stacks/mysql/cbk.yaml' is larger than 6 bytes");
}

static void test_names_are_listed_in_order(void **state)
{
    make_repository(*state, /* bare= */ false);
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = open_files(*state, "stacks/mysql");
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    CBK_ERROR(err);
    assert_int_equal(cbk_files_list(files, "", arena, &names, &err), 0);
    assert_int_equal(names.len, 11);
    assert_string_equal(names.items[1], "b");
    assert_string_equal(names.items[2], "b.yaml");
    assert_int_equal(cbk_files_list(files, "dir", arena, &names, &err), 0);
    assert_string_equal(names.items[11], "c.sh");
    assert_true(cbk_files_list(files, "b.yaml", arena, &names, &err) < 0);
    assert_int_equal(cbk_files_list(files, "..", arena, &names, &err), CBK_E_VALIDATION);
}

static void test_a_bare_repository_has_places_inside(void **state)
{
    make_repository(*state, /* bare= */ true);
    static const char *const places[] = {"stacks/mysql", "stacks/alias"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(places); i++) {
        CBK_CLEANUP(cbk_files_freep) struct cbk_files *files = open_files(*state, places[i]);
        enum cbk_files_kind kind;
        CBK_ERROR(err);
        assert_int_equal(cbk_files_look(files, "cbk.yaml", CBK_FILES_START, &kind, &err), 0);
        assert_int_equal(kind, CBK_FILES_FILE);
    }
    CBK_CLEANUP(cbk_files_freep) struct cbk_files *root = open_files(*state, ".");
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_files_path(root, "README");
    assert_string_equal(path, "other:README");
}

static void test_what_is_no_commit_is_not_found(void **state)
{
    make_repository(*state, /* bare= */ false);
    static const char *const revisions[] = {"none", "", "other:README", "other^{tree}", "--all", "other..other"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(revisions); i++) {
        struct cbk_files *files = NULL;
        json_t *provenance = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_git_files_open(*state, revisions[i], &files, &provenance, &err), CBK_E_NOT_FOUND);
        assert_null(files);
    }
}

int main(void)
{
#define IN_SCRATCH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(test_files_are_read_inside_only),     IN_SCRATCH(test_what_is_too_large_is_refused),
        IN_SCRATCH(test_names_are_listed_in_order),      IN_SCRATCH(test_a_bare_repository_has_places_inside),
        IN_SCRATCH(test_what_is_no_commit_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
