#include "engine/checks.h"

#include "cloud/ram.h"
#include "engine/check_rows.h"
#include "kinds/policy_doc.h"

#include <string.h>

const json_t *cbk_checker_document(const struct cbk_checker *checker, const char *policy)
{
    return json_object_get(checker->documents, policy);
}

enum outcome { NOT_RUN, PASSED, FAILED, SILENT };

static void judge_row(const struct cbk_check_subject *subject, size_t row, enum outcome *outcomes, char **messages)
{
    if (outcomes[row] != NOT_RUN)
        return;
    for (size_t i = 0; cbk_check_rows[row].needs && i < cbk_check_row_count; i++) {
        if (strcmp(cbk_check_rows[i].id, cbk_check_rows[row].needs) != 0)
            continue;
        judge_row(subject, i, outcomes, messages);
        if (outcomes[i] != PASSED) {
            outcomes[row] = SILENT;
            return;
        }
    }
    messages[row] = cbk_check_rows[row].run(subject);
    outcomes[row] = messages[row] ? FAILED : PASSED;
}

static void add_finding(struct cbk_prediction *prediction, const struct cbk_check_subject *subject, const char *id,
                        bool ok, const char *message)
{
    const struct cbk_object *job = subject->job;
    json_array_append_new(prediction->findings, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "id", id, "address",
                                                          job->address, "instance", job->instance, "instance_name",
                                                          subject->instance->name, "ok", (int)ok, "message", message));
    if (!ok)
        json_array_append_new(prediction->reasons, json_string(message));
}

void cbk_check_job(const struct cbk_checker *checker, const struct cbk_object *job, struct cbk_prediction *ret)
{
    *ret = (struct cbk_prediction){.findings = json_array(), .reasons = json_array()};
    ret->level = cbk_level_parse(cbk_object_text(job->desired, "level"));
    if (ret->level < CBK_LEVEL_APPLICATION) /* a crash-consistent point needs nothing of all this */
        return;
    const char *role = cbk_json_text(job->declared, "consistency.role");
    const struct cbk_check_subject subject = {
        .checker = checker,
        .job = job,
        .instance = cbk_env_instance(checker->env, job->instance),
        .role = role ? cbk_objects_get(checker->objects, role) : NULL,
    };
    enum outcome *outcomes = cbk_alloc(cbk_check_row_count, sizeof(*outcomes));
    char **messages = cbk_alloc(cbk_check_row_count, sizeof(*messages));
    for (size_t i = 0; i < cbk_check_row_count; i++) {
        judge_row(&subject, i, outcomes, messages);
        if (outcomes[i] == SILENT)
            continue;
        add_finding(ret, &subject, cbk_check_rows[i].id, outcomes[i] == PASSED,
                    messages[i] ? messages[i] : cbk_check_rows[i].fine);
        if (outcomes[i] == FAILED && cbk_check_rows[i].falls_to < ret->level)
            ret->level = cbk_check_rows[i].falls_to;
    }
    for (size_t i = 0; i < cbk_check_row_count; i++)
        free(messages[i]);
    free((void *)messages);
    free(outcomes);
}

void cbk_prediction_release(struct cbk_prediction *prediction)
{
    json_decref(prediction->findings);
    json_decref(prediction->reasons);
    *prediction = (struct cbk_prediction){0};
}

static int read_document(struct cbk_checker *checker, const char *policy, struct cbk_error *err)
{
    const char *slash = strchr(policy, '/');
    if (!slash || cbk_checker_document(checker, policy))
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *type = cbk_strndup(policy, (size_t)(slash - policy));
    CBK_JSON *found = NULL;
    int r = cbk_ram_get_policy(checker->env->cloud, type, slash + 1, &found, err);
    if (r < 0)
        return r;
    const json_t *document = cbk_json_at(found, "DefaultPolicyVersion.PolicyDocument");
    if (document)
        json_object_set_new(checker->documents, policy, cbk_policy_doc_normalise(document));
    return 0;
}

/* The policies of the roles that jobs name and the stack does not declare. */
static int read_documents(struct cbk_checker *checker, struct cbk_error *err)
{
    for (size_t i = 0; i < checker->objects->list.len; i++) {
        const struct cbk_object *object = checker->objects->list.items[i];
        if (object->kind != &cbk_kind_role || !object->desired)
            continue;
        size_t index;
        json_t *policy;
        json_array_foreach(json_object_get(object->desired, "policies"), index, policy) {
            int r = read_document(checker, json_string_value(policy), err);
            if (r < 0)
                return cbk_wrap(err, "cannot read the policy '%s' of %s", json_string_value(policy), object->address);
        }
    }
    return 0;
}

int cbk_checker_init(struct cbk_checker *checker, const struct cbk_env *env, const struct cbk_objects *objects,
                     struct cbk_error *err)
{
    *checker = (struct cbk_checker){.env = env,
                                    .objects = objects,
                                    .attachments = cbk_map_new(),
                                    .scripts = cbk_map_new(),
                                    .documents = json_object()};
    bool any_job = false;
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        any_job = any_job || (object->kind == &cbk_kind_snapshot_job && object->desired);
        bool leaves = !object->desired && object->live && !object->heir;
        if (leaves && object->kind == &cbk_kind_attachment && !cbk_map_get(checker->attachments, object->instance))
            cbk_map_set(checker->attachments, object->instance, object);
        if (!object->desired)
            continue;
        if (object->kind == &cbk_kind_policy) {
            CBK_CLEANUP(cbk_string_freep)
            char *policy = cbk_strf("Custom/%s", cbk_object_text(object->desired, "name"));
            json_object_set(checker->documents, policy, json_object_get(object->desired, "document"));
        }
        if (object->kind == &cbk_kind_attachment)
            cbk_map_set(checker->attachments, object->instance, object);
        if (object->kind == &cbk_kind_script)
            cbk_map_set(checker->scripts, object->instance, object);
    }
    return any_job ? read_documents(checker, err) : 0;
}

void cbk_checker_release(struct cbk_checker *checker)
{
    cbk_map_free(checker->attachments);
    cbk_map_free(checker->scripts);
    json_decref(checker->documents);
    *checker = (struct cbk_checker){0};
}
