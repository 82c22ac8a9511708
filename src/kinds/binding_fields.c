#include "kinds/binding_fields.h"

#include "kinds/consistency.h"

#include <stdlib.h>

/* How attributes and fields beside UdmDetail are called. */
static const struct field {
    const char *attribute, *field;
} fields[] = {
    {"disabled", "Disabled"},
    {"description", "PolicyBindingDescription"},
    {"cross_account.type", "CrossAccountType"},
    {"cross_account.role", "CrossAccountRoleName"},
};

/* ---- what is declared ---- */

static json_t *desired_disks(const json_t *declared)
{
    static const char *const ways[] = {"only", "except"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(ways); i++) {
        const json_t *list = json_object_get(json_object_get(declared, "disks"), ways[i]);
        if (list)
            return json_pack("{s:o}", ways[i], cbk_json_sorted_texts(list));
    }
    return json_string("all");
}

int cbk_binding_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    static const char *const as_they_are[] = {"disabled", "description", "copy_kms_key", "cross_account"};
    int r = cbk_consistency_desire(env, object, err);
    if (r < 0)
        return r;
    json_object_set_new(object->desired, "group", json_boolean(cbk_json_bool(object->desired, "group", false)));
    json_object_set_new(object->desired, "disks", desired_disks(object->declared));
    for (size_t i = 0; i < CBK_ARRAY_LEN(as_they_are); i++)
        cbk_json_set_copy(object->desired, as_they_are[i], json_object_get(object->declared, as_they_are[i]));
    return 0;
}

/* ---- what lives ---- */

/* DiskIdList counts before ExcludeDiskIdList. */
static json_t *live_disks(const json_t *detail)
{
    const json_t *only = json_object_get(detail, "DiskIdList"), *except = json_object_get(detail, "ExcludeDiskIdList");
    if (json_array_size(only))
        return json_pack("{s:o}", "only", cbk_json_sorted_texts(only));
    if (json_array_size(except))
        return json_pack("{s:o}", "except", cbk_json_sorted_texts(except));
    return json_string("all");
}

static json_t *live_account(const json_t *binding)
{
    int64_t user = cbk_json_int(binding, "CrossAccountUserId", 0);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%lld", (long long)user);
    return user ? json_pack("{s:s, s:s, s:s}", "user", text, "type", cbk_json_text_or(binding, "CrossAccountType", ""),
                            "role", cbk_json_text_or(binding, "CrossAccountRoleName", ""))
                : NULL;
}

void cbk_binding_read(const json_t *binding, json_t *attributes)
{
    const json_t *detail = cbk_json_at(binding, "AdvancedOptions.UdmDetail");
    json_t *account = live_account(binding);
    cbk_consistency_read(detail, attributes);
    json_object_set_new(attributes, "disks", live_disks(detail));
    json_object_set_new(attributes, "disabled", json_boolean(cbk_json_bool(binding, "Disabled", false)));
    cbk_json_set_text(attributes, "description", cbk_json_text(binding, "PolicyBindingDescription"));
    cbk_json_set_text(attributes, "copy_kms_key", cbk_json_text(detail, "DestinationKmsKeyId"));
    if (account)
        json_object_set_new(attributes, "cross_account", account);
}

/* ---- what is sent ---- */

static json_t *udm_detail(const json_t *attributes)
{
    json_t *detail = cbk_consistency_detail(attributes, CBK_DETAIL_OF_BINDING);
    const json_t *only = cbk_json_at(attributes, "disks.only"), *except = cbk_json_at(attributes, "disks.except");
    json_object_set_new(detail, "DiskIdList", only ? json_deep_copy(only) : json_array());
    json_object_set_new(detail, "ExcludeDiskIdList", except ? json_deep_copy(except) : json_array());
    cbk_json_set_text(detail, "DestinationKmsKeyId", cbk_json_text(attributes, "copy_kms_key"));
    return detail;
}

json_t *cbk_binding_fields(const json_t *attributes)
{
    json_t *made = json_pack("{s:{s:o}}", "AdvancedOptions", "UdmDetail", udm_detail(attributes));
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++)
        cbk_json_set_copy(made, fields[i].field, cbk_json_at(attributes, fields[i].attribute));
    const char *user = cbk_json_text(attributes, "cross_account.user");
    if (user)
        json_object_set_new(made, "CrossAccountUserId", json_integer((json_int_t)strtoll(user, NULL, 10)));
    return made;
}

json_t *cbk_binding_fields_again(const json_t *binding)
{
    static const char *const names[] = {"AdvancedOptions",      "Disabled",         "PolicyBindingDescription",
                                        "CrossAccountRoleName", "CrossAccountType", "CrossAccountUserId"};
    json_t *made = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        const json_t *value = json_object_get(binding, names[i]);
        bool is_empty = json_is_null(value) || (json_is_string(value) && !*json_string_value(value)) ||
                        (json_is_integer(value) && !json_integer_value(value));
        if (!is_empty)
            cbk_json_set_copy(made, names[i], value);
    }
    return made;
}
