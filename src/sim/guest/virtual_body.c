#include "sim/guest/virtual_body.h"

#include "sim/guest/assistant.h"
#include "sim/guest/disk_tree.h"
#include "sim/guest/mounts.h"

#include <string.h>

static const json_t *instance_of(const struct sim_body *body)
{
    return ((const struct sim_virtual_body *)body)->instance;
}

/* Windows has writers, not scripts. */
static bool has_scripts(const json_t *instance)
{
    return !cbk_str_equal(cbk_json_text(instance, "os_type"), "windows");
}

static bool agent_runs(struct sim_body *body)
{
    return sim_assistant_online(instance_of(body));
}

static bool find_mounts(struct sim_body *body)
{
    CBK_JSON *mounts = sim_guest_mounts(instance_of(body)), *seen = json_array();
    size_t index;
    json_t *mount;
    json_array_foreach(mounts, index, mount) {
        const char *source = cbk_json_text_or(mount, "source", "");
        if (cbk_json_array_has(seen, source))
            return false;
        json_array_append_new(seen, json_string(source));
    }
    return true;
}

static bool script_is_fit(struct sim_body *body, const char *path)
{
    const json_t *instance = instance_of(body);
    CBK_CLEANUP(cbk_string_freep) char *resolved = sim_path_resolve("/", path);
    CBK_CLEANUP(cbk_string_freep) char *owner = sim_node_user(instance, resolved);
    return !has_scripts(instance) || (sim_tree_kind(instance, resolved) == SIM_NODE_FILE &&
                                      sim_node_mode(instance, resolved) == 0700 && strcmp(owner, "root") == 0);
}

static bool run_script(struct sim_body *body, const char *path, bool before_the_freeze)
{
    (void)before_the_freeze;
    const json_t *instance = instance_of(body);
    CBK_CLEANUP(cbk_string_freep) char *resolved = sim_path_resolve("/", path);
    return !has_scripts(instance) || cbk_json_int(sim_tree_file(instance, resolved), "exit_code", 0) == 0;
}

static bool freeze(struct sim_body *body, int64_t timeout_s)
{
    (void)body;
    (void)timeout_s;
    return true;
}

static bool goes_well(struct sim_body *body)
{
    (void)body;
    return true;
}

struct sim_virtual_body sim_virtual_body(const json_t *instance)
{
    static const struct sim_body_ops ops = {
        .agent_runs = agent_runs,
        .find_mounts = find_mounts,
        .script_is_fit = script_is_fit,
        .run_script = run_script,
        .freeze = freeze,
        .copy = goes_well,
        .thaw = goes_well,
    };
    return (struct sim_virtual_body){{&ops}, instance};
}
