/*
 * The role of an instance. The calls answer item by item, may fail for some, and may answer nothing at all though they
 * worked; so the truth is what DescribeInstanceRamRole says afterwards about those that were not plainly done.
 */
#include "cloud/ecs.h"

#include "cloud/batches.h"

#define BATCH 100
#define TRIES 3 /* of a call whose answer is lost */

struct action {
    const char *name;
    const char *results;
    bool attaches;
};

static const struct action attach = {"AttachInstanceRamRole",
                                     "AttachInstanceRamRoleResults.AttachInstanceRamRoleResult", true};
static const struct action detach = {"DetachInstanceRamRole",
                                     "DetachInstanceRamRoleResults.DetachInstanceRamRoleResult", false};

struct errand {
    struct cbk_cloud *cloud;
    const struct action *action;
    const char *role;
};

/* What of `ids` is not yet as asked. */
static int read_back(const struct errand *errand, const json_t *ids, json_t **ret_pending, struct cbk_error *err)
{
    CBK_JSON *rows = NULL;
    int r = cbk_ecs_list_instance_roles(errand->cloud, ids, NULL, &rows, err);
    if (r < 0)
        return r;
    CBK_JSON *carriers = json_array();
    size_t i;
    json_t *row, *id;
    json_array_foreach(rows, i, row)
        if (cbk_str_equal(cbk_json_text(row, "RamRoleName"), errand->role))
            json_array_append(carriers, json_object_get(row, "InstanceId"));
    CBK_JSON *pending = json_array();
    json_array_foreach((json_t *)ids, i, id)
        if (cbk_json_array_has(carriers, json_string_value(id)) != errand->action->attaches)
            json_array_append(pending, id);
    *ret_pending = cbk_json_steal(&pending);
    return 0;
}

static int call(const struct errand *errand, const json_t *ids, json_t **ret_answer, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:o}", "RamRoleName", errand->role, "InstanceIds",
                                 cbk_params_json(json_incref((json_t *)ids)));
    return cbk_cloud_call(errand->cloud, CBK_ECS, errand->action->name, 0, params, ret_answer, err);
}

static const json_t *result_of(const struct errand *errand, const json_t *answer, const char *id)
{
    size_t i;
    json_t *result;
    json_array_foreach(cbk_json_at(answer, errand->action->results), i, result)
        if (cbk_str_equal(cbk_json_text(result, "InstanceId"), id))
            return result;
    return NULL;
}

static bool is_done(const json_t *result)
{
    const json_t *code = json_object_get(result, "Code");
    bool fine = json_integer_value(code) == 200 || cbk_str_equal(json_string_value(code), "200");
    return fine || (!code && cbk_json_bool(result, "Success", false));
}

/* Adds {instance_id, code, message} for each that the call named as failed and that is not as asked. */
static void add_failures(const struct errand *errand, const json_t *answer, const json_t *pending, json_t *failures)
{
    size_t i;
    json_t *id;
    json_array_foreach((json_t *)pending, i, id) {
        const json_t *result = result_of(errand, answer, json_string_value(id));
        json_array_append_new(failures,
                              json_pack("{s:O, s:O?, s:s}", "instance_id", id, "code", json_object_get(result, "Code"),
                                        "message", cbk_json_text_or(result, "Message", "the cloud gave no reason")));
    }
}

static int change_batch(void *context, size_t batch, const json_t *ids, json_t *failures, struct cbk_error *err)
{
    const struct errand *errand = context;
    (void)batch;
    CBK_JSON *pending = json_incref((json_t *)ids);
    for (int tries = 1;; tries++) {
        CBK_JSON *answer = NULL;
        CBK_ERROR(failure);
        int r = call(errand, pending, &answer, &failure);
        if (r < 0 && r != CBK_E_AMBIGUOUS)
            return cbk_error_move(err, &failure);

        CBK_JSON *unsure = json_array();
        size_t i;
        json_t *id;
        json_array_foreach(pending, i, id)
            if (!is_done(result_of(errand, answer, json_string_value(id))))
                json_array_append(unsure, id);
        cbk_json_decrefp(&pending);
        int read = read_back(errand, unsure, &pending, err);
        if (read < 0 && read != CBK_E_INTERRUPTED)
            err->code =
                CBK_E_AMBIGUOUS; /* the call was sent, and what it did is not known: not what the reading says */
        if (read < 0)
            return err->code;
        if (json_array_size(pending) == 0)
            return 0;
        if (r == 0) {
            add_failures(errand, answer, pending, failures);
            return 0;
        }
        if (tries == TRIES)
            return cbk_error_move(err, &failure);
    }
}

/* The cloud's code of an item, which may be a number. */
static char *code_text(const json_t *failure)
{
    const json_t *code = json_object_get(failure, "code");
    if (json_is_integer(code))
        return cbk_strf("%" JSON_INTEGER_FORMAT, json_integer_value(code));
    return cbk_strdup(json_is_string(code) ? json_string_value(code) : "no code");
}

static int report(const struct errand *errand, const json_t *failures, struct cbk_error *err)
{
    size_t i;
    json_t *failure;
    json_array_foreach((json_t *)failures, i, failure) {
        CBK_CLEANUP(cbk_string_freep) char *code = code_text(failure);
        const char *id = cbk_json_text(failure, "instance_id"), *message = cbk_json_text(failure, "message");
        if (i > 0) {
            cbk_error_note(err, (struct cbk_span){0}, "and for instance '%s': %s (%s)", id, message, code);
            continue;
        }
        int class = cbk_cloud_classify(200, code);
        (void)cbk_fail(err, (enum cbk_error_code) class, "%s failed for instance '%s': %s (%s)", errand->action->name,
                       id, message, code);
        err->cloud_code = cbk_strdup(code);
    }
    return err->code;
}

static int change_role(const struct errand *errand, const json_t *ids, struct cbk_error *err)
{
    CBK_JSON *failures = NULL;
    int r = cbk_batches_run(errand->cloud, ids, BATCH, change_batch, (void *)errand, &failures, err);
    if (r < 0 || json_array_size(failures) == 0)
        return r;
    return report(errand, failures, err);
}

int cbk_ecs_attach_role(struct cbk_cloud *cloud, const char *role, const json_t *ids, struct cbk_error *err)
{
    const struct errand errand = {cloud, &attach, role};
    return change_role(&errand, ids, err);
}

/* Whether the API heeds the role's name when it detaches is unverified, so another role is never put at risk: only
 * instances that carry this one are named. */
int cbk_ecs_detach_role(struct cbk_cloud *cloud, const char *role, const json_t *ids, struct cbk_error *err)
{
    const struct errand errand = {cloud, &detach, role};
    CBK_JSON *carriers = NULL;
    int r = read_back(&errand, ids, &carriers, err);
    return r < 0 ? r : change_role(&errand, carriers, err);
}
