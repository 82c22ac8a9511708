/* Tasks: DescribeTask. */
#include "sim/hbr/hbr.h"
#include "sim/world/task.h"

const char *sim_task_start(struct sim_world *world, const char *name, const char *result)
{
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "t-000");
    int64_t now = sim_world_now(world);
    json_t *task = json_pack("{ss ss ss ss si sI sI}", "id", id, "name", name, "result", result, "description",
                             "created", "progress", 0, "created", (json_int_t)now, "updated", (json_int_t)now);
    return cbk_json_text(sim_world_add(world, SIM_TASKS, task), "id");
}

void sim_task_finish(struct sim_world *world, const char *id)
{
    json_t *task = sim_world_find(world, SIM_TASKS, id);
    if (!task)
        return;
    sim_set_text(task, "description", "completed");
    sim_set_int(task, "progress", 100);
    sim_set_int(task, "updated", sim_world_now(world));
    sim_set_int(task, "completed", sim_world_now(world));
}

static int describe_task(struct sim_call *call)
{
    json_t *task = sim_find(call, SIM_TASKS, sim_text(call, "TaskId"));
    if (!task)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The task does not exist."); /* (U) */
    (void)json_object_update(call->answer, task);
    return 0;
}

static const struct sim_param describe_task_params[] = {
    {.name = "TaskId", .type = SIM_TEXT, .required = true},
    {.name = "ResourceGroupId", .type = SIM_TEXT},
    {.name = "Token", .type = SIM_TEXT},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "DescribeTask",
     .params = describe_task_params,
     .handler = describe_task,
     .answer = SIM_HBR_STATUS " CompletedTime=completed:i CreatedTime=created:i Description=description Name=name "
                              "Progress=progress:i Result=result UpdatedTime=updated:i"},
};
SIM_ACTIONS(sim_hbr_tasks);
