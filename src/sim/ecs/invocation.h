/*
 * A command on its way to instances: the record in "invocations", and its run on the simulated clock.
 */
#ifndef CBK_SIM_INVOCATION_H
#define CBK_SIM_INVOCATION_H

#include "sim/guest/assistant.h"

/* Rows that RunCommand and InvokeCommand share. */
#define SIM_INVOCATION_PARAMS                                                                                          \
    {.name = "InstanceId", .type = SIM_LIST},                                                                          \
        {.name = "ResourceTag", .type = SIM_RECORDS, .fields = "Key Value", .max = 20},                                \
        {.name = "ClientToken", .type = SIM_TEXT, .max = 64}, {.name = "Timeout", .type = SIM_INT, .min = 10},         \
        {.name = "Username", .type = SIM_TEXT, .max = 255, .code = "Username.ExceedLimit"},                            \
        {.name = "WorkingDir", .type = SIM_TEXT, .max = 200},                                                          \
        {.name = "RepeatMode",                                                                                         \
         .type = SIM_TEXT,                                                                                             \
         .one_of = "Once|Period|NextRebootOnly|EveryReboot|DryRun",                                                    \
         .code = "InvalidRepeatMode.NotFound"},                                                                        \
        {.name = "Frequency", .type = SIM_TEXT}, {.name = "Parameters", .type = SIM_JSON},                             \
        {.name = "ContainerId", .type = SIM_TEXT}, {.name = "ContainerName", .type = SIM_TEXT},                        \
        {.name = "Launcher", .type = SIM_TEXT, .max = 1024},                                                           \
        {.name = "TerminationMode", .type = SIM_TEXT, .one_of = "Process|ProcessTree"},                                \
        {.name = "OssOutputDelivery", .type = SIM_TEXT}, {.name = "WindowsPasswordName", .type = SIM_TEXT},            \
    {                                                                                                                  \
        .name = "Timed", .type = SIM_BOOL                                                                              \
    }

/*
 * Starts a command (a record with id, name, type, content, ...) on the instances of the call and gives InvokeId. A call
 * whose ClientToken was seen before gets the first one's; *ret_id (borrowed) tells the invocation.
 */
CBK_MUST_CHECK int sim_invocation_start(struct sim_call *call, const json_t *command, const char **ret_id);

/* How a command ended on an instance. */
struct sim_command_outcome {
    int exit_code;
    bool timed_out;
    const char *output;
    size_t len, dropped; /* bytes kept and not kept */
};
/* Output is cut at 24 KB. */
enum { SIM_COMMAND_OUTPUT = 24 * 1024 };
/* Puts it down for that target of an invocation. */
void sim_command_end(struct sim_world *world, json_t *target, const struct sim_command_outcome *outcome);

/* Begins the command in a guest: its target runs on until a tick finds that it has ended. */
struct sim_guest;
void sim_guest_command_start(struct sim_world *world, struct sim_guest *guest, const json_t *invocation,
                             const char *instance_id);

#endif
