/* Sealed states: the promises of all stores hold, nothing is readable without its key, nothing changed passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "state/steps.h"
#include "state/store_conformance.h"

#define PASSPHRASE "correct horse battery staple"

static const struct cbk_seal_key passphrase = {.passphrase = PASSPHRASE}, plain = {.plain = true};

static void write_key(const char *dir, const char *name, const char *text, size_t len)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    scratch_write(dir, name, text, len);
    assert_int_equal(chmod(path, 0600), 0);
}

static struct cbk_seal *seal_with(const struct cbk_seal_key *key, const struct cbk_seal_key *former)
{
    struct cbk_seal *seal = NULL;
    CBK_ERROR(err);
    if (cbk_seal_new(key, former, &seal, &err) < 0)
        fail_msg("%s", err.message);
    return seal;
}

static struct cbk_store *sealed_store(const char *dir, const struct cbk_seal_key *key,
                                      const struct cbk_seal_key *former)
{
    return cbk_store_new(cbk_backend_local_new(dir, STACK), seal_with(key, former), STACK);
}

/* --- the promises ---------------------------------------------------------------------------------------------------
 */

struct place {
    char *dir, *key_path;
};

static void clear_place(void *context)
{
    const struct place *place = context;
    scratch_remove(place->dir);
}

static struct cbk_store *open_place(void *context)
{
    const struct place *place = context;
    const struct cbk_seal_key key = {.key_file = place->key_path};
    return cbk_store_new(cbk_backend_local_new(place->dir, CBK_CONFORMANCE_STACK), seal_with(&key, NULL),
                         CBK_CONFORMANCE_STACK);
}

static void it_keeps_the_promises_of_all_stores(void **state)
{
    write_key(*state, "key", "0123456789abcdef0123456789ABCDEF", 32);
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(*state, "place");
    CBK_CLEANUP(cbk_string_freep) char *key_path = cbk_path_join(*state, "key");
    struct place place = {dir, key_path};
    cbk_store_conformance(&(struct cbk_store_seat){clear_place, open_place, &place});
}

/* --- what is kept ---------------------------------------------------------------------------------------------------
 */

static void begin(struct cbk_store *store)
{
    CBK_ERROR(err);
    CBK_JSON *fresh = cbk_state_new(STACK);
    assert_int_equal(lock_store(store, &err), 0);
    assert_int_equal(cbk_store_write(store, fresh, 0, NULL, &err), 0);
    assert_int_equal(append_numbered(store, 1, &err), 0);
    cbk_store_unlock(store);
}

static int read_with(const char *dir, const struct cbk_seal_key *key, const struct cbk_seal_key *former,
                     json_t **ret_state, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_store_freep)
    struct cbk_store *store = key ? sealed_store(dir, key, former) : cbk_store_local_new(dir, STACK);
    return cbk_store_read(store, ret_state, err);
}

static void assert_refused(const char *dir, const struct cbk_seal_key *key, const char *says)
{
    CBK_JSON *found = NULL;
    CBK_ERROR(err);
    assert_int_equal(read_with(dir, key, NULL, &found, &err), CBK_E_STATE);
    if (!strstr(err.message, says))
        fail_msg("'%s' does not say '%s'", err.message, says);
    assert_null(found);
}

static void nothing_is_readable_without_the_key(void **state)
{
    static const char *const files[] = {STACK ".json", STACK ".journal"};
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = sealed_store(*state, &passphrase, NULL);
    begin(store);
    for (size_t i = 0; i < CBK_ARRAY_LEN(files); i++) {
        size_t len = 0;
        CBK_CLEANUP(cbk_string_freep) char *text = scratch_read(*state, files[i], &len);
        assert_null(strstr(text, "policies"));
        assert_null(strstr(text, PASSPHRASE));
        assert_non_null(strstr(text, "AES-256-GCM"));
        assert_non_null(strstr(text, "600000"));
    }
    assert_refused(*state, NULL, "is sealed, and the stack has no key for it");
    assert_refused(*state, &(struct cbk_seal_key){.passphrase = "another horse battery staple"}, "of another key");
}

static void plain_text_is_refused_unless_it_was_named(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = store_with_steps(*state, 4, 2);
    cbk_store_unlock(store);
    assert_refused(*state, &passphrase, "is not sealed, and the stack says that it is");
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *moving = sealed_store(*state, &passphrase, &plain);
    CBK_ERROR(err);
    assert_int_equal(lock_store(moving, &err), 0); /* folds the journal: what is written is sealed */
    cbk_store_unlock(moving);
    CBK_JSON *found = NULL;
    assert_int_equal(read_with(*state, &passphrase, NULL, &found, &err), 0);
    assert_int_equal(cbk_state_serial(found), 5);
    assert_refused(*state, NULL, "is sealed");
}

