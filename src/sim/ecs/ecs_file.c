/* Files through Cloud Assistant: SendFile and DescribeSendFileResults. */
#include "base/digest.h"
#include "sim/ecs/guest_file.h"
#include "sim/front/token.h"
#include "sim/guest/assistant.h"
#include "sim/guest/disk_tree.h"
#include "sim/real/guests.h"

#include <string.h>

enum { MOST_CONTENT = 32 * 1024 };

/* ---- sending ---- */

static void write_to(struct sim_world *world, const json_t *task, json_t *target)
{
    const char *id = cbk_json_text_or(target, "instance_id", "");
    json_t *instance = sim_world_find(world, SIM_INSTANCES, id);
    struct sim_guest *guest = sim_guests_find(world->guests, id);
    sim_set_int(target, "started", sim_world_now(world));
    const char *trouble = sim_assistant_trouble(instance);
    if (trouble) {
        sim_assistant_end(world, target, trouble, "The Cloud Assistant of the instance cannot be reached.");
        return;
    }
    if (guest) {
        sim_guest_file_start(world, guest, task, id);
        return;
    }
    CBK_CLEANUP(cbk_string_freep)
    char *path = sim_path_resolve(cbk_json_text_or(task, "directory", "/"), cbk_json_text_or(task, "name", ""));
    enum sim_node kind = sim_tree_kind(instance, path);
    if (kind == SIM_NODE_DIRECTORY || (kind == SIM_NODE_FILE && !cbk_json_bool(task, "overwrite", false))) {
        sim_assistant_end(world, target, kind == SIM_NODE_FILE ? "FileAlreadyExists" : "FileCreateFail",
                          "The file exists already.");
        return;
    }
    CBK_STR(bytes);
    const char *encoded = cbk_json_text_or(task, "base64", "");
    (void)cbk_base64_decode(encoded, strlen(encoded), &bytes);
    json_t *file = sim_tree_write(instance, path, bytes.ptr, bytes.len, sim_world_now(world));
    CBK_CLEANUP(cbk_string_freep)
    char *owner = cbk_strf("%s:%s", cbk_json_text_or(task, "owner", "root"), cbk_json_text_or(task, "group", "root"));
    sim_set_text(file, "mode", cbk_json_text_or(task, "mode", "0644"));
    sim_set_text(file, "owner", owner);
    sim_assistant_end(world, target, NULL, "");
}

void sim_sent_file_step(struct sim_world *world, const char *id)
{
    size_t index;
    json_t *target;
    json_t *task = sim_world_find(world, SIM_SENT_FILES, id);
    json_array_foreach(json_object_get(task, "targets"), index, target)
        if (cbk_str_equal(cbk_json_text(target, "status"), "Running"))
            write_to(world, task, target);
    if (task)
        sim_assistant_summarize(task);
}

/* The content as Base64, whatever it came as; adds to `out`. */
static int read_content(struct sim_call *call, struct cbk_str *out)
{
    const char *content = sim_text(call, "Content");
    CBK_STR(bytes);
    if (!cbk_str_equal(sim_text(call, "ContentType"), "Base64"))
        cbk_base64_add(out, content, strlen(content));
    else if (cbk_base64_decode(content, strlen(content), &bytes))
        cbk_str_add(out, content);
    else
        return sim_fail(call, "FileContent.DecodeError", "The specified file content cannot be decoded.");
    if (out->len > MOST_CONTENT)
        return sim_fail(call, "FileSize.ExceedLimit", "The specified file exceeds the limit of 32 KB after Base64.");
    return 0;
}

static int check_place(struct sim_call *call)
{
    const char *mode = sim_text(call, "FileMode"), *name = sim_text(call, "Name");
    if (mode && (strlen(mode) > 4 || strspn(mode, "01234567") != strlen(mode)))
        return sim_fail(call, "FileMode.Invalid", "The specified file mode is not valid.");
    if (strchr(name, '/'))
        return sim_fail(call, "FileName.ExceedLimit", "The specified file name is not valid."); /* no better code (U) */
    if (*sim_text(call, "TargetDir") != '/' && sim_text(call, "TargetDir")[1] != ':')
        return sim_fail(call, "FileTargetDir.Invalid", "The specified target directory is not valid.");
    return 0;
}

static const char *text_or(const struct sim_call *call, const char *name, const char *otherwise)
{
    const char *text = sim_text(call, name);
    return text && *text ? text : otherwise;
}

static int send_file(struct sim_call *call)
{
    const char *known = NULL;
    CBK_JSON *tags = NULL;
    CBK_STR(content);
    int r = sim_token_look(call, &known);
    if (r == 0 && known) {
        sim_give_text(call, "InvokeId", known);
        return 0;
    }
    if (r == 0)
        r = sim_ecs_read_tags(call, &tags);
    if (r == 0)
        r = check_place(call);
    if (r == 0)
        r = read_content(call, &content);
    if (r < 0)
        return r;
    CBK_JSON *targets = sim_assistant_targets(call, SIM_ASSISTANT_MOST_INSTANCES);
    if (!targets)
        return -1;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "f-hz");
    json_t *task = json_pack(
        "{ss sO sO ss ss ss ss ss ss ss sb sI ss}", "id", id, "targets", targets, "tags", tags, "base64", content.ptr,
        "name", sim_text(call, "Name"), "directory", sim_text(call, "TargetDir"), "mode",
        text_or(call, "FileMode", "0644"), "owner", text_or(call, "FileOwner", "root"), "group",
        text_or(call, "FileGroup", "root"), "description", text_or(call, "Description", ""), "overwrite",
        sim_bool(call, "Overwrite", false), "created", (json_int_t)sim_world_now(call->world), "status", "Running");
    sim_world_add(call->world, SIM_SENT_FILES, task);
    sim_timer_set(call->world, SIM_TIMER_SENT_FILE, id, SIM_ASSISTANT_MS);
    sim_token_keep(call, id);
    sim_give_text(call, "InvokeId", id);
    return 0;
}

