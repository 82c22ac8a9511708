#include "kinds/consistency.h"

#include "base/time.h"

#include <ctype.h>

/* The attributes of level application. */
static const struct field {
    const char *attribute;
    const char *word; /* of UdmDetail */
} fields[] = {
    {"role", "RamRoleName"},         {"pre_freeze", "PreScriptPath"},
    {"post_thaw", "PostScriptPath"}, {"freeze_timeout", "TimeoutInSeconds"},
    {"fs_freeze", "EnableFsFreeze"}, {"writers", "EnableWriters"},
};

static bool is_application(const json_t *attributes)
{
    return cbk_str_equal(cbk_json_text(attributes, "level"), "application");
}

static void set_script_paths(const struct cbk_env *env, json_t *desired, const json_t *consistency)
{
    const char *scripts = cbk_json_text(consistency, "scripts");
    const json_t *declared = scripts ? cbk_env_declaration(env, scripts) : NULL;
    cbk_json_set_text(desired, "pre_freeze", cbk_json_text_or(declared, "pre_freeze.path", "/tmp/prescript.sh"));
    cbk_json_set_text(desired, "post_thaw", cbk_json_text_or(declared, "post_thaw.path", "/tmp/postscript.sh"));
}

static int check_group(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    if (!is_application(object->desired) || !json_object_get(object->desired, "group"))
        return 0;
    (void)cbk_fail_at(err, cbk_env_span(env, object, "consistency"), CBK_E_VALIDATION,
                      "a snapshot group rules application consistency out");
    return cbk_error_hint(err, "by the vendor's page a backup is one or the other; take 'group' away, or ask for level "
                               "crash");
}

int cbk_consistency_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *consistency = json_object_get(object->declared, "consistency");
    const char *role = cbk_json_text(consistency, "role");
    json_t *desired = object->desired;
    int64_t freeze_timeout = 0;
    int r = cbk_duration_parse(cbk_json_text_or(consistency, "freeze_timeout", "30s"), &freeze_timeout, err);
    if (r < 0)
        return cbk_error_locate(err, cbk_env_span(env, object, "consistency"));
    cbk_json_set_text(desired, "level", cbk_json_text_or(consistency, "level", "application"));
    if (cbk_json_bool(consistency, "group", false))
        json_object_set_new(desired, "group", json_true());
    if (!is_application(desired))
        return 0;
    cbk_json_set_text(desired, "role", role ? cbk_env_name(env, role) : NULL);
    json_object_set_new(desired, "freeze_timeout", json_integer((json_int_t)freeze_timeout));
    cbk_json_set_copy(desired, "fs_freeze", json_object_get(consistency, "fs_freeze"));
    cbk_json_set_copy(desired, "writers", json_object_get(consistency, "writers"));
    set_script_paths(env, desired, consistency);
    return check_group(env, object, err);
}

static void set_word(json_t *detail, enum cbk_detail_case spelling, const char *word, json_t *value)
{
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strdup(word);
    if (spelling == CBK_DETAIL_OF_JOB)
        key[0] = (char)tolower((unsigned char)key[0]);
    json_object_set_new(detail, key, value);
}

json_t *cbk_consistency_detail(const json_t *attributes, enum cbk_detail_case spelling)
{
    json_t *detail = json_object();
    set_word(detail, spelling, "AppConsistent", json_boolean(is_application(attributes)));
    set_word(detail, spelling, "SnapshotGroup", json_boolean(cbk_json_bool(attributes, "group", false)));
    for (size_t i = 0; is_application(attributes) && i < CBK_ARRAY_LEN(fields); i++) {
        const json_t *value = json_object_get(attributes, fields[i].attribute);
        if (value) /* a copy: the attributes may be all threads' */
            set_word(detail, spelling, fields[i].word, json_deep_copy(value));
    }
    return detail;
}

void cbk_consistency_read(const json_t *udm_detail, json_t *attributes)
{
    bool application = cbk_json_bool(udm_detail, "AppConsistent", false);
    cbk_json_set_text(attributes, "level", application ? "application" : "crash");
    json_object_set_new(attributes, "group", json_boolean(cbk_json_bool(udm_detail, "SnapshotGroup", false)));
    for (size_t i = 0; application && i < CBK_ARRAY_LEN(fields); i++)
        cbk_json_set_copy(attributes, fields[i].attribute, json_object_get(udm_detail, fields[i].word));
}
