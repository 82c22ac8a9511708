/* Cloud Assistant: errands that agents run on instances, sent off in batches and waited for. */
#include "cloud/ecs.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/time.h"
#include "cloud/batches.h"
#include "cloud/retry.h"
#include "cloud/session.h"

#include <string.h>

#define BATCH 50
#define RESULTS_PAGE 50
#define FILE_LIMIT 32768    /* of Content after Base64 */
#define COMMAND_LIMIT 24576 /* of CommandContent after Base64, when it is not kept */
#define SHORTEST_TIMEOUT_S 10

/* How an errand ended, by InvocationStatus. What is not listed is still under way, unknown words too. */
static const struct {
    const char *status;
    bool ok;
} ends[] = {
    {"Success", true},  {"Failed", false},  {"Error", false},     {"Timeout", false},
    {"Invalid", false}, {"Aborted", false}, {"Cancelled", false}, {"Terminated", false},
};

/* A kind of errand: its two actions and how to read the results. */
struct kind {
    const char *send;
    const char *look;
    const char *look_trail;
    const char *rows; /* where the rows of instances stand in an item of the trail; NULL: the items are the rows */
    bool has_output;
};

static const struct kind files = {"SendFile", "DescribeSendFileResults", "Invocations.Invocation",
                                  "InvokeInstances.InvokeInstance", false};
static const struct kind commands = {"RunCommand", "DescribeInvocationResults",
                                     "Invocation.InvocationResults.InvocationResult", NULL, true};

struct errand {
    struct cbk_cloud *cloud;
    const struct kind *kind;
    const json_t *params;
    const char *token;
    int64_t timeout_ms;
};

static const bool *end_of(const json_t *row)
{
    const char *status = cbk_json_text(row, "InvocationStatus");
    for (size_t i = 0; i < CBK_ARRAY_LEN(ends); i++)
        if (cbk_str_equal(status, ends[i].status))
            return &ends[i].ok;
    return NULL;
}

static int send_off(const struct errand *errand, size_t batch, const json_t *ids, json_t **ret_invoke_id,
                    struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *token = cbk_strf("%s-%zu", errand->token, batch);
    CBK_JSON *params = json_copy((json_t *)errand->params);
    json_object_set(params, "InstanceId", (json_t *)ids);
    json_object_set_new(params, "ClientToken", json_string(token));
    CBK_JSON *answer = NULL;
    int r = cbk_cloud_call(errand->cloud, CBK_ECS, errand->kind->send, CBK_CALL_IDEMPOTENT, params, &answer, err);
    if (r < 0)
        return r;
    json_t *invoke_id = json_object_get(answer, "InvokeId");
    if (!json_is_string(invoke_id))
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s has no InvokeId", errand->kind->send);
    *ret_invoke_id = json_incref(invoke_id);
    return 0;
}

/* The rows that there are by now, one an instance. */
static int look(const struct errand *errand, json_t *invoke_id, json_t **ret_rows, struct cbk_error *err)
{
    const struct kind *kind = errand->kind;
    CBK_JSON *params =
        json_pack("{s:O, s:s?}", "InvokeId", invoke_id, "ContentEncoding", kind->has_output ? "PlainText" : NULL);
    CBK_JSON *items = NULL;
    CBK_ERROR(failure);
    int r = cbk_cloud_list(errand->cloud, CBK_ECS, kind->look, CBK_PAGE_TOKEN, RESULTS_PAGE, params, kind->look_trail,
                           &items, &failure);
    if (r == CBK_E_NOT_FOUND) /* sent off a moment ago, and not known everywhere yet */
        items = json_array();
    else if (r < 0)
        return cbk_error_move(err, &failure);
    if (!kind->rows) {
        *ret_rows = cbk_json_steal(&items);
        return 0;
    }
    CBK_JSON *rows = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
        json_array_extend(rows, cbk_json_at(item, kind->rows));
    *ret_rows = cbk_json_steal(&rows);
    return 0;
}

static const json_t *row_of(const json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row)
        if (cbk_str_equal(cbk_json_text(row, "InstanceId"), id))
            return row;
    return NULL;
}

static bool all_ended(const json_t *rows, const json_t *ids)
{
    size_t i;
    json_t *id;
    json_array_foreach((json_t *)ids, i, id)
        if (!end_of(row_of(rows, json_string_value(id))))
            return false;
    return true;
}

/* Looks until all have ended or time is up; *ret_rows is what was seen last. */
static int wait_for_ends(const struct errand *errand, json_t *invoke_id, const json_t *ids, json_t **ret_rows,
                         struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + errand->timeout_ms;
    for (unsigned looks = 0;; looks++) {
        CBK_JSON *rows = NULL;
        int r = look(errand, invoke_id, &rows, err);
        if (r < 0)
            return r;
        int64_t left = deadline - cbk_time_monotonic_ms();
        if (all_ended(rows, ids) || left <= 0) {
            *ret_rows = cbk_json_steal(&rows);
            return 0;
        }
        int64_t delay = cbk_poll_delay(looks, cbk_retry_random());
        r = cbk_cloud_sleep(errand->cloud, delay < left ? delay : left, err);
        if (r < 0)
            return r;
    }
}

