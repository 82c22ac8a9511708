#include "kinds/guest.h"

#include "base/parallel.h"
#include "cloud/ecs.h"
#include "kinds/guest_mount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_TIMEOUT_S 60
#define WAIT_MS ((int64_t)120 * 1000)
#define GROUPS_AT_ONCE 8

static void add_quoted_paths(struct cbk_str *command, const json_t *paths)
{
    size_t index;
    json_t *path;
    json_array_foreach((json_t *)paths, index, path)
        cbk_str_addf(command, " '%s'", json_string_value(path)); /* the schema allows no quote in a path */
}

static int run(struct cbk_cloud *cloud, const char *content, const char *name, const json_t *ids, json_t **ret_results,
               struct cbk_error *err)
{
    struct cbk_ecs_command command = {.content = content, .name = name, .timeout_s = COMMAND_TIMEOUT_S};
    return cbk_ecs_run_command(cloud, &command, ids, WAIT_MS, ret_results, err);
}

static char *take_line(char **at)
{
    if (!*at || !**at)
        return NULL;
    char *line = *at, *end = strchr(line, '\n');
    if (end) {
        *end = '\0';
        *at = end + 1;
    } else {
        *at = NULL;
    }
    return line;
}

/* "700 0 0 regular file|/tmp/prescript.sh", as stat was told to write. */
static void take_stat_line(char *line, json_t *files)
{
    char *path = strchr(line, '|');
    if (!path)
        return;
    *path++ = '\0';
    char *rest = NULL;
    unsigned long mode = strtoul(line, &rest, 8);
    unsigned long owner = strtoul(rest, &rest, 10);
    CBK_CLEANUP(cbk_string_freep) char *mode_text = cbk_strf("%04lo", mode);
    CBK_CLEANUP(cbk_string_freep) char *owner_text = owner ? cbk_strf("uid %lu", owner) : cbk_strdup("root");
    json_object_set_new(files, path,
                        json_pack("{s:s, s:s, s:s}", "path", path, "mode", mode_text, "owner", owner_text));
}

/* "<64 hex digits>  /tmp/prescript.sh", as sha256sum writes. */
static void take_sum_line(char *line, json_t *files)
{
    if (strspn(line, "0123456789abcdef") != 64 || strncmp(line + 64, "  ", 2) != 0)
        return;
    json_t *file = json_object_get(files, line + 66);
    line[64] = '\0';
    if (file)
        json_object_set_new(file, "sha256", json_string(line));
}

/* Between the files and the mounts in the output of the command that looks. */
#define MOUNTS_MARK "mounts:"
#define NO_MOUNTS_MARK "no mounts"

static json_t *read_output(const char *output)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strdup(output);
    CBK_JSON *files = json_object(), *mounts = NULL;
    bool is_known = true;
    char *at = text;
    for (char *line = take_line(&at); line; line = take_line(&at)) {
        if (strcmp(line, NO_MOUNTS_MARK) == 0)
            is_known = false;
        else if (mounts)
            cbk_guest_mount_take(line, mounts);
        else if (strcmp(line, MOUNTS_MARK) == 0)
            mounts = json_array();
        else if (strchr(line, '|'))
            take_stat_line(line, files);
        else
            take_sum_line(line, files);
    }
    json_t *seen = json_pack("{s:O}", "files", files);
    if (mounts && is_known)
        json_object_set(seen, "mounts", mounts);
    return seen;
}

static char *failure_of(const json_t *result)
{
    const char *code = cbk_json_text_or(result, "error_code", "");
    const char *info = cbk_json_text_or(result, "error_info", "");
    return *code || *info ? cbk_strf("Cloud Assistant: %s %s", code, info) : NULL;
}

/* What one instance has answered, as it is noted. */
static json_t *read_result(const json_t *result)
{
    CBK_CLEANUP(cbk_string_freep) char *why = failure_of(result);
    int64_t dropped = cbk_json_int(result, "dropped", 0);
    if (!cbk_json_bool(result, "ok", false))
        return json_pack("{s:s}", "error", why ? why : "Cloud Assistant: the command failed");
    if (dropped) /* nobody knows what stood there */
        return json_pack("{s:s}", "error", "Cloud Assistant: the answer was too long and was cut");
    return read_output(cbk_json_text_or(result, "output", ""));
}

