/*
 * vaults: where backups of STANDARD policies lie. Instances' recovery points lie in none. What a vault holds goes with
 * it, so its deletion is a deletion of recovery points.
 */
#include "base/time.h"
#include "cloud/hbr.h"
#include "kinds/backup_export.h"
#include "kinds/kind.h"
#include "kinds/numbered.h"

#define YOUNG_S ((int64_t)2 * 3600) /* the service deletes none that is younger */
#define MAKING_MS ((int64_t)5 * 60 * 1000)
#define PAUSE_MS 500

/* How attributes and the API's fields are called, and which of them UpdateVault takes. */
static const struct field {
    const char *attribute, *field;
    bool in_place;
} fields[] = {
    {"name", "VaultName", true},
    {"type", "VaultType", false},
    {"storage_class", "VaultStorageClass", false},
    {"replication", "Replication", false},
    {"description", "Description", true},
    {"resource_group", "ResourceGroupId", true},
    {"worm", "WormEnabled", true},
};

static int vault_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    (void)err;
    object->desired = json_pack("{s:s}", "name", cbk_json_text_or(object->declared, "name", object->key));
    for (size_t i = 1; i < CBK_ARRAY_LEN(fields); i++)
        cbk_json_set_copy(object->desired, fields[i].attribute, json_object_get(object->declared, fields[i].attribute));
    cbk_json_set_copy(object->desired, "encryption", json_object_get(object->declared, "encryption"));
    return 0;
}

static int list_vaults(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    return cbk_hbr_list_vaults(env->cloud, NULL, ret_items, err);
}

static json_t *read_encryption(const json_t *vault)
{
    const char *key = cbk_json_text(vault, "KmsKeyId");
    json_t *encryption = json_pack("{s:s}", "type", cbk_json_text_or(vault, "EncryptType", "HBR_PRIVATE"));
    cbk_json_set_text(encryption, "key", key && *key ? key : NULL);
    return encryption;
}

static void take_vault(const struct cbk_env *env, struct cbk_object *object, const json_t *vault)
{
    (void)env;
    object->live = json_pack("{s:o}", "encryption", read_encryption(vault));
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++)
        cbk_json_set_copy(object->live, fields[i].attribute, json_object_get(vault, fields[i].field));
}

static int make_vault(const struct cbk_env *env, const struct cbk_object *object, char **ret_id, struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++)
        cbk_json_set_copy(params, fields[i].field, json_object_get(object->desired, fields[i].attribute));
    json_object_del(params, "ResourceGroupId"); /* CreateVault has none; UpdateVault has */
    cbk_json_set_text(params, "EncryptType", cbk_object_text(object->desired, "encryption.type"));
    cbk_json_set_text(params, "KmsKeyId", cbk_object_text(object->desired, "encryption.key"));
    return cbk_hbr_create_vault(env->cloud, params, ret_id, err);
}

static const struct cbk_numbered vault_words = {
    .id_key = "VaultId", .name_key = "VaultName", .list = list_vaults, .make = make_vault};

static int vault_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    return cbk_numbered_refresh(env, &vault_words, objects, count, take_vault, err);
}

/* The vault as it is now; NULL when it is gone. */
static int read_vault(const struct cbk_env *env, const char *id, json_t **ret_vault, struct cbk_error *err)
{
    CBK_JSON *vaults = NULL;
    CBK_ERROR(failure);
    int r = cbk_hbr_list_vaults(env->cloud, id, &vaults, &failure);
    if (r < 0 && r != CBK_E_NOT_FOUND) /* InvalidResourceId.NotFound is another way to say an empty list */
        return cbk_error_move(err, &failure);
    *ret_vault = json_incref(json_array_get(vaults, 0));
    return 0;
}

