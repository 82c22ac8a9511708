/*
 * scripts: the freeze and thaw scripts of instances. The vendor's plugin runs them only when they are root's with mode
 * 0700 exactly, and goes on without a word when they are not or are gone (/tmp is commonly emptied at reboot): so they
 * are read back at every plan, by mode, owner and content, and delivered again when anything differs.
 */
#include "kinds/script.h"
#include "base/digest.h"
#include "cloud/ecs.h"
#include "kinds/guest.h"
#include "kinds/kind.h"

#include <string.h>

#define CONTENT_LIMIT ((size_t)24 * 1024) /* SendFile takes 32 KB after Base64 */
#define SEND_WAIT_MS ((int64_t)120 * 1000)

/* The two files of a script, with the vendor's default paths. */
static const struct part {
    const char *name;
    const char *default_path;
} parts[] = {
    {"pre_freeze", "/tmp/prescript.sh"},
    {"post_thaw", "/tmp/postscript.sh"},
};

static int read_source(const struct cbk_env *env, const struct cbk_object *object, const struct part *part,
                       const char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("%s/%s/source", object->pointer, part->name);
    const char *source = cbk_json_text_or(json_object_get(object->declared, part->name), "source", "");
    int r = cbk_config_read_file(env->config, pointer, source, CONTENT_LIMIT, ret_text, ret_len, err);
    if (r < 0)
        return r;
    const char *end = memchr(*ret_text, '\n', *ret_len);
    if (end && end > *ret_text && end[-1] == '\r') {
        (void)cbk_fail_at(err, cbk_config_span(env->config, pointer, false), CBK_E_VALIDATION,
                          "'%s' has Windows line ends", source);
        return cbk_error_hint(err, "its interpreter would not be found: convert it to plain newlines");
    }
    return 0;
}

static int check_paths_differ(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    const char *paths[CBK_ARRAY_LEN(parts)];
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++)
        paths[i] = cbk_json_text(json_object_get(object->desired, parts[i].name), "path");
    if (!cbk_str_equal(paths[0], paths[1]))
        return 0;
    return cbk_fail_at(err, cbk_env_span(env, object, parts[1].name), CBK_E_VALIDATION,
                       "both scripts would stand at '%s'", paths[0]);
}

static int script_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    object->desired = json_pack("{s:s}", "instance", object->instance);
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++) {
        const char *text = NULL;
        size_t len = 0;
        int r = read_source(env, object, &parts[i], &text, &len, err);
        if (r < 0)
            return r;
        char sha256[CBK_SHA256_HEX + 1];
        cbk_sha256_hex(text, len, sha256);
        const json_t *declared = json_object_get(object->declared, parts[i].name);
        json_object_set_new(object->desired, parts[i].name,
                            json_pack("{s:s, s:s, s:s, s:s}", "path",
                                      cbk_json_text_or(declared, "path", parts[i].default_path), "mode", "0700",
                                      "owner", "root", "sha256", sha256));
    }
    return check_paths_differ(env, object, err);
}

/* Where the object's files stand: what git wants, else what was applied last. */
static const char *path_of(const struct cbk_object *object, const struct part *part)
{
    const json_t *side = object->desired ? object->desired : object->last;
    return cbk_json_text_or(json_object_get(side, part->name), "path", part->default_path);
}

/* Where git has moved a file away from; NULL: it stays where it was applied. */
static const char *old_path_of(const struct cbk_object *object, const struct part *part)
{
    const char *last = cbk_json_text(json_object_get(object->last, part->name), "path");
    return cbk_str_equal(last, path_of(object, part)) ? NULL : last;
}

static json_t *paths_of(const struct cbk_object *object)
{
    json_t *paths = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++)
        json_array_append_new(paths, json_string(path_of(object, &parts[i])));
    return paths;
}

/* Adds the object's paths to what its instance is asked about. */
static void want_paths(const struct cbk_object *object, json_t *wanted)
{
    CBK_JSON *paths = paths_of(object);
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++)
        if (old_path_of(object, &parts[i]))
            json_array_append_new(paths, json_string(old_path_of(object, &parts[i])));
    json_t *before = json_object_get(wanted, object->instance);
    if (before)
        json_array_extend(before, paths);
    else
        json_object_set(wanted, object->instance, paths);
}

/* The file as it lives: where it was applied last for as long as it stands there, since moving it is not done before
 * that. */
static json_t *live_file(const struct cbk_object *object, const struct part *part, const json_t *files)
{
    const char *old = old_path_of(object, part);
    json_t *moved = old ? json_object_get(files, old) : NULL;
    return moved ? moved : json_object_get(files, path_of(object, part));
}

static void take_seen(struct cbk_object *object, const json_t *seen)
{
    const char *error = cbk_json_text(seen, "error");
    if (!seen || error) {
        object->unreachable = cbk_strdup(error ? error : "Cloud Assistant gave no answer for it");
        return;
    }
    CBK_JSON *live = json_pack("{s:s}", "instance", object->instance);
    size_t present = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++) {
        json_t *file = live_file(object, &parts[i], json_object_get(seen, "files"));
        if (file)
            json_object_set(live, parts[i].name, file);
        present += file != NULL;
    }
    if (present)
        object->live = cbk_json_steal(&live);
}

/* Can the object's instance be asked? Notes on the object why not. */
static bool can_ask(const struct cbk_env *env, struct cbk_object *object)
{
    const struct cbk_instance *instance = cbk_env_instance(env, object->instance);
    if (!instance) /* released: its files went with it */
        return false;
    if (cbk_instance_is_windows(instance)) {
        object->needless = "it runs Windows, where VSS writers take the place of scripts";
        return false;
    }
    object->unreachable = cbk_guest_why_unreachable(instance);
    return !object->unreachable;
}

