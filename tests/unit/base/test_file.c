/* Whole files: read with a ceiling, replaced without a moment of half a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char dir[64];
};

static int make_dir(void **state)
{
    static struct place place;
    (void)strcpy(place.dir, "/tmp/cbk-test-file-XXXXXX");
    *state = &place;
    return mkdtemp(place.dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *command = cbk_strf("rm -rf '%s'", place->dir);
    return system(command);
}

static size_t count_files(const char *dir)
{
    size_t count = 0;
    DIR *opened = opendir(dir);
    assert_non_null(opened);
    for (const struct dirent *entry; (entry = readdir(opened));)
        count += entry->d_name[0] != '.';
    (void)closedir(opened);
    return count;
}

static void a_file_is_replaced_whole(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(place->dir, "state.json");
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(path, "old", 3, 0644, &err), 0);
    assert_int_equal(cbk_file_replace(path, "new\0text", 8, 0600, &err), 0);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    assert_int_equal(cbk_file_read(path, 8, &text, &len, &err), 0);
    assert_int_equal(len, 8);
    assert_memory_equal(text, "new\0text", 9);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(count_files(place->dir), 1);
}

static void what_cannot_be_replaced_stays(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(place->dir, "directory");
    CBK_ERROR(err);
    assert_int_equal(mkdir(path, 0755), 0);
    size_t before = count_files(place->dir);
    assert_int_equal(cbk_file_replace(path, "x", 1, 0644, &err), CBK_E_IO);
    assert_int_equal(count_files(place->dir), before);
    CBK_CLEANUP(cbk_string_freep) char *nowhere = cbk_path_join(place->dir, "no/such/file");
    assert_int_equal(cbk_file_replace(nowhere, "x", 1, 0644, &err), CBK_E_IO);
}

static void reading_has_a_ceiling(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(place->dir, "large");
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(path, "12345", 5, 0644, &err), 0);
    assert_int_equal(cbk_file_read(path, 4, &text, &len, &err), CBK_E_LIMIT);
    assert_null(text);
    assert_int_equal(cbk_file_read(path, 5, &text, &len, &err), 0);
    assert_string_equal(text, "12345");
}

static void only_files_and_pipes_are_read(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(cbk_file_read(place->dir, 100, &text, &len, &err), CBK_E_IO);
    assert_int_equal(cbk_file_read("/dev/null", 100, &text, &len, &err), CBK_E_IO);
    CBK_CLEANUP(cbk_string_freep) char *gone = cbk_path_join(place->dir, "gone");
    assert_int_equal(cbk_file_read(gone, 100, &text, &len, &err), CBK_E_IO);
    assert_non_null(strstr(err.message, "No such file"));
}

/* More than a pipe holds at once, so that the writer has to wait for the reader and the reader for the writer. */
#define PIPED ((size_t)300000)

static int write_much(int fd)
{
    CBK_STR(text);
    cbk_str_add_repeat(&text, 'x', PIPED);
    for (size_t at = 0; at < PIPED;) {
        ssize_t put = write(fd, text.ptr + at, PIPED - at);
        if (put < 0)
            return 1;
        at += (size_t)put;
    }
    return 0;
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_much(ends[1]));
    cbk_fd_closep(&ends[1]);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/dev/fd/%d", ends[0]);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(cbk_file_read(path, PIPED, &text, &len, &err), 0);
    assert_int_equal(len, PIPED);
    cbk_fd_closep(&ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void directories_are_made_with_their_parents(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(place->dir, "a/b/c");
    struct stat st;
    CBK_ERROR(err);
    assert_int_equal(cbk_dir_make(path, &err), 0);
    assert_int_equal(cbk_dir_make(path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(cbk_dir_make("", &err), CBK_E_IO);
}

static const struct {
    const char *dir, *name, *joined;
} joins[] = {
    {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {".", "b", "b"},  {"", "b", "b"},
    {NULL, "b", "b"},  {"a", "/b", "/b"},  {"/", "b", "/b"},
};

static const struct {
    const char *path, *dir;
} dirs[] = {{"a", "."}, {"a/b", "a"}, {"/a", "/"}, {"/a/b", "/a"}, {"", "."}};

static void paths_are_joined_and_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(joins); i++) {
        CBK_CLEANUP(cbk_string_freep) char *joined = cbk_path_join(joins[i].dir, joins[i].name);
        assert_string_equal(joined, joins[i].joined);
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(dirs); i++) {
        CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_dir(dirs[i].path);
        assert_string_equal(dir, dirs[i].dir);
    }
}

static const struct {
    const char *path, *absolute;
} absolutes[] = {
    {"/", "/"},     {"/x/", "/x"}, {"//x//y", "/x/y"},   {"/x/./y/../z", "/x/z"}, {"/../x", "/x"},
    {"/x/..", "/"}, {"/..", "/"},  {"/x/...", "/x/..."}, {"/.x/..y", "/.x/..y"},  {"/x/../../y", "/y"},
};

static void paths_are_told_from_the_root(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(absolutes); i++) {
        CBK_CLEANUP(cbk_string_freep) char *absolute = cbk_path_absolute(absolutes[i].path);
        assert_string_equal(absolute, absolutes[i].absolute);
    }
    CBK_CLEANUP(cbk_string_freep) char *here = getcwd(NULL, 0);
    CBK_CLEANUP(cbk_string_freep) char *wanted = cbk_path_join(here, "x/z");
    CBK_CLEANUP(cbk_string_freep) char *found = cbk_path_absolute("./x/y/../z");
    assert_string_equal(found, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_replaced_whole),  cmocka_unit_test(what_cannot_be_replaced_stays),
        cmocka_unit_test(reading_has_a_ceiling),     cmocka_unit_test(only_files_and_pipes_are_read),
        cmocka_unit_test(a_pipe_is_read_to_its_end), cmocka_unit_test(directories_are_made_with_their_parents),
        cmocka_unit_test(paths_are_joined_and_cut),  cmocka_unit_test(paths_are_told_from_the_root),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
