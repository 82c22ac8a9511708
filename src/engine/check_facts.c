#include "engine/check_facts.h"

#include "base/parallel.h"
#include "cloud/hbr.h"
#include "cloud/ram.h"
#include "engine/checks.h"
#include "kinds/guest.h"
#include "kinds/policy_doc.h"

#include <string.h>

#define READS_AT_ONCE 8

const char *cbk_checker_carried_role(const struct cbk_checker *checker, const struct cbk_instance *instance)
{
    const struct cbk_object *attachment = cbk_map_get(checker->attachments, instance->id);
    return attachment ? cbk_object_text(attachment->desired, "role") : instance->role;
}

/* ---- what the stack declares ---- */

static void take_policy(struct cbk_checker *checker, struct cbk_object *object)
{
    CBK_CLEANUP(cbk_string_freep) char *policy = cbk_strf("Custom/%s", cbk_object_text(object->desired, "name"));
    json_object_set(checker->documents, policy, json_object_get(object->desired, "document"));
}

static void take_role(struct cbk_checker *checker, struct cbk_object *object)
{
    json_object_set(checker->roles, cbk_object_text(object->desired, "name"), object->desired);
}

static void take_attachment(struct cbk_checker *checker, struct cbk_object *object)
{
    cbk_map_set(checker->attachments, object->instance, object);
}

static void take_script(struct cbk_checker *checker, struct cbk_object *object)
{
    cbk_map_set(checker->scripts, object->instance, object);
}

static void count_bound(struct cbk_checker *checker, const struct cbk_object *object)
{
    const char *policy = cbk_json_text(object->declared, "policy");
    if (policy && cbk_check_concerns(object))
        json_object_set_new(checker->bound, policy,
                            json_integer(json_integer_value(json_object_get(checker->bound, policy)) + 1));
}

static const struct taker {
    const struct cbk_kind *kind;
    void (*take)(struct cbk_checker *checker, struct cbk_object *object);
} takers[] = {
    {&cbk_kind_policy, take_policy},
    {&cbk_kind_role, take_role},
    {&cbk_kind_attachment, take_attachment},
    {&cbk_kind_script, take_script},
};

static void take_declared(struct cbk_checker *checker)
{
    for (size_t i = 0; i < checker->objects->list.len; i++) {
        struct cbk_object *object = checker->objects->list.items[i];
        bool leaves = !object->desired && object->live && !object->heir;
        if (leaves && object->kind == &cbk_kind_attachment && !cbk_map_get(checker->attachments, object->instance))
            take_attachment(checker, object);
        count_bound(checker, object);
        for (size_t j = 0; object->desired && j < CBK_ARRAY_LEN(takers); j++)
            if (object->kind == takers[j].kind)
                takers[j].take(checker, object);
    }
}

/* ---- what has to be asked for, and whom it concerns ---- */

/* All that a reading needs. The readings run side by side, each with a part of the checker to fill in. */
struct reading {
    struct cbk_checker *checker;
    json_t *instances; /* object by id: whose inside matters */
    json_t *roles;     /* object by name: whose documents matter */
};

static void reading_release(struct reading *reading)
{
    json_decref(reading->instances);
    json_decref(reading->roles);
}

static void want_instance(struct reading *reading, const char *id)
{
    const struct cbk_instance *instance = cbk_env_instance(reading->checker->env, id);
    const char *role = instance ? cbk_checker_carried_role(reading->checker, instance) : NULL;
    json_object_set_new(reading->instances, id, json_array());
    if (role)
        json_object_set_new(reading->roles, role, json_true());
}

/* Answers whether there is anything to judge. */
static bool collect(struct reading *reading, const json_t *others)
{
    const struct cbk_objects *objects = reading->checker->objects;
    bool any = json_array_size(others) > 0;
    for (size_t i = 0; i < objects->list.len; i++) {
        const struct cbk_object *object = objects->list.items[i];
        if (!cbk_check_concerns(object))
            continue;
        any = true;
        if (cbk_str_equal(cbk_json_text(object->declared, "consistency.level"), "application"))
            want_instance(reading, object->instance);
    }
    for (size_t i = 0; i < json_array_size(others); i++)
        want_instance(reading, json_string_value(json_array_get(others, i)));
    return any;
}

/* ---- the readings ---- */

/* Where the scripts were read, the mounts came with them; here the other instances are asked, those that can be. */
static int read_guests(struct reading *reading, struct cbk_error *err)
{
    const struct cbk_env *env = reading->checker->env;
    CBK_JSON *wanted = json_object();
    const char *id;
    json_t *paths;
    json_object_foreach(reading->instances, id, paths) {
        const struct cbk_instance *instance = cbk_env_instance(env, id);
        if (!instance || cbk_instance_is_windows(instance) || cbk_env_guest(env, id))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *why_not = cbk_guest_why_unreachable(instance);
        if (!why_not)
            json_object_set(wanted, id, paths);
    }
    CBK_ERROR(refused);
    int r = cbk_guests_look(env, wanted, &refused);
    if (r != CBK_E_AUTH)
        return r < 0 ? cbk_error_move(err, &refused) : 0;
    json_object_foreach(wanted, id, paths) /* without the right to look, nobody knows what is there */
        json_object_set_new(env->guests, id, json_pack("{s:s}", "error", refused.message));
    return 0;
}

