/*
 * policies: custom RAM policies. RAM keeps up to five versions of a document; the default one is what counts, so a
 * change is a new default version, and the oldest one that is not makes room.
 */
#include "cloud/ram.h"
#include "kinds/ambiguity.h"
#include "kinds/policy_doc.h"
#include "kinds/propagation.h"
#include "kinds/ram_tags.h"

#include <string.h>

#define DOCUMENT_LIMIT ((size_t)64 * 1024) /* RAM takes 6,144 characters; more is read so that RAM can say so */

static int read_document_file(const struct cbk_env *env, const struct cbk_object *object, json_t **ret_document,
                              struct cbk_error *err)
{
    const char *file = cbk_json_text(object->declared, "document_file");
    CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("%s/document_file", object->pointer);
    CBK_JSON *document = NULL;
    const char *text = NULL;
    size_t len = 0;
    int r = cbk_config_read_file(env->config, pointer, file, DOCUMENT_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("'%s'", file);
    r = cbk_json_parse(what, text, len, &document, err);
    if (r < 0)
        return cbk_error_locate(err, cbk_env_span(env, object, "document_file"));
    const json_t *statements = json_object_get(document, "Statement");
    if (!json_is_array(statements) && !json_is_object(statements))
        return cbk_fail_at(err, cbk_env_span(env, object, "document_file"), CBK_E_VALIDATION,
                           "'%s' is not a policy document: it has no list 'Statement'", file);
    *ret_document = cbk_json_steal(&document);
    return 0;
}

/*
 * The document as git has it: what is sent is what was written, only what is compared is normalised. A statement that
 * stands alone is the exception, since RAM takes nothing but a list.
 */
static int read_document(const struct cbk_env *env, const struct cbk_object *object, json_t **ret_document,
                         struct cbk_error *err)
{
    json_t *inline_document = json_object_get(object->declared, "document");
    CBK_JSON *document = json_incref(inline_document);
    int r = document ? 0 : read_document_file(env, object, &document, err);
    if (r < 0)
        return r;
    json_t *statements = json_object_get(document, "Statement");
    if (!json_is_object(statements)) {
        *ret_document = cbk_json_steal(&document);
        return 0;
    }
    *ret_document = json_copy(document);
    json_object_set_new(*ret_document, "Statement", json_pack("[O]", statements));
    return 0;
}

static int policy_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *document = NULL;
    int r = read_document(env, object, &document, err);
    if (r < 0)
        return r;
    object->desired = json_pack("{s:s, s:o}", "name", cbk_json_text_or(object->declared, "name", object->key),
                                "document", cbk_policy_doc_normalise(document));
    cbk_json_set_text(object->desired, "description", cbk_json_text(object->declared, "description"));
    cbk_ram_tags_desire(object);
    return 0;
}

static const char *current_name(const struct cbk_object *object)
{
    return object->id ? object->id : cbk_object_text(object->desired, "name");
}

/* Whom RAM names as carriers of a policy: where they stand in the answer, and how they are called in the attributes. */
static const struct carrier_words {
    const char *trail, *name, *word;
} carriers[] = {
    {"Groups.Group", "GroupName", "group"},
    {"Roles.Role", "RoleName", "role"},
    {"Users.User", "UserName", "user"},
};

/* "role/R", "user/U", "group/G" for all that carry the policy. */
static int read_carriers(const struct cbk_env *env, const char *name, json_t **ret, struct cbk_error *err)
{
    CBK_JSON *entities = NULL;
    int r = cbk_ram_list_entities_for_policy(env->cloud, "Custom", name, &entities, err);
    if (r < 0)
        return r;
    CBK_JSON *texts = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(carriers); i++) {
        size_t index;
        json_t *row;
        json_array_foreach(cbk_json_at(entities, carriers[i].trail), index, row) {
            CBK_CLEANUP(cbk_string_freep)
            char *text = cbk_strf("%s/%s", carriers[i].word, cbk_json_text_or(row, carriers[i].name, "?"));
            json_array_append_new(texts, json_string(text));
        }
    }
    *ret = cbk_json_sorted_texts(texts);
    return 0;
}

static int policy_read(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *policy = NULL;
    const char *name = current_name(object);
    int r = cbk_ram_get_policy(env->cloud, "Custom", name, &policy, err);
    if (r < 0 || !policy)
        return r;
    const json_t *document = cbk_json_at(policy, "DefaultPolicyVersion.PolicyDocument");
    if (!json_is_object(document))
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the cloud's answer has no document for the policy '%s'", name);
    object->live = json_pack("{s:s, s:o}", "name", name, "document", cbk_policy_doc_normalise(document));
    cbk_json_set_text(object->live, "description", cbk_json_text(policy, "Policy.Description"));
    if (!cbk_object_may_go(object) || cbk_json_int(policy, "Policy.AttachmentCount", 1) == 0)
        return 0;
    json_t *attached_to = NULL;
    r = read_carriers(env, name, &attached_to, err);
    if (r == 0)
        json_object_set_new(object->live, "attached_to", attached_to);
    return r;
}

static int policy_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    int r = cbk_refresh_each(env, objects, count, policy_read, err);
    return r < 0 ? r : cbk_ram_tags_read(env, "policy", objects, count, err);
}

static int create_policy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *document = NULL;
    int r = read_document(env, object, &document, err);
    if (r < 0)
        return r;
    CBK_JSON *tags = cbk_ram_tags_wanted(object);
    return cbk_ram_create_policy(env->cloud, cbk_object_text(object->desired, "name"), document,
                                 cbk_object_text(object->desired, "description"), tags, NULL, err);
}

