#include "engine/saved_plan.h"

#include "base/file.h"
#include "base/signature.h"
#include "engine/plan_json.h"

#define PLAN_FILE_LIMIT ((size_t)512 * 1024 * 1024)

/* What is signed: the plan without its signature, in one form. */
static void add_signed_bytes(struct cbk_str *out, const json_t *plan)
{
    CBK_JSON *unsigned_plan = json_copy((json_t *)plan);
    json_object_del(unsigned_plan, "signature");
    cbk_json_add_canonical(out, unsigned_plan);
}

static int sign(json_t *plan, const char *key, struct cbk_error *err)
{
    CBK_STR(bytes);
    CBK_STR(signature);
    add_signed_bytes(&bytes, plan);
    int r = cbk_signature_make(key, bytes.ptr, bytes.len, &signature, err);
    if (r == 0)
        json_object_set_new(plan, "signature", json_pack("{s:s, s:s}", "algorithm", "Ed25519", "value", signature.ptr));
    return r;
}

int cbk_saved_plan_write(const char *path, const json_t *plan, const struct cbk_plan_trust *trust,
                         struct cbk_error *err)
{
    CBK_JSON *signed_plan = json_copy((json_t *)plan);
    int r = trust->sign_key ? sign(signed_plan, trust->sign_key, err) : 0;
    if (r < 0)
        return r;
    const struct cbk_seal_label label = {"plan", cbk_json_text_or(plan, "state.lineage", ""),
                                         cbk_json_int(plan, "state.serial", 0)};
    CBK_STR(text);
    CBK_STR(kept);
    cbk_json_add_pretty(&text, signed_plan);
    cbk_seal_close(trust->seal, &label, text.ptr, text.len, &kept);
    return cbk_file_replace(path, kept.ptr, kept.len, 0600, err);
}

static int verify(const json_t *plan, const char *path, const char *key, struct cbk_error *err)
{
    CBK_STR(bytes);
    bool genuine = false;
    const char *signature = cbk_json_text(plan, "signature.value");
    add_signed_bytes(&bytes, plan);
    int r = signature ? cbk_signature_check(key, bytes.ptr, bytes.len, signature, &genuine, err) : 0;
    if (r < 0 || genuine)
        return r;
    return cbk_fail(err, CBK_E_AUTH, "the plan '%s' is %s", path,
                    signature ? "not signed by that key, or has been changed since" : "not signed");
}

int cbk_saved_plan_check(const json_t *plan, const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_plan_digest_of(plan);
    if (cbk_str_equal(digest, cbk_json_text(plan, "digest")))
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "the plan '%s' has been changed since it was saved", path);
    return cbk_error_hint(err, "its checksum is of another plan: make a new one");
}

static int read_file(const char *path, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("the plan '%s'", path);
    size_t len = 0;
    int r = cbk_file_read(path, PLAN_FILE_LIMIT, &text, &len, err);
    return r < 0 ? r : cbk_json_parse(what, text, len, ret, err);
}

bool cbk_saved_plan_is_sealed(const char *path)
{
    CBK_JSON *kept = NULL;
    CBK_ERROR(ignored);
    return read_file(path, &kept, &ignored) == 0 && cbk_seal_is_sealed(kept);
}

int cbk_saved_plan_read(const char *path, const struct cbk_plan_trust *trust, json_t **ret_saved, struct cbk_error *err)
{
    CBK_JSON *kept = NULL, *plan = NULL;
    int r = read_file(path, &kept, err);
    if (r == 0)
        r = cbk_seal_open(trust->seal, "plan", path, kept, &plan, err);
    if (r < 0)
        return r;
    const char *version = cbk_json_text(plan, "format_version");
    if (!version || !json_is_array(json_object_get(plan, "changes"))) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' is not a plan of cbk", path);
        return cbk_error_hint(err, "'cbk plan --out FILE' saves one");
    }
    if (!cbk_str_starts_with(version, "1.")) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "the plan '%s' is of format %s, this cbk knows 1", path, version);
        return cbk_error_hint(err, "use the cbk that made it, or make a new plan");
    }
    r = trust->verify_key ? verify(plan, path, trust->verify_key, err) : 0;
    if (r == 0)
        *ret_saved = cbk_json_steal(&plan);
    return r;
}

static json_t *by_address(const json_t *plan)
{
    json_t *map = json_object();
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change)
        json_object_set(map, cbk_json_text_or(change, "address", ""), change);
    return map;
}

static bool does_something(const json_t *change)
{
    return !cbk_json_array_has(json_object_get(change, "actions"), "no-op") || cbk_json_bool(change, "adopt", false) ||
           cbk_json_bool(change, "forget", false) || cbk_json_bool(change, "note", false);
}

/* A list without items says no more than none. */
static const json_t *told_at(const json_t *plan, const char *trail)
{
    const json_t *value = cbk_json_at(plan, trail);
    return json_is_array(value) && !json_array_size(value) ? NULL : value;
}

static bool same_at(const json_t *a, const json_t *b, const char *trail)
{
    const json_t *then = told_at(a, trail), *now = told_at(b, trail);
    return then == now || json_equal(then, now);
}

/* What the plan as a whole rests on, and how it is said when it has moved. */
static const struct ground {
    const char *trail;
    const char *moved;
} grounds[] = {
    {"stack", "it is a plan of another stack"},
    {"destroy", "it is a plan of another kind"},
    {"pins.settings", "other guards hold than it was made with: give both the same --guards-from"},
    {"provenance.config_digest", "the stack's files have changed since"},
    {"state.lineage", "it rests on another state"},
    {"state.serial", "the state has changed since"},
};

int cbk_plan_restrict(struct cbk_plan *plan, const json_t *saved, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(grounds); i++)
        if (!same_at(saved, plan->json, grounds[i].trail))
            return cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: %s", grounds[i].moved);
    CBK_JSON *then = by_address(saved), *now = by_address(plan->json);
    for (size_t i = 0; i < plan->changes.len; i++) {
        struct cbk_change *change = &plan->changes.items[i];
        const json_t *planned = json_object_get(then, change->object->address);
        if (!planned || !does_something(planned))
            change->actions = 0; /* moved since, but not part of what was read and approved */
    }
    const char *address;
    json_t *change;
    json_object_foreach(then, address, change) {
        if (!does_something(change))
            continue;
        const json_t *current = json_object_get(now, address);
        CBK_JSON *before = cbk_plan_material(change), *after = cbk_plan_material(current);
        if (!current || !json_equal(before, after))
            return cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: %s has changed since", address);
    }
    return 0;
}
