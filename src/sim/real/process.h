/*
 * Programs as children: one that is spoken with over two pipes, or one that runs to its end within a time limit.
 *
 * What has to be done in a guest is done by this executable under another word (programs.h): so nothing of ours runs
 * between fork and exec, where a process with threads may do next to nothing. Children get no descriptor but their
 * standard ones, a group of their own, and no blocked signals.
 */
#ifndef CBK_SIM_PROCESS_H
#define CBK_SIM_PROCESS_H

#include "base/error.h"

#include <stdatomic.h>
#include <sys/types.h>

/* A child that runs. */
struct sim_child {
    pid_t pid;
    int in, out; /* its standard input and output, our ends; -1: closed */
};

/* Its standard error is its output when `merge`, else ours. The first of argv (ends with NULL) is the program: looked
 * up in PATH, or this executable when it is SIM_SELF. */
#define SIM_SELF "cbk-sim"
CBK_MUST_CHECK int sim_child_start(const char *const *argv, bool merge, struct sim_child *ret, struct cbk_error *err);
/* Reads a line of its output without the newline, waiting `timeout_ms` (-1: for ever) at most. False at its end, or
 * when the time is over. The caller frees. */
bool sim_child_line(struct sim_child *child, int64_t timeout_ms, char **ret_line);
/* Closes the pipes, waits for its end and answers the exit code, 128 + N when signal N ended it. */
int sim_child_end(struct sim_child *child);

struct sim_process_order {
    const char *const *argv;
    const void *input; /* may be NULL */
    size_t input_len;
    size_t most_output;        /* what comes beyond is counted and dropped */
    int64_t timeout_ms;        /* its group is killed then; 0: never */
    const atomic_bool *cancel; /* and when this turns true (may be NULL) ... */
    int64_t grace_ms;          /* ... so long after that */
};

struct sim_process_result {
    int exit_code; /* 128 + N when signal N ended it */
    bool timed_out, cancelled;
    struct cbk_str output; /* standard output and error, as they came */
    size_t dropped;
};

/* Runs it to its end. What it has left behind in the background runs on. Release the result whatever is returned. */
CBK_MUST_CHECK int sim_process_run(const struct sim_process_order *order, struct sim_process_result *ret,
                                   struct cbk_error *err);
void sim_process_result_release(struct sim_process_result *result);
#define SIM_PROCESS_RESULT(name)                                                                                       \
    CBK_CLEANUP(sim_process_result_release) struct sim_process_result name = {.output = CBK_STR_INIT}

#endif