static int script_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    CBK_JSON *wanted = json_object();
    for (size_t i = 0; i < count; i++)
        if (can_ask(env, objects[i]))
            want_paths(objects[i], wanted);
    int r = cbk_guests_look(env, wanted, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read the scripts");
    for (size_t i = 0; i < count; i++)
        if (json_object_get(wanted, objects[i]->instance) && !objects[i]->unreachable)
            take_seen(objects[i], cbk_env_guest(env, objects[i]->instance));
    return 0;
}

static int send(const struct cbk_env *env, const struct cbk_object *object, const struct part *part,
                struct cbk_error *err)
{
    const char *text = NULL;
    size_t len = 0;
    int r = read_source(env, object, part, &text, &len, err);
    if (r < 0)
        return r;
    struct cbk_ecs_file file = {.path = path_of(object, part),
                                .content = text,
                                .content_len = len,
                                .mode = "0700",
                                .owner = "root",
                                .group = "root"};
    CBK_JSON *ids = json_pack("[s]", object->instance), *results = NULL;
    r = cbk_ecs_send_file(env->cloud, &file, ids, SEND_WAIT_MS, &results, err);
    if (r < 0)
        return r;
    const json_t *result = json_array_get(results, 0);
    if (cbk_json_bool(result, "ok", false))
        return 0;
    const char *code = cbk_json_text_or(result, "error_code", "failed");
    bool is_late = strcmp(code, "Timeout") == 0; /* the file may arrive yet */
    return cbk_fail(err, is_late ? CBK_E_TIMEOUT : CBK_E_CONFLICT, "cannot deliver '%s' to '%s': %s %s", file.path,
                    object->instance, code, cbk_json_text_or(result, "error_info", ""));
}

/* A path that git has changed leaves a file behind: it goes once the new one stands. */
static int remove_moved(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *moved = json_array();
    CBK_JSON *kept = paths_of(object);
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++) {
        const char *before = old_path_of(object, &parts[i]);
        if (before && !cbk_json_array_has(kept, before))
            json_array_append_new(moved, json_string(before));
    }
    return json_array_size(moved) ? cbk_guest_remove(env->cloud, object->instance, moved, err) : 0;
}

json_t *cbk_script_digests(const struct cbk_object *scripts, bool as_wanted)
{
    const json_t *side = as_wanted ? scripts->desired : scripts->live;
    json_t *digests = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++)
        cbk_json_set_text(digests, parts[i].name, cbk_json_text(json_object_get(side, parts[i].name), "sha256"));
    return digests;
}

/* The files of one instance as they stand now, whatever the plan has seen. */
static int look(const struct cbk_env *env, const struct cbk_object *scripts, json_t **ret_files, struct cbk_error *err)
{
    CBK_JSON *guests = json_object();
    CBK_JSON *wanted = json_pack("{s:o}", scripts->instance, paths_of(scripts));
    struct cbk_env now = *env;
    now.guests = guests;
    int r = cbk_guests_look(&now, wanted, err);
    if (r < 0)
        return r;
    const json_t *entry = cbk_env_guest(&now, scripts->instance);
    const char *error = cbk_json_text_or(entry, "error", entry ? "" : "Cloud Assistant gave no answer for it");
    if (*error)
        return cbk_fail(err, CBK_E_CONFLICT, "%s", error);
    *ret_files = json_incref(json_object_get(entry, "files"));
    return 0;
}

int cbk_script_repair(const struct cbk_env *env, const struct cbk_object *scripts, json_t **ret_paths,
                      struct cbk_error *err)
{
    CBK_JSON *files = NULL;
    CBK_JSON *paths = json_array();
    int r = look(env, scripts, &files, err);
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts) && r == 0; i++) {
        const char *path = path_of(scripts, &parts[i]);
        json_t *wanted = json_object_get(scripts->desired, parts[i].name), *found = json_object_get(files, path);
        if (!wanted || (found && json_equal(wanted, found)))
            continue;
        r = send(env, scripts, &parts[i], err);
        json_array_append_new(paths, json_string(path));
    }
    if (r < 0)
        return r;
    *ret_paths = cbk_json_steal(&paths);
    return 0;
}

static int script_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++) {
        json_t *wanted = json_object_get(object->desired, parts[i].name);
        json_t *present = object->live ? json_object_get(object->live, parts[i].name) : NULL;
        if (!wanted || (present && json_equal(wanted, present))) /* no wish: what is ignored, and not there */
            continue;
        int r = send(env, object, &parts[i], err);
        if (r < 0)
            return r;
        if (!object->live)
            object->live = json_pack("{s:s}", "instance", object->instance);
        json_object_set(object->live, parts[i].name, wanted);
        object->id = object->instance;
    }
    int r = remove_moved(env, object, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->instance);
    return 0;
}

static int script_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *paths = paths_of(object);
    return cbk_guest_remove(env->cloud, object->instance, paths, err);
}

const struct cbk_kind cbk_kind_script = {
    .section = "scripts",
    .name = "script",
    .per_instance = true,
    .exclusive = true,
    .overwrites = true,
    .desire = script_desire,
    .refresh = script_refresh,
    .create = script_update, /* sends what is not there as it should be: all of it */
    .update = script_update,
    .destroy = script_destroy,
    .plan_actions = "ecs:DescribeCloudAssistantStatus ecs:RunCommand ecs:DescribeInvocationResults",
    .apply_actions = "ecs:SendFile ecs:DescribeSendFileResults",
};
