/*
 * An instance with real disks and processes.
 *
 * A guest is a set of namespaces (mounts, processes, host name, IPC) around the disks of its instance; the network is
 * the machine's. Its first process (programs.h, guest-init) ends when the simulator does, however that ends, and with
 * it all that was in it. Everything here may be called by any thread, without the world's lock.
 */
#ifndef CBK_SIM_REAL_GUEST_H
#define CBK_SIM_REAL_GUEST_H

#include "base/json.h"
#include "sim/real/process.h"

struct sim_guest;

/*
 * A guest that does not run yet; takes the spec (programs.h) over. `lock_path` is the pool's lock.
 */
struct sim_guest *sim_guest_new(const char *instance_id, const char *lock_path, json_t *spec);
/* NULL is fine. Stops it. */
void sim_guest_free(struct sim_guest *guest);
CBK_DEFINE_OWNED(struct sim_guest, sim_guest)

/* Boots it; `empty_tmp`: without what /tmp held. */
CBK_MUST_CHECK int sim_guest_start(struct sim_guest *guest, bool empty_tmp, struct cbk_error *err);
/* Ends all that runs in it and unmounts its disks. */
void sim_guest_stop(struct sim_guest *guest);

/* Does its Cloud Assistant agent run? The world says so from time to time; whoever acts for the agent looks here. */
void sim_guest_set_agent(struct sim_guest *guest, bool runs);
bool sim_guest_agent_runs(const struct sim_guest *guest);

/* Are its file systems frozen just now? For those who look on. */
void sim_guest_set_frozen(struct sim_guest *guest, bool frozen);
bool sim_guest_is_frozen(const struct sim_guest *guest);

const char *sim_guest_id(const struct sim_guest *guest);
/* Its first process as the machine counts; 0: it does not run. */
pid_t sim_guest_pid(struct sim_guest *guest);
/* What it was made of; borrowed, does not change. */
const json_t *sim_guest_spec(const struct sim_guest *guest);

/* A program in a guest. */
struct sim_guest_order {
    const char *user;        /* default: root */
    const char *directory;   /* default: /root */
    const char *script;      /* the text of a script; NULL: ... */
    const char *const *argv; /* ... a program and its arguments, ends with NULL */
    const void *input;
    size_t input_len;
    size_t most_output;
    int64_t timeout_ms; /* 0: none */
    const atomic_bool *cancel;
    int64_t grace_ms;
};
/* Runs it to its end, as sim_process_run. */
CBK_MUST_CHECK int sim_guest_run(struct sim_guest *guest, const struct sim_guest_order *order,
                                 struct sim_process_result *ret, struct cbk_error *err);

/* A file for a guest. */
struct sim_guest_file {
    const char *path; /* absolute */
    const void *bytes;
    size_t len;
    const char *mode, *owner; /* "0700", "root:root" */
    bool overwrite;
};
/* Writes it, and the folders that it needs. *ret_code: NULL when all is well, else Cloud Assistant's word for why not.
 */
CBK_MUST_CHECK int sim_guest_put(struct sim_guest *guest, const struct sim_guest_file *file, const char **ret_code,
                                 struct cbk_error *err);

#endif
