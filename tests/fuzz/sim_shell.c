/* Scripts for virtual instances. */
#include "sim/guest/shell.h"
#include "sim/world/machine.h"
#include "sim/world/world_fill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(err);
    CBK_STR(output);
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = sim_world_new();
    json_t *instance = json_pack("{ss s{s{ss ss ss}}}", "id", "i-1", "files", "/tmp/a", "mode", "0700", "owner", "root",
                                 "content", "text\n");
    if (sim_world_fill(world, SIM_INSTANCES, instance, &err) < 0)
        abort();
    sim_world_add(world, SIM_INSTANCES, instance);
    CBK_CLEANUP(cbk_string_freep) char *script = cbk_strndup((const char *)data, size);
    CBK_JSON *before = json_deep_copy(json_object_get(instance, "files"));
    bool only_looks = sim_shell_only_looks(script);
    (void)sim_machine_run(world, instance, script, &output);
    if (only_looks && !json_equal(before, json_object_get(instance, "files")))
        abort();
    return 0;
}
