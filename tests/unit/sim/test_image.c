#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "sim/real/image.h"

#include "scratch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { SIZE = 8 * 1024 * 1024, FAR = 5 * 1024 * 1024 };

/* A file with data at its beginning and far behind, and nothing between: shared or plain, its copy is the same. */
static void test_copies_are_alike(void **state)
{
    CBK_ERROR(err);
    const char *folder = *state;
    bool shared = false;
    CBK_CLEANUP(cbk_string_freep) char *from = cbk_path_join(folder, "from.img");
    CBK_CLEANUP(cbk_string_freep) char *to = cbk_path_join(folder, "to.img");
    CBK_CLEANUP(cbk_fd_closep) int fd = open(from, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, SIZE), 0);
    assert_int_equal(pwrite(fd, "begin", 5, 0), 5);
    assert_int_equal(pwrite(fd, "far", 3, FAR), 3);
    if (sim_image_copy(from, to, NULL, &shared, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(shared, sim_image_can_share(folder));
    CBK_CLEANUP(cbk_string_freep) char *first = NULL;
    CBK_CLEANUP(cbk_string_freep) char *second = NULL;
    size_t first_len = 0, second_len = 0;
    assert_int_equal(cbk_file_read(from, SIZE, &first, &first_len, &err), 0);
    assert_int_equal(cbk_file_read(to, SIZE, &second, &second_len, &err), 0);
    assert_int_equal(first_len, second_len);
    assert_memory_equal(first, second, first_len);
    struct stat copy;
    assert_int_equal(stat(to, &copy), 0);
    assert_true(copy.st_blocks * 512 < SIZE / 2); /* what was a hole is one */
    assert_int_equal(sim_image_copy(from, to, NULL, &shared, &err), CBK_E_IO);
    assert_non_null(strstr(err.message, "File exists"));
}

static void test_a_nameless_copy(void **state)
{
    CBK_ERROR(err);
    char bytes[6] = "";
    CBK_CLEANUP(cbk_fd_closep) int copy = -1;
    CBK_CLEANUP(cbk_string_freep) char *from = cbk_path_join(*state, "nameless.img");
    assert_int_equal(cbk_file_replace(from, "bytes", 5, 0600, &err), 0);
    if (sim_image_open_copy(from, &copy, &err) < 0)
        fail_msg("%s", err.message);
    struct stat stat;
    assert_int_equal(fstat(copy, &stat), 0);
    assert_int_equal(stat.st_nlink, 0);
    assert_int_equal(pread(copy, bytes, 5, 0), 5);
    assert_string_equal(bytes, "bytes");
}

static void test_file_systems(void **state)
{
    CBK_ERROR(err);
    bool is_new = false;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, "disk.img");
    assert_int_equal(sim_image_make(path, 16, "ntfs", &is_new, &err), CBK_E_VALIDATION);
    assert_int_equal(access(path, F_OK), -1);
    if (sim_image_make(path, 16, "ext4", &is_new, &err) < 0)
        fail_msg("%s", err.message);
    assert_true(is_new);
    assert_int_equal(sim_image_make(path, 16, "ext4", &is_new, &err), 0);
    assert_false(is_new);
    CBK_CLEANUP(cbk_string_freep) char *small = cbk_path_join(*state, "small.img");
    assert_int_equal(sim_image_make(small, 1, "xfs", &is_new, &err), CBK_E_IO); /* mkfs.xfs wants more */
    assert_int_equal(access(small, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_copies_are_alike, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_nameless_copy, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_file_systems, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
