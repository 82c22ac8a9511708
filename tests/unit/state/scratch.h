/* A directory of its own for each test, gone with everything in it afterwards. */
#ifndef CBK_TESTS_SCRATCH_H
#define CBK_TESTS_SCRATCH_H

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "state/state.h"
#include "state/store.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK "mysql"

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

/* A policy of this number, as a resource. */
CBK_UNUSED static json_t *numbered_resource(int number)
{
    return json_pack("{s:s, s:{s:i}}", "kind", "policy", "attributes", "number", number);
}

CBK_UNUSED static int lock_store(struct cbk_store *store, struct cbk_error *err)
{
    return cbk_store_lock(store, &(struct cbk_lock_info){"apply", STACK}, err);
}

CBK_UNUSED static int append_numbered(struct cbk_store *store, int number, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("policies.p%d", number);
    CBK_JSON *resource = numbered_resource(number);
    CBK_JSON *entry = cbk_state_entry(address, resource);
    return cbk_store_append(store, entry, err);
}

/* A store of `dir` that is locked, has the state `serial` written, and `steps` steps appended. */
CBK_UNUSED static struct cbk_store *store_with_steps(const char *dir, int serial, int steps)
{
    struct cbk_store *store = cbk_store_local_new(dir, STACK);
    CBK_JSON *state = cbk_state_new(STACK);
    json_object_set_new(state, "serial", json_integer(serial));
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    assert_int_equal(cbk_store_write(store, state, 0, &err), 0);
    for (int i = 0; i < steps; i++)
        assert_int_equal(append_numbered(store, i, &err), 0);
    return store;
}

#endif
