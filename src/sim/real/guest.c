#include "sim/real/guest.h"

#include "sim/real/loop.h"

#include <pthread.h>
#include <string.h>

/* A boot mounts and copies settings; when it ends, services are waited for (init.c). */
enum { BOOT_MS = 60 * 1000, GONE_MS = 10 * 1000 };

struct sim_guest {
    char *id;
    char *lock_path;
    json_t *spec;
    atomic_bool agent_runs, frozen;
    pthread_mutex_t lock; /* of what follows */
    struct sim_child init;
    pid_t pid;
};

struct sim_guest *sim_guest_new(const char *instance_id, const char *lock_path, json_t *spec)
{
    struct sim_guest *guest = CBK_NEW(struct sim_guest);
    guest->id = cbk_strdup(instance_id);
    guest->lock_path = cbk_strdup(lock_path);
    guest->spec = spec;
    atomic_store(&guest->agent_runs, true);
    pthread_mutex_init(&guest->lock, NULL);
    return guest;
}

void sim_guest_free(struct sim_guest *guest)
{
    if (!guest)
        return;
    sim_guest_stop(guest);
    pthread_mutex_destroy(&guest->lock);
    json_decref(guest->spec);
    free(guest->lock_path);
    free(guest->id);
    free(guest);
}

void sim_guest_set_agent(struct sim_guest *guest, bool runs)
{
    atomic_store(&guest->agent_runs, runs);
}

bool sim_guest_agent_runs(const struct sim_guest *guest)
{
    return atomic_load(&guest->agent_runs);
}

void sim_guest_set_frozen(struct sim_guest *guest, bool frozen)
{
    atomic_store(&guest->frozen, frozen);
}

bool sim_guest_is_frozen(const struct sim_guest *guest)
{
    return atomic_load(&guest->frozen);
}

const char *sim_guest_id(const struct sim_guest *guest)
{
    return guest->id;
}

const json_t *sim_guest_spec(const struct sim_guest *guest)
{
    return guest->spec;
}

pid_t sim_guest_pid(struct sim_guest *guest)
{
    pthread_mutex_lock(&guest->lock);
    pid_t pid = guest->pid;
    pthread_mutex_unlock(&guest->lock);
    return pid;
}

/* ---- beginning and end ---- */

/* Are the disks of an earlier life let go? Two devices over one image would ruin it. */
static bool disks_are_free(const struct sim_guest *guest)
{
    size_t index;
    json_t *disk;
    json_array_foreach(json_object_get(guest->spec, "disks"), index, disk)
        if (!sim_loop_wait(cbk_json_text_or(disk, "image", ""), GONE_MS))
            return false;
    return true;
}

/* Starts the first process and waits for its word. */
static int start_init(const struct sim_guest *guest, const char *spec, struct sim_child *child, pid_t *ret_pid,
                      struct cbk_error *err)
{
    const char *argv[] = {SIM_SELF, "guest-init", guest->lock_path, spec, NULL};
    CBK_CLEANUP(cbk_string_freep) char *line = NULL;
    int r = sim_child_start(argv, false, child, err);
    if (r < 0)
        return r;
    bool said = sim_child_line(child, BOOT_MS, &line);
    if (said && cbk_str_starts_with(line, "ready ")) {
        *ret_pid = (pid_t)strtol(line + strlen("ready "), NULL, 10);
        return 0;
    }
    (void)sim_child_end(child);
    return cbk_fail(err, CBK_E_IO, "%s", said ? line : "it did not boot");
}

int sim_guest_start(struct sim_guest *guest, bool empty_tmp, struct cbk_error *err)
{
    CBK_STR(text);
    CBK_JSON *spec = json_deep_copy(guest->spec);
    struct sim_child child;
    pid_t pid = 0;
    json_object_set_new(spec, "empty_tmp", json_boolean(empty_tmp));
    cbk_json_add_canonical(&text, spec);
    if (!disks_are_free(guest))
        return cbk_fail(err, CBK_E_LOCKED, "guest '%s': its disks are still in use", guest->id);
    int r = start_init(guest, text.ptr, &child, &pid, err);
    if (r < 0)
        return cbk_wrap(err, "guest '%s'", guest->id);
    pthread_mutex_lock(&guest->lock);
    guest->init = child;
    guest->pid = pid;
    pthread_mutex_unlock(&guest->lock);
    return 0;
}

