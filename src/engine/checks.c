#include "engine/checks.h"

#include "engine/check_rows.h"

#include <string.h>

bool cbk_check_concerns(const struct cbk_object *object)
{
    return object->instance && object->desired && json_is_object(json_object_get(object->declared, "consistency")) &&
           !cbk_json_bool(object->declared, "disabled", false);
}

enum cbk_level cbk_check_requirement(const struct cbk_object *object)
{
    const char *level = cbk_json_text_or(object->desired, "level", "application");
    return cbk_level_parse(cbk_json_text_or(object->declared, "require", level));
}

/* ---- one subject ---- */

enum outcome { NOT_RUN, PASSED, FAILED, SILENT };

struct judgement {
    enum outcome outcome;
    char *message; /* of what failed; owned */
    enum cbk_level falls_to;
};

static void judge_row(const struct cbk_check_subject *subject, size_t index, struct judgement *judgements)
{
    const struct cbk_check_row *row = &cbk_check_rows[index];
    struct judgement *mine = &judgements[index];
    if (mine->outcome != NOT_RUN)
        return;
    mine->outcome = SILENT;
    if (subject->order.level < row->least || (row->concerns && !row->concerns(subject)))
        return;
    for (size_t i = 0; row->needs && i < cbk_check_row_count; i++) {
        if (strcmp(cbk_check_rows[i].id, row->needs) != 0)
            continue;
        judge_row(subject, i, judgements);
        if (judgements[i].outcome != PASSED)
            return;
    }
    mine->falls_to = row->falls_to;
    mine->message = row->run(subject, &mine->falls_to);
    bool lowers = mine->message && mine->falls_to < subject->order.level;
    mine->outcome = lowers ? FAILED : PASSED; /* with a message: passed, and worth a look */
}

/* Whom the findings are about. They share it: there are a dozen for each instance. */
static json_t *who_of(const struct cbk_check_subject *subject)
{
    return json_pack("{s:s?, s:s, s:s}", "address", subject->object ? subject->object->address : NULL, "instance",
                     subject->instance->id, "instance_name", subject->instance->name);
}

static json_t *finding_of(json_t *who, const struct cbk_check_row *row, const struct judgement *judgement)
{
    json_t *finding = json_pack("{s:s, s:b, s:s}", "id", row->id, "ok", (int)(judgement->message == NULL), "message",
                                judgement->message ? judgement->message : row->fine);
    json_object_update(finding, who);
    if (judgement->message) {
        cbk_json_set_text(finding, "severity", judgement->outcome == FAILED ? "error" : "warning");
        cbk_json_set_text(finding, "hint", row->hint);
    }
    return finding;
}

static void judge(const struct cbk_check_subject *subject, struct cbk_prediction *ret)
{
    CBK_JSON *who = who_of(subject);
    *ret = (struct cbk_prediction){.level = subject->order.level, .findings = json_array(), .reasons = json_array()};
    struct judgement *judgements = cbk_alloc(cbk_check_row_count, sizeof(*judgements));
    for (size_t i = 0; i < cbk_check_row_count; i++) {
        judge_row(subject, i, judgements);
        const struct judgement *judgement = &judgements[i];
        if (judgement->outcome == SILENT)
            continue;
        json_array_append_new(ret->findings, finding_of(who, &cbk_check_rows[i], judgement));
        if (judgement->outcome != FAILED)
            continue;
        json_array_append_new(ret->reasons, json_string(judgement->message));
        if (judgement->falls_to < ret->level)
            ret->level = judgement->falls_to;
    }
    for (size_t i = 0; i < cbk_check_row_count; i++)
        free(judgements[i].message);
    free(judgements);
}

/* ---- what is asked for ---- */

/* The attributes of cbk_consistency_desire. */
static struct cbk_check_order order_of(const struct cbk_object *object)
{
    const json_t *desired = object->desired;
    return (struct cbk_check_order){
        .level = cbk_level_parse(cbk_json_text(desired, "level")),
        .role = cbk_json_text(desired, "role"),
        .pre_freeze = cbk_json_text(desired, "pre_freeze"),
        .post_thaw = cbk_json_text(desired, "post_thaw"),
        .fs_freeze = cbk_json_bool(desired, "fs_freeze", true),
        .writers = cbk_json_bool(desired, "writers", true),
        .group = cbk_json_bool(desired, "group", false),
        .disks = json_object_get(object->declared, "disks"),
    };
}

void cbk_check_object(const struct cbk_checker *checker, const struct cbk_object *object, struct cbk_prediction *ret)
{
    const struct cbk_check_subject subject = {
        .checker = checker,
        .object = object,
        .instance = cbk_env_instance(checker->env, object->instance),
        .order = order_of(object),
    };
    judge(&subject, ret);
}

void cbk_check_instance(const struct cbk_checker *checker, const struct cbk_instance *instance,
                        struct cbk_prediction *ret)
{
    const struct cbk_check_subject subject = {
        .checker = checker,
        .instance = instance,
        .order = {.level = CBK_LEVEL_APPLICATION, .fs_freeze = true, .writers = true},
    };
    judge(&subject, ret);
}

void cbk_prediction_release(struct cbk_prediction *prediction)
{
    json_decref(prediction->findings);
    json_decref(prediction->reasons);
    *prediction = (struct cbk_prediction){0};
}
