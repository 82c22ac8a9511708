/* A directory of its own for each test, gone with everything in it afterwards. */
#ifndef CBK_TESTS_SCRATCH_H
#define CBK_TESTS_SCRATCH_H

#include "base/alloc.h"
#include "base/file.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

CBK_UNUSED static int scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

CBK_UNUSED static void scratch_remove(char *dir)
{
    (void)nftw(dir, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* cmocka's setup and teardown: *state is the directory's path. */
CBK_UNUSED static int scratch_setup(void **state)
{
    char *dir = cbk_strdup("/tmp/cbk-test-XXXXXX");
    if (!mkdtemp(dir) || chmod(dir, 0755) < 0) /* another user may have to look in */
        return -1;
    *state = dir;
    return 0;
}

CBK_UNUSED static int scratch_teardown(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

CBK_UNUSED static char *scratch_read(const char *dir, const char *name, size_t *ret_len)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    char *text = NULL;
    CBK_ERROR(err);
    if (cbk_file_read(path, 1 << 24, &text, ret_len, &err) < 0)
        fail_msg("%s", err.message);
    return text;
}

CBK_UNUSED static void scratch_write(const char *dir, const char *name, const char *bytes, size_t len)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    CBK_CLEANUP(cbk_file_closep) FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
}

CBK_UNUSED static bool scratch_has(const char *dir, const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    return access(path, F_OK) == 0;
}

#endif