void sim_guest_stop(struct sim_guest *guest)
{
    pthread_mutex_lock(&guest->lock);
    bool runs = guest->pid != 0;
    struct sim_child init = guest->init;
    guest->pid = 0;
    pthread_mutex_unlock(&guest->lock);
    if (!runs)
        return;
    (void)sim_child_end(&init);
    (void)disks_are_free(guest);
}

/* ---- within ---- */

int sim_guest_run(struct sim_guest *guest, const struct sim_guest_order *order, struct sim_process_result *ret,
                  struct cbk_error *err)
{
    enum { MOST_ARGUMENTS = 32 };
    pid_t pid = sim_guest_pid(guest);
    if (!pid)
        return cbk_fail(err, CBK_E_CONFLICT, "the guest '%s' does not run", guest->id);
    CBK_CLEANUP(cbk_string_freep) char *first = cbk_strf("%d", (int)pid);
    const char *argv[MOST_ARGUMENTS] = {SIM_SELF, "guest-run", first, order->user ? order->user : "root",
                                        order->directory ? order->directory : "/root"};
    const char *const script[] = {"-", order->script, NULL};
    const char *const *program = order->script ? script : order->argv;
    for (size_t count = 5; *program && count < MOST_ARGUMENTS - 1; count++)
        argv[count] = *program++;
    struct sim_process_order process = {.argv = argv,
                                        .input = order->input,
                                        .input_len = order->input_len,
                                        .most_output = order->most_output,
                                        .timeout_ms = order->timeout_ms,
                                        .cancel = order->cancel,
                                        .grace_ms = order->grace_ms};
    return sim_process_run(&process, ret, err);
}

/* Beside its place first, so that nobody reads half of it. $1 path, $2 mode, $3 owner, $4 "yes": may replace. */
static const char put_script[] = "umask 077\n"
                                 "[ ! -d \"$1\" ] || exit 3\n"
                                 "[ ! -e \"$1\" ] || [ \"$4\" = yes ] || exit 4\n"
                                 "mkdir -p -m 755 -- \"$(dirname -- \"$1\")\" || exit 3\n"
                                 "cat >\"$1.sent\" || exit 3\n"
                                 "chown -- \"$3\" \"$1.sent\" || { rm -f -- \"$1.sent\"; exit 5; }\n"
                                 "chmod -- \"$2\" \"$1.sent\" && mv -f -- \"$1.sent\" \"$1\" || exit 3\n";

static const struct {
    int exit_code;
    const char *code;
} put_failures[] = {{3, "FileCreateFail"}, {4, "FileAlreadyExists"}, {5, "UserGroupNotExists"}};

int sim_guest_put(struct sim_guest *guest, const struct sim_guest_file *file, const char **ret_code,
                  struct cbk_error *err)
{
    enum { PUT_MS = 60 * 1000, MOST_SAID = 1000 };
    const char *argv[] = {
        "sh", "-c", put_script, "sh", file->path, file->mode, file->owner, file->overwrite ? "yes" : "no", NULL};
    struct sim_guest_order order = {
        .argv = argv, .input = file->bytes, .input_len = file->len, .most_output = MOST_SAID, .timeout_ms = PUT_MS};
    SIM_PROCESS_RESULT(result);
    int r = sim_guest_run(guest, &order, &result, err);
    if (r < 0)
        return r;
    *ret_code = result.exit_code == 0 && !result.timed_out ? NULL : "FileCreateFail";
    for (size_t i = 0; i < CBK_ARRAY_LEN(put_failures); i++)
        if (put_failures[i].exit_code == result.exit_code)
            *ret_code = put_failures[i].code;
    return 0;
}