static void keys_are_exchanged(void **state)
{
    write_key(*state, "key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=\n", 45);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, "key");
    const struct cbk_seal_key next = {.key_file = path};
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = sealed_store(*state, &passphrase, NULL);
    begin(store);
    assert_refused(*state, &next, "of another key");
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *moving = sealed_store(*state, &next, &passphrase);
    CBK_ERROR(err);
    assert_int_equal(lock_store(moving, &err), 0);
    cbk_store_unlock(moving);
    CBK_JSON *found = NULL;
    assert_int_equal(read_with(*state, &next, NULL, &found, &err), 0);
    assert_non_null(cbk_state_resource(found, "policies.p1"));
    assert_refused(*state, &passphrase, "of another key");
}

/* What stands outside of the seal is believed, so it must not be changed either. */
static void whoever_edits_it_is_found_out(void **state)
{
    static const char *const keys[] = {"what", "lineage", "serial", "cipher", "kdf", "nonce", "data", "cbk_sealed"};
    write_key(*state, "key", "0123456789abcdef0123456789ABCDEF", 32);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, "key");
    const struct cbk_seal_key key = {.key_file = path};
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = sealed_store(*state, &key, NULL);
    begin(store);
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = scratch_read(*state, STACK ".json", &len);
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++) {
        CBK_JSON *edited = json_loadb(text, len, 0, NULL);
        json_t *value = json_object_get(edited, keys[i]);
        if (json_is_integer(value))
            json_integer_set(value, json_integer_value(value) + 1);
        else if (json_is_string(value))
            json_object_set_new(edited, keys[i], json_string("AAAAAAAAAAAAAAAA"));
        else
            json_object_set_new(value, "more", json_true());
        CBK_STR(changed);
        cbk_json_add_canonical(&changed, edited);
        scratch_write(*state, STACK ".json", changed.ptr, changed.len);
        CBK_JSON *found = NULL;
        CBK_ERROR(err);
        if (read_with(*state, &key, NULL, &found, &err) != CBK_E_STATE)
            fail_msg("another '%s' was believed", keys[i]);
    }
}

static void a_sealed_thing_passes_for_no_other(void **state)
{
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = seal_with(&passphrase, NULL);
    CBK_JSON *fresh = cbk_state_new(STACK);
    CBK_STR(text);
    CBK_STR(sealed);
    cbk_json_add_canonical(&text, fresh);
    cbk_seal_close(seal, &(struct cbk_seal_label){"plan", "", 0}, text.ptr, text.len, &sealed);
    scratch_write(*state, STACK ".json", sealed.ptr, sealed.len);
    assert_refused(*state, &passphrase, "is a sealed plan, and no state");
}

/* --- keys -----------------------------------------------------------------------------------------------------------
 */

static const struct key_row {
    const char *what, *text;
    mode_t mode;
    const char *says; /* NULL: it is taken */
} key_rows[] = {
    {"32 bytes", "0123456789abcdef0123456789ABCDE\n", 0600, NULL},
    {"hex", "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n", 0600, NULL},
    {"Base64", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=", 0400, NULL},
    {"too short", "0123456789abcdef", 0600, "is no key of 32 bytes"},
    {"nothing", "", 0600, "is no key of 32 bytes"},
    {"readable for a group", "0123456789abcdef0123456789ABCDEF", 0640, "may be read by others"},
    {"readable for all", "0123456789abcdef0123456789ABCDEF", 0604, "may be read by others"},
};

static void key_files_are_looked_at(void **state)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, "key");
    for (size_t i = 0; i < CBK_ARRAY_LEN(key_rows); i++) {
        const struct key_row *row = &key_rows[i];
        scratch_write(*state, "key", row->text, strlen(row->text));
        assert_int_equal(chmod(path, row->mode), 0);
        CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
        CBK_ERROR(err);
        int r = cbk_seal_new(&(struct cbk_seal_key){.key_file = path}, NULL, &seal, &err);
        if ((r < 0) != (row->says != NULL) || (row->says && !strstr(err.message, row->says)))
            fail_msg("%s: %s", row->what, r < 0 ? err.message : "taken");
        assert_int_equal(unlink(path), 0);
    }
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_seal_new(&(struct cbk_seal_key){.key_file = path}, NULL, &seal, &err), CBK_E_IO);
}

static void a_short_passphrase_is_refused_and_not_repeated(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_seal_new(&(struct cbk_seal_key){.passphrase = "hunter2"}, NULL, &seal, &err),
                     CBK_E_VALIDATION);
    assert_null(strstr(err.message, "hunter2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_keeps_the_promises_of_all_stores, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_readable_without_the_key, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(plain_text_is_refused_unless_it_was_named, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(keys_are_exchanged, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(whoever_edits_it_is_found_out, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_sealed_thing_passes_for_no_other, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(key_files_are_looked_at, scratch_setup, scratch_teardown),
        cmocka_unit_test(a_short_passphrase_is_refused_and_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