/* ---- results ---- */

static const struct sim_match matches[] = {
    {"InvokeId", "id", SIM_SAME, NULL, NULL},
    {"Name", "name", SIM_GLOB, NULL, NULL},
    {"InvocationStatus", "status", SIM_SAME, NULL, NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},
    {0},
};

static json_t *wanted_targets(const struct sim_call *call, const json_t *task)
{
    size_t index;
    json_t *target;
    const char *instance = sim_text(call, "InstanceId");
    json_t *list = json_array();
    json_array_foreach(json_object_get(task, "targets"), index, target)
        if (!instance || !*instance || cbk_str_equal(cbk_json_text(target, "instance_id"), instance))
            json_array_append(list, target);
    return list;
}

static int describe_results(struct sim_call *call)
{
    static const struct sim_page_rule rule = {
        .into = "Invocation", .fallback = 10, .most = 50, .bad_page = "InvalidParam.PageSize"};
    const char *id = sim_text(call, "InvokeId");
    json_t *named = id && *id ? sim_find(call, SIM_SENT_FILES, id) : NULL;
    CBK_JSON *list = !id || !*id ? json_incref(sim_list(call, SIM_SENT_FILES))
                     : named     ? json_pack("[O]", named)
                                 : json_array();
    CBK_JSON *rows = json_array();
    for (size_t index = json_array_size(list); index-- > 0;) { /* the newest first */
        json_t *task = json_array_get(list, index);
        CBK_JSON *targets = wanted_targets(call, task);
        if (!json_array_size(targets) || !sim_matches(call, task, matches))
            continue;
        json_t *view = json_copy(task);
        json_object_set(view, "targets", targets);
        sim_set_int(view, "count", (int64_t)json_array_size(targets));
        json_array_append_new(rows, view);
    }
    return sim_page(call, &rule, rows, NULL, NULL);
}

static const struct sim_param send_file_params[] = {
    SIM_ECS_REGION,
    {.name = "Name", .type = SIM_TEXT, .required = true, .max = 255, .code = "FileName.ExceedLimit"},
    {.name = "Content", .type = SIM_TEXT, .required = true},
    {.name = "TargetDir", .type = SIM_TEXT, .required = true, .max = 255, .code = "FileTargetDir.Invalid"},
    {.name = "InstanceId", .type = SIM_LIST, .required = true, .missing = "MissingParam.InstanceId"},
    {.name = "ContentType", .type = SIM_TEXT, .one_of = "PlainText|Base64", .code = "FileContentType.Invalid"},
    {.name = "FileOwner", .type = SIM_TEXT, .max = 64, .code = "InvalidParameter.FileOwner"},
    {.name = "FileGroup", .type = SIM_TEXT, .max = 64, .code = "InvalidParameter.FileGroup"},
    {.name = "FileMode", .type = SIM_TEXT},
    {.name = "Overwrite", .type = SIM_BOOL},
    {.name = "Description", .type = SIM_TEXT, .max = 512, .code = "FileDesc.ExceedLimit"},
    {.name = "Timeout", .type = SIM_INT, .min = 10, .code = "InvalidTimeout.ExceedLimit"},
    {.name = "ClientToken", .type = SIM_TEXT, .max = 64},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param describe_results_params[] = {
    SIM_ECS_REGION,
    {.name = "InvokeId", .type = SIM_TEXT},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "Name", .type = SIM_TEXT},
    {.name = "InvocationStatus", .type = SIM_TEXT},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    SIM_ECS_PAGES,
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "SendFile",
     .params = send_file_params,
     .handler = send_file,
     .mutating = true,
     .answer = "RequestId InvokeId"},
    {.service = SIM_ECS,
     .name = "DescribeSendFileResults",
     .params = describe_results_params,
     .handler = describe_results,
     .answer = SIM_ECS_PAGED
     " Invocations{Invocation[Content=base64 ContentType~Base64 CreationTime=created:t Description=description "
     "FileGroup=group FileMode=mode FileOwner=owner InvocationStatus=status InvokeId=id "
     "InvokeInstances{InvokeInstance=targets[CreationTime=created:t ErrorCode=error_code ErrorInfo=error_info "
     "FinishTime=finished:t InstanceId=instance_id InvocationStatus=status StartTime=started:t "
     "UpdateTime=finished:t]} Name=name Overwrite=overwrite " SIM_ECS_TAGS " TargetDir=directory VmCount=count:i]}"},
};
SIM_ACTIONS(sim_ecs_files);
