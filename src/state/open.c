#include "state/open.h"

#include "base/file.h"

#include <string.h>

static int open_local(const json_t *settings, const char *dir, const char *stack, struct cbk_backend **ret,
                      struct cbk_error *err)
{
    (void)err;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, cbk_json_text_or(settings, "path", "state"));
    *ret = cbk_backend_local_new(path, stack);
    return 0;
}

static int open_git(const json_t *settings, const char *dir, const char *stack, struct cbk_backend **ret,
                    struct cbk_error *err)
{
    return cbk_backend_git_new(dir, cbk_json_text(settings, "git.remote"), stack, ret, err);
}

static int open_etcd(const json_t *settings, const char *dir, const char *stack, struct cbk_backend **ret,
                     struct cbk_error *err)
{
    return cbk_backend_etcd_new(json_object_get(settings, "etcd"), dir, stack, ret, err);
}

/* The first row is what a stack gets that says nothing. */
static const struct backend_row {
    const char *name;
    int (*open)(const json_t *settings, const char *dir, const char *stack, struct cbk_backend **ret,
                struct cbk_error *err);
} backends[] = {
    {"local", open_local},
    {"git", open_git},
    {"etcd", open_etcd},
};

static const struct backend_row *backend_of(const json_t *settings)
{
    const char *name = cbk_json_text_or(settings, "backend", backends[0].name);
    for (size_t i = 0; i < CBK_ARRAY_LEN(backends); i++)
        if (strcmp(backends[i].name, name) == 0)
            return &backends[i];
    return NULL;
}

/* A key as the stack names it. The path of a key file is the caller's to free. */
static int read_key(const json_t *settings, const char *dir, struct cbk_seal_key *ret, char **ret_path,
                    struct cbk_error *err)
{
    const char *variable = cbk_json_text(settings, "passphrase_env"), *file = cbk_json_text(settings, "key_file");
    ret->plain = cbk_str_equal(json_string_value(settings), "plain");
    if (file)
        ret->key_file = *ret_path = cbk_path_join(dir, file);
    if (!variable)
        return 0;
    ret->passphrase = getenv(variable);
    if (ret->passphrase && *ret->passphrase)
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "the environment variable '%s' is not set", variable);
    return cbk_error_hint(err, "it holds the passphrase that the state of this stack is sealed with");
}

int cbk_seal_of_settings(const json_t *settings, const char *dir, struct cbk_seal **ret, struct cbk_error *err)
{
    const json_t *encryption = json_object_get(settings, "encryption");
    const json_t *former_settings = json_object_get(encryption, "former");
    CBK_CLEANUP(cbk_string_freep) char *path = NULL;
    CBK_CLEANUP(cbk_string_freep) char *former_path = NULL;
    struct cbk_seal_key key = {0}, former = {0};
    *ret = NULL;
    if (!encryption)
        return 0;
    int r = read_key(encryption, dir, &key, &path, err);
    if (r == 0 && former_settings)
        r = read_key(former_settings, dir, &former, &former_path, err);
    return r < 0 ? r : cbk_seal_new(&key, former_settings ? &former : NULL, ret, err);
}

int cbk_store_open(const json_t *settings, const char *dir, const char *stack, struct cbk_store **ret,
                   struct cbk_error *err)
{
    const struct backend_row *row = backend_of(settings);
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    struct cbk_backend *backend = NULL;
    if (!row)
        return cbk_fail(err, CBK_E_INTERNAL, "no place for states is called '%s'",
                        cbk_json_text_or(settings, "backend", ""));
    int r = cbk_seal_of_settings(settings, dir, &seal, err);
    if (r == 0)
        r = row->open(settings, dir, stack, &backend, err);
    if (r == 0)
        *ret = cbk_store_new(backend, cbk_seal_steal(&seal), stack);
    return r;
}
