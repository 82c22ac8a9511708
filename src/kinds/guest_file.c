#include "kinds/guest_file.h"

#include "cloud/ecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_TIMEOUT_S 60
#define WAIT_MS ((int64_t)120 * 1000)

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

static json_t *read_output(const char *output)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strdup(output);
    json_t *files = json_object();
    char *at = text;
    for (char *line = take_line(&at); line; line = take_line(&at)) {
        if (strchr(line, '|'))
            take_stat_line(line, files);
        else
            take_sum_line(line, files);
    }
    return files;
}

static char *failure_of(const json_t *result)
{
    const char *code = cbk_json_text_or(result, "error_code", "");
    const char *info = cbk_json_text_or(result, "error_info", "");
    return *code || *info ? cbk_strf("Cloud Assistant: %s %s", code, info) : NULL;
}

int cbk_guest_files(struct cbk_cloud *cloud, const json_t *ids, const json_t *paths, json_t **ret_found,
                    struct cbk_error *err)
{
    CBK_STR(content);
    cbk_str_add(&content, "stat -c '%a %u %g %F|%n' --");
    add_quoted_paths(&content, paths);
    cbk_str_add(&content, " 2>/dev/null; sha256sum --");
    add_quoted_paths(&content, paths);
    cbk_str_add(&content, " 2>/dev/null; true");
    CBK_JSON *results = NULL;
    int r = run(cloud, content.ptr, "cbk-stat-scripts", ids, &results, err);
    if (r < 0)
        return r;
    *ret_found = json_object();
    size_t index;
    json_t *result;
    json_array_foreach(results, index, result) {
        const char *id = cbk_json_text_or(result, "instance_id", "");
        json_t *entry = json_object();
        if (cbk_json_bool(result, "ok", false)) {
            json_object_set_new(entry, "files", read_output(cbk_json_text_or(result, "output", "")));
        } else {
            CBK_CLEANUP(cbk_string_freep) char *why = failure_of(result);
            json_object_set_new(entry, "error", json_string(why ? why : "Cloud Assistant: the command failed"));
        }
        json_object_set_new(*ret_found, id, entry);
    }
    return 0;
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
