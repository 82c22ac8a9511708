/* Commands of Cloud Assistant in guests, where they take the time that they take. */
#include "sim/ecs/invocation.h"
#include "sim/real/guest.h"
#include "sim/world/work.h"

struct command {
    struct sim_work work;
    struct sim_guest *guest;
    char *instance_id, *script, *user, *directory;
    int64_t timeout_ms;
    struct sim_process_result result;
    struct cbk_error err;
};

static void run(struct sim_work *work)
{
    struct command *command = (struct command *)work;
    struct sim_guest_order order = {.user = command->user,
                                    .directory = command->directory,
                                    .script = command->script,
                                    .most_output = SIM_COMMAND_OUTPUT,
                                    .timeout_ms = command->timeout_ms,
                                    .cancel = &work->cancel};
    int r = sim_guest_run(command->guest, &order, &command->result, &command->err);
    (void)r; /* what went wrong is in the error */
}

static void put_down(struct command *command, struct sim_world *world, json_t *target)
{
    const struct sim_process_result *result = &command->result;
    struct sim_command_outcome outcome = {result->exit_code, result->timed_out, result->output.ptr, result->output.len,
                                          result->dropped};
    if (command->err.code)
        sim_assistant_end(world, target, "ExecutionException", command->err.message);
    else if (result->cancelled)
        sim_assistant_end(world, target, "ExecutionInterrupted", "The command was interrupted.");
    else
        sim_command_end(world, target, &outcome);
}

static void done(struct sim_work *work, struct sim_world *world)
{
    size_t index;
    json_t *target;
    struct command *command = (struct command *)work;
    json_t *invocation = sim_world_find(world, SIM_INVOCATIONS, work->key);
    json_array_foreach(json_object_get(invocation, "targets"), index, target)
        if (cbk_str_equal(cbk_json_text(target, "instance_id"), command->instance_id) &&
            cbk_str_equal(cbk_json_text(target, "status"), "Running"))
            put_down(command, world, target);
    if (invocation && !cbk_str_equal(cbk_json_text(invocation, "status"), "Stopped"))
        sim_assistant_summarize(invocation);
    sim_process_result_release(&command->result);
    cbk_error_release(&command->err);
    free(command->instance_id);
    free(command->script);
    free(command->user);
    free(command->directory);
    free(work->key);
    free(command);
}

void sim_guest_command_start(struct sim_world *world, struct sim_guest *guest, const json_t *invocation,
                             const char *instance_id)
{
    struct command *command = CBK_NEW(struct command);
    command->work.run = run;
    command->work.done = done;
    command->work.key = cbk_strdup(cbk_json_text(invocation, "id"));
    command->guest = guest;
    command->instance_id = cbk_strdup(instance_id);
    command->script = cbk_strdup(cbk_json_text_or(invocation, "content", ""));
    command->user = cbk_strdup(cbk_json_text_or(invocation, "username", "root"));
    command->directory = cbk_strdup(cbk_json_text_or(invocation, "working_dir", "/root"));
    command->timeout_ms = cbk_json_int(invocation, "timeout", 60) * 1000;
    command->result = (struct sim_process_result){.output = CBK_STR_INIT};
    sim_work_start(world->works, &command->work);
}