static json_t *result_of(const struct kind *kind, const json_t *row, json_t *id)
{
    const bool *end = end_of(row);
    const json_t *exit_code = json_object_get(row, "ExitCode");
    bool clean = !kind->has_output || (json_is_integer(exit_code) && json_integer_value(exit_code) == 0);
    const char *error_code = cbk_json_text_or(row, "ErrorCode", "");
    const char *error_info = cbk_json_text_or(row, "ErrorInfo", "");
    json_t *result = json_pack("{s:O, s:b, s:s, s:s}", "instance_id", id, "ok", end && *end && clean, "error_code",
                               end ? error_code : "Timeout", "error_info",
                               end ? error_info : "the instance had not finished in time");
    if (!kind->has_output)
        return result;
    json_object_set(result, "exit_code", json_is_integer(exit_code) ? (json_t *)exit_code : json_null());
    cbk_json_set_text(result, "output", cbk_json_text_or(row, "Output", ""));
    json_object_set_new(result, "dropped", json_integer(cbk_json_int(row, "Dropped", 0)));
    return result;
}

static int run_batch(void *context, size_t batch, const json_t *ids, json_t *results, struct cbk_error *err)
{
    const struct errand *errand = context;
    CBK_JSON *invoke_id = NULL;
    CBK_JSON *rows = NULL;
    int r = send_off(errand, batch, ids, &invoke_id, err);
    if (r < 0)
        return r;
    r = wait_for_ends(errand, invoke_id, ids, &rows, err);
    if (r < 0)
        return cbk_wrap(err, "waiting for %s '%s'", errand->kind->send, json_string_value(invoke_id));
    size_t i;
    json_t *id;
    json_array_foreach((json_t *)ids, i, id)
        json_array_append_new(results, result_of(errand->kind, row_of(rows, json_string_value(id)), id));
    return 0;
}

static int run(struct errand *errand, const char *token, const json_t *ids, json_t **ret_results, struct cbk_error *err)
{
    CBK_STR(fresh);
    cbk_uuid_add(&fresh);
    errand->token = token ? token : fresh.ptr;
    return cbk_batches_run(errand->cloud, ids, BATCH, run_batch, errand, ret_results, err);
}

/* The content in Base64, or CBK_E_LIMIT when that is longer than the API takes. */
static int encode(const char *what, const char *bytes, size_t len, size_t limit, struct cbk_str *out,
                  struct cbk_error *err)
{
    if (len > limit / 4 * 3)
        return cbk_fail(err, CBK_E_LIMIT, "%s has %zu bytes, and Cloud Assistant takes %zu", what, len, limit / 4 * 3);
    cbk_base64_add(out, bytes, len);
    return 0;
}

int cbk_ecs_send_file(struct cbk_cloud *cloud, const struct cbk_ecs_file *file, const json_t *ids, int64_t timeout_ms,
                      json_t **ret_results, struct cbk_error *err)
{
    const char *slash = strrchr(file->path, '/');
    if (!slash || file->path[0] != '/' || !slash[1])
        return cbk_fail(err, CBK_E_USAGE, "'%s' is not the absolute path of a file", file->path);
    CBK_CLEANUP(cbk_string_freep) char *dir = slash == file->path ? cbk_strdup("/") : cbk_path_dir(file->path);
    CBK_STR(content);
    int r = encode(file->path, file->content, file->content_len, FILE_LIMIT, &content, err);
    if (r < 0)
        return r;
    int64_t timeout_s = timeout_ms / 1000 > SHORTEST_TIMEOUT_S ? timeout_ms / 1000 : SHORTEST_TIMEOUT_S;
    CBK_JSON *params =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "TargetDir", dir, "Name", slash + 1, "ContentType",
                  "Base64", "Content", content.ptr, "FileMode", file->mode, "FileOwner", file->owner, "FileGroup",
                  file->group, "Overwrite", 1, "Timeout", (json_int_t)timeout_s);
    struct errand errand = {.cloud = cloud, .kind = &files, .params = params, .timeout_ms = timeout_ms};
    return run(&errand, file->client_token, ids, ret_results, err);
}

int cbk_ecs_run_command(struct cbk_cloud *cloud, const struct cbk_ecs_command *command, const json_t *ids,
                        int64_t timeout_ms, json_t **ret_results, struct cbk_error *err)
{
    CBK_STR(content);
    int r = encode("the command", command->content, strlen(command->content), COMMAND_LIMIT, &content, err);
    if (r < 0)
        return r;
    CBK_JSON *params = json_pack("{s:s, s:s, s:s, s:s?, s:b, s:I}", "Type", "RunShellScript", "ContentEncoding",
                                 "Base64", "CommandContent", content.ptr, "Name", command->name, "KeepCommand", 0,
                                 "Timeout", (json_int_t)(command->timeout_s ? command->timeout_s : 60));
    struct errand errand = {.cloud = cloud, .kind = &commands, .params = params, .timeout_ms = timeout_ms};
    return run(&errand, command->client_token, ids, ret_results, err);
}