static void add_command(struct cbk_str *content, const json_t *paths)
{
    if (json_array_size(paths)) {
        cbk_str_add(content, "stat -c '%a %u %g %F|%n' --");
        add_quoted_paths(content, paths);
        cbk_str_add(content, " 2>/dev/null; sha256sum --");
        add_quoted_paths(content, paths);
        cbk_str_add(content, " 2>/dev/null; ");
    }
    cbk_str_addf(content, "echo '" MOUNTS_MARK "'; %s 2>/dev/null || echo '" NO_MOUNTS_MARK "'; true",
                 cbk_guest_mount_command);
}

/* Instances that are asked about the same paths. */
struct group {
    json_t *paths;
    json_t *ids;
    json_t *results;
};
CBK_VEC(groups, struct group)

struct look {
    const struct cbk_env *env;
    struct groups groups;
};

static void look_release(struct look *look)
{
    for (size_t i = 0; i < look->groups.len; i++) {
        json_decref(look->groups.items[i].paths);
        json_decref(look->groups.items[i].ids);
        json_decref(look->groups.items[i].results);
    }
    groups_release(&look->groups);
}

static void sort_into_groups(const json_t *wanted, struct groups *groups)
{
    CBK_JSON *ids_of = json_object(), *ids = cbk_json_sorted_keys(wanted);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_t *id = json_array_get(ids, i);
        CBK_JSON *paths = cbk_json_sorted_texts(json_object_get(wanted, json_string_value(id)));
        CBK_STR(key);
        cbk_json_add_canonical(&key, paths);
        json_t *ids_there = json_object_get(ids_of, key.ptr);
        if (!ids_there) {
            ids_there = json_array();
            json_object_set(ids_of, key.ptr, ids_there);
            /* A copy: each group is one thread's. */
            groups_push(groups, (struct group){.paths = json_deep_copy(paths), .ids = ids_there});
        }
        json_array_append_new(ids_there, json_deep_copy(id));
    }
}

static int look_at_group(void *context, size_t index, struct cbk_error *err)
{
    const struct look *look = context;
    struct group *group = &look->groups.items[index];
    CBK_STR(content);
    add_command(&content, group->paths);
    return run(look->env->cloud, content.ptr, "cbk-look", group->ids, &group->results, err);
}

int cbk_guests_look(const struct cbk_env *env, const json_t *wanted, struct cbk_error *err)
{
    CBK_CLEANUP(look_release) struct look look = {.env = env};
    sort_into_groups(wanted, &look.groups);
    int r = cbk_parallel(GROUPS_AT_ONCE, look.groups.len, look_at_group, &look, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < look.groups.len; i++) {
        size_t index;
        json_t *result;
        json_array_foreach(look.groups.items[i].results, index, result)
            json_object_set_new(env->guests, cbk_json_text_or(result, "instance_id", ""), read_result(result));
    }
    return 0;
}

const json_t *cbk_env_guest(const struct cbk_env *env, const char *instance)
{
    return json_object_get(env->guests, instance);
}

char *cbk_guest_why_unreachable(const struct cbk_instance *instance)
{
    static const char *const words[] = {
        [CBK_AGENT_UNKNOWN] = "its Cloud Assistant status is not known",
        [CBK_AGENT_OFFLINE] = "its Cloud Assistant agent is offline",
        [CBK_AGENT_MISSING] = "it has no Cloud Assistant agent",
    };
    const char *status = cbk_json_text_or(instance->info, "Status", "in an unknown state");
    if (!cbk_str_equal(status, "Running"))
        return cbk_strf("it is %s, not Running", status);
    return instance->agent == CBK_AGENT_ONLINE ? NULL : cbk_strdup(words[instance->agent]);
}

int cbk_guest_remove(struct cbk_cloud *cloud, const char *instance, const json_t *paths, struct cbk_error *err)
{
    CBK_STR(content);
    cbk_str_add(&content, "rm -f --");
    add_quoted_paths(&content, paths);
    CBK_JSON *ids = json_pack("[s]", instance), *results = NULL;
    int r = run(cloud, content.ptr, "cbk-remove-scripts", ids, &results, err);
    if (r < 0)
        return r;
    const json_t *result = json_array_get(results, 0);
    if (cbk_json_bool(result, "ok", false))
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *why = failure_of(result);
    return cbk_fail(err, CBK_E_CONFLICT, "cannot remove the scripts on '%s': %s", instance,
                    why ? why : "the command failed");
}