/* Roles that the stack does not declare, as they live. */
static int read_roles(struct reading *reading, struct cbk_error *err)
{
    struct cbk_checker *checker = reading->checker;
    size_t count = 0, room = json_object_size(reading->roles);
    struct cbk_object *roles = cbk_alloc(room, sizeof(*roles));
    struct cbk_object **list = cbk_alloc(room, sizeof(struct cbk_object *));
    const char *name;
    json_t *ignored;
    json_object_foreach(reading->roles, name, ignored) {
        if (json_object_get(checker->roles, name))
            continue;
        roles[count] = (struct cbk_object){.kind = &cbk_kind_role, .address = name, .key = name, .id = name};
        list[count] = &roles[count];
        count++;
    }
    int r = count ? cbk_kind_role.refresh(checker->env, list, count, err) : 0;
    for (size_t i = 0; i < count; i++) {
        if (r == 0 && roles[i].live)
            json_object_set(checker->roles, roles[i].id, roles[i].live);
        cbk_object_release(&roles[i]);
    }
    free((void *)list);
    free(roles);
    return r;
}

struct documents {
    struct cbk_cloud *cloud;
    const json_t *policies; /* array of "Custom/NAME" and "System/NAME" */
    json_t **found;         /* as many, each a policy with its document; NULL: there is none */
};

static int read_document(void *context, size_t index, struct cbk_error *err)
{
    const struct documents *documents = context;
    const char *policy = json_string_value(json_array_get(documents->policies, index));
    const char *slash = strchr(policy, '/');
    CBK_CLEANUP(cbk_string_freep) char *type = cbk_strndup(policy, (size_t)(slash - policy));
    int r = cbk_ram_get_policy(documents->cloud, type, slash + 1, &documents->found[index], err);
    return r < 0 ? cbk_wrap(err, "cannot read the policy '%s'", policy) : 0;
}

/* The policies that those roles carry and the stack does not declare, each once. */
static json_t *unread_policies(const struct reading *reading)
{
    CBK_JSON *policies = json_array();
    const char *name;
    json_t *ignored, *policy;
    size_t index;
    json_object_foreach(reading->roles, name, ignored) {
        const json_t *role = json_object_get(reading->checker->roles, name);
        json_array_foreach(json_object_get(role, "policies"), index, policy) {
            const char *text = json_string_value(policy);
            if (text && strchr(text, '/') && !json_object_get(reading->checker->documents, text))
                json_array_append(policies, policy);
        }
    }
    return cbk_json_sorted_texts(policies);
}

/* GetPolicy tells the default version, which is the one that counts. */
static int read_policies(struct reading *reading, struct cbk_error *err)
{
    int r = read_roles(reading, err);
    if (r < 0)
        return r;
    CBK_JSON *policies = unread_policies(reading);
    size_t count = json_array_size(policies);
    struct documents documents = {reading->checker->env->cloud, policies, cbk_alloc(count, sizeof(json_t *))};
    r = cbk_parallel(READS_AT_ONCE, count, read_document, &documents, err);
    for (size_t i = 0; i < count; i++) {
        const json_t *document = cbk_json_at(documents.found[i], "DefaultPolicyVersion.PolicyDocument");
        if (r == 0 && document)
            json_object_set_new(reading->checker->documents, json_string_value(json_array_get(policies, i)),
                                cbk_policy_doc_normalise(document));
        json_decref(documents.found[i]);
    }
    free((void *)documents.found);
    return r;
}

/* A caller who may not ask, or an answer that is not known here, leaves the matter open. */
static int read_service(struct reading *reading, struct cbk_error *err)
{
    struct cbk_checker *checker = reading->checker;
    CBK_ERROR(failure);
    bool present = false;
    int r = cbk_hbr_check_role(checker->env->cloud, "UdmRole", &present, &failure);
    if (r < 0 && !failure.cloud_code)
        return cbk_error_move(err, &failure);
    checker->service = r < 0 ? CBK_SERVICE_ROLE_UNKNOWN : present ? CBK_SERVICE_ROLE_PRESENT : CBK_SERVICE_ROLE_MISSING;
    return 0;
}

static int (*const readings[])(struct reading *reading, struct cbk_error *err) = {read_guests, read_policies,
                                                                                  read_service};

static int read_one(void *context, size_t index, struct cbk_error *err)
{
    return readings[index](context, err);
}

int cbk_checker_init(struct cbk_checker *checker, const struct cbk_env *env, const struct cbk_objects *objects,
                     const json_t *others, struct cbk_error *err)
{
    *checker = (struct cbk_checker){.env = env,
                                    .objects = objects,
                                    .attachments = cbk_map_new(),
                                    .scripts = cbk_map_new(),
                                    .roles = json_object(),
                                    .documents = json_object(),
                                    .bound = json_object()};
    take_declared(checker);
    CBK_CLEANUP(reading_release)
    struct reading reading = {.checker = checker, .instances = json_object(), .roles = json_object()};
    if (!collect(&reading, others))
        return 0;
    return cbk_parallel(CBK_ARRAY_LEN(readings), CBK_ARRAY_LEN(readings), read_one, &reading, err);
}

void cbk_checker_release(struct cbk_checker *checker)
{
    cbk_map_free(checker->attachments);
    cbk_map_free(checker->scripts);
    json_decref(checker->roles);
    json_decref(checker->documents);
    json_decref(checker->bound);
    *checker = (struct cbk_checker){0};
}