/* A policy can name the vault once it is made. */
static int wait_until_made(const struct cbk_env *env, const char *id, struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + MAKING_MS;
    for (;;) {
        CBK_JSON *vault = NULL;
        int r = read_vault(env, id, &vault, err);
        if (r < 0)
            return r;
        const char *status = cbk_json_text_or(vault, "Status", "");
        if (cbk_str_equal(status, "CREATED"))
            return 0;
        if (cbk_str_equal(status, "ERROR"))
            return cbk_fail(err, CBK_E_CONFLICT, "the vault '%s' could not be made: %s", id,
                            cbk_json_text_or(vault, "VaultStatusMessage", "no reason given"));
        if (cbk_env_interrupted(env))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted while the vault '%s' was being made", id);
        if (cbk_time_monotonic_ms() > deadline)
            return cbk_fail(err, CBK_E_TIMEOUT, "the vault '%s' is still being made after five minutes", id);
        cbk_env_sleep(env, PAUSE_MS);
    }
}

/* What UpdateVault can change and differs from `live` (NULL: nothing is there). */
static json_t *changed_fields(const struct cbk_object *object, const json_t *live)
{
    json_t *changed = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++) {
        const json_t *wanted = json_object_get(object->desired, fields[i].attribute);
        if (fields[i].in_place && wanted && !json_equal(wanted, json_object_get(live, fields[i].attribute)))
            cbk_json_set_copy(changed, fields[i].field, wanted);
    }
    return changed;
}

static int vault_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *changed = changed_fields(object, object->live);
    int r = cbk_hbr_update_vault(env->cloud, object->id, changed, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->id);
    return 0;
}

static int vault_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = cbk_numbered_create(env, &vault_words, object, err);
    if (r < 0)
        return r;
    /* From here on it exists and is ours, whatever becomes of the rest. */
    cbk_object_settle(object, object->id);
    json_object_del(object->live, "resource_group");
    r = wait_until_made(env, object->id, err);
    if (r < 0 || !json_object_get(object->desired, "resource_group"))
        return r;
    return vault_update(env, object, err);
}

static int vault_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return cbk_hbr_delete_vault(env->cloud, object->id, err);
}

static int judge_removal(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *vault = NULL;
    int r = read_vault(env, object->id, &vault, err);
    int64_t until = cbk_json_int(vault, "CreatedTime", 0) + YOUNG_S;
    if (r < 0 || !vault)
        return r;
    if (cbk_str_equal(cbk_json_text(vault, "Status"), "INITIALIZING"))
        until = until > env->now ? until : env->now + 1;
    if (until <= env->now)
        return 0;
    CBK_STR(when);
    cbk_time_add_utc(&when, until);
    (void)cbk_fail_at(err, object->span, CBK_E_CHECK, "%s (%s) cannot be deleted before %s", object->address,
                      object->id, when.ptr);
    return cbk_error_hint(err, "the service deletes no vault within two hours of its creation, nor while it is being "
                               "made");
}

static int vault_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                       struct cbk_error *err)
{
    bool was = cbk_json_bool(object->live, "worm", false), will_be = cbk_json_bool(object->desired, "worm", was);
    if (goes)
        return judge_removal(env, object, err);
    if (was && !will_be) {
        (void)cbk_fail_at(err, cbk_env_span(env, object, "worm"), CBK_E_VALIDATION,
                          "%s is write-once, which cannot be undone", object->address);
        return cbk_error_hint(err, "say worm: true; only another vault is without it");
    }
    if (will_be && !was)
        *ret_remark = cbk_strdup("IRREVERSIBLE: what is made write-once stays so");
    return 0;
}

static int vault_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *list = NULL;
    int r = list_vaults(env, &list, err);
    if (r == 0)
        *ret_items = cbk_backup_export_items(list, "VaultId");
    return r;
}

const struct cbk_kind cbk_kind_vault = {
    .section = "vaults",
    .name = "vault",
    .title = "name",
    .numbered = true,
    .holds_points = true,
    .desire = vault_desire,
    .refresh = vault_refresh,
    .create = vault_create,
    .update = vault_update,
    .destroy = vault_destroy,
    .judge = vault_judge,
    .enumerate = vault_enumerate,
    .declare = cbk_vault_declare,
    .exports_ids = true,
    .plan_actions = "hbr:DescribeVaults",
    .apply_actions = "hbr:CreateVault hbr:UpdateVault hbr:DeleteVault",
};