static int policy_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    static const char *const sent[] = {"name", "document", "description", NULL};
    static const struct cbk_certainty creation = {create_policy, policy_read, sent};
    int r = cbk_until_certain(env, &creation, object, err);
    if (r < 0)
        return r;
    cbk_ram_tags_settle(object, cbk_object_text(object->desired, "name"));
    return 0;
}

static int create_version(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *document = NULL;
    int r = read_document(env, object, &document, err);
    if (r < 0)
        return r;
    return cbk_ram_create_policy_version(env->cloud, cbk_object_text(object->desired, "name"), document, NULL, err);
}

static int update_document(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    static const char *const sent[] = {"document", NULL};
    static const struct cbk_certainty change = {create_version, policy_read, sent};
    if (json_equal(json_object_get(object->desired, "document"), json_object_get(object->live, "document")))
        return 0;
    return cbk_until_certain(env, &change, object, err);
}

static int update_description(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const char *description = cbk_object_text(object->desired, "description");
    if (!description || cbk_str_equal(description, cbk_object_text(object->live, "description")))
        return 0;
    return cbk_ram_update_policy_description(env->cloud, cbk_object_text(object->desired, "name"), description, err);
}

static int policy_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = update_description(env, object, err);
    if (r == 0)
        r = update_document(env, object, err);
    if (r == 0)
        r = cbk_ram_tags_change(env, "policy", object, err);
    if (r < 0)
        return r;
    cbk_ram_tags_settle(object, cbk_object_text(object->desired, "name"));
    return 0;
}

static int delete_policy(const struct cbk_env *env, void *object, struct cbk_error *err)
{
    return cbk_ram_delete_policy(env->cloud, ((struct cbk_object *)object)->id, err);
}

static int policy_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return cbk_until_propagated(env, delete_policy, object, err);
}

/* Does the plan take the policy from the role of that name? */
static bool is_freed(const struct cbk_env *env, const char *role, const char *policy)
{
    CBK_CLEANUP(cbk_string_freep) char *ref = cbk_strf("Custom/%s", policy);
    CBK_MAP_FOREACH(entry, env->objects) {
        const struct cbk_object *object = cbk_map_entry_value(entry);
        bool is_it = object->kind == &cbk_kind_role && cbk_str_equal(cbk_object_text(object->live, "name"), role);
        if (is_it && !object->heir)
            return cbk_object_may_go(object) ||
                   (object->desired && !cbk_json_array_has(json_object_get(object->desired, "policies"), ref));
    }
    return false;
}

/* RAM would refuse: better said now, with names. */
static int policy_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                        struct cbk_error *err)
{
    (void)ret_remark;
    const char *name = cbk_object_text(object->live, "name");
    CBK_STR(list);
    size_t index;
    json_t *carrier;
    json_array_foreach(json_object_get(object->live, "attached_to"), index, carrier) {
        const char *text = json_string_value(carrier), *slash = strchr(text, '/');
        if (!goes || (cbk_str_starts_with(text, "role/") && is_freed(env, slash + 1, name)))
            continue;
        cbk_str_addf(&list, "%s%.*s '%s'", list.len ? ", " : "", (int)(slash - text), text, slash + 1);
    }
    if (!list.len)
        return 0;
    (void)cbk_fail(err, CBK_E_CONFLICT, "policy '%s' cannot be deleted, since it is still attached to %s", name,
                   list.ptr);
    return cbk_error_hint(err, "detach it there, or let the stack forget it: removed: [{address: %s}]",
                          object->address);
}

static bool policy_widens(const char *attribute, const json_t *before, const json_t *after)
{
    return strcmp(attribute, "document") == 0 && cbk_policy_doc_widens(before, after);
}

static int policy_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *policies = NULL, *names = json_array();
    int r = cbk_ram_list_policies(env->cloud, "Custom", &policies, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *policy;
    json_array_foreach(policies, index, policy)
        json_array_append(names, json_object_get(policy, "PolicyName"));
    return cbk_ram_tags_enumerate(env, "policy", names, ret_items, err);
}

static json_t *policy_declare(const struct cbk_env *env, const struct cbk_map *addresses,
                              const struct cbk_object *object, const json_t *item, char **ret_remark)
{
    (void)env;
    (void)addresses;
    (void)ret_remark;
    json_t *declaration = json_pack("{s:s}", "name", object->id);
    cbk_export_set_text(declaration, "description", object->live);
    json_object_set(declaration, "document", json_object_get(object->live, "document"));
    if (json_object_size(json_object_get(item, "tags")))
        json_object_set(declaration, "tags", json_object_get(item, "tags"));
    return declaration;
}

const struct cbk_kind cbk_kind_policy = {
    .section = "policies",
    .name = "policy",
    .title = "name",
    .desire = policy_desire,
    .refresh = policy_refresh,
    .create = policy_create,
    .update = policy_update,
    .destroy = policy_destroy,
    .judge = policy_judge,
    .widens = policy_widens,
    .enumerate = policy_enumerate,
    .declare = policy_declare,
    .plan_actions = "ram:GetPolicy ram:ListTagResources ram:ListEntitiesForPolicy",
    .apply_actions = "ram:CreatePolicy ram:CreatePolicyVersion ram:DeletePolicy "
                     "ram:UpdatePolicyDescription ram:TagResources ram:UntagResources",
};
