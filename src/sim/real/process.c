#include "sim/real/process.h"

#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* How often one looks whether a program was cancelled; and how much is read at a time, of one that never stops writing.
 */
enum { LOOK_MS = 50, MOST_READS = 64 };

/* ---- starting ---- */

struct pipes {
    int in[2], out[2]; /* [0] is read, [1] written */
};

static void pipes_release(struct pipes *pipes)
{
    for (size_t i = 0; i < 2; i++) {
        cbk_fd_closep(&pipes->in[i]);
        cbk_fd_closep(&pipes->out[i]);
    }
}

static int spawn(const char *const *argv, bool merge, const struct pipes *pipes, pid_t *ret_pid)
{
    sigset_t none, pipe_signal;
    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, pipes->in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes->out[1], STDOUT_FILENO);
    if (merge)
        posix_spawn_file_actions_adddup2(&actions, pipes->out[1], STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
    const char *program = strcmp(argv[0], SIM_SELF) == 0 ? "/proc/self/exe" : argv[0];
    int r = posix_spawnp(ret_pid, program, &actions, &attributes, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return r;
}

int sim_child_start(const char *const *argv, bool merge, struct sim_child *ret, struct cbk_error *err)
{
    CBK_CLEANUP(pipes_release) struct pipes pipes = {{-1, -1}, {-1, -1}};
    pid_t pid = 0;
    if (pipe2(pipes.in, O_CLOEXEC) < 0 || pipe2(pipes.out, O_CLOEXEC) < 0)
        return cbk_fail_errno(err, errno, "cannot run '%s'", argv[0]);
    int r = spawn(argv, merge, &pipes, &pid);
    if (r != 0)
        return cbk_fail_errno(err, r, "cannot run '%s'", argv[0]);
    (void)fcntl(pipes.in[1], F_SETFL, O_NONBLOCK);
    (void)fcntl(pipes.out[0], F_SETFL, O_NONBLOCK);
    *ret = (struct sim_child){pid, cbk_fd_steal(&pipes.in[1]), cbk_fd_steal(&pipes.out[0])};
    return 0;
}

/* ---- talking ---- */

static int64_t remaining(int64_t deadline)
{
    int64_t left = deadline - cbk_time_monotonic_ms();
    return left > 0 ? left : 0;
}

bool sim_child_line(struct sim_child *child, int64_t timeout_ms, char **ret_line)
{
    CBK_STR(line);
    int64_t deadline = cbk_time_monotonic_ms() + timeout_ms;
    for (;;) {
        char c = 0;
        ssize_t got = read(child->out, &c, 1);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (got > 0 && c == '\n') {
            *ret_line = cbk_str_detach(&line);
            return true;
        }
        if (got > 0) {
            cbk_str_add_char(&line, c);
            continue;
        }
        struct pollfd readable = {.fd = child->out, .events = POLLIN};
        if (timeout_ms >= 0 && remaining(deadline) == 0)
            return false;
        (void)poll(&readable, 1, timeout_ms < 0 ? -1 : (int)remaining(deadline));
    }
}

static int exit_code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return exit_code_of(status);
}

int sim_child_end(struct sim_child *child)
{
    cbk_fd_closep(&child->in);
    cbk_fd_closep(&child->out);
    return wait_for(child->pid);
}

/* ---- running to the end ---- */

struct run {
    const struct sim_process_order *order;
    struct sim_process_result *result;
    struct sim_child child;
    int ended;        /* readable when the program has */
    size_t sent;      /* of the input */
    int64_t deadline; /* 0: none */
    bool killed;
};

static void run_release(struct run *run)
{
    cbk_fd_closep(&run->child.in);
    cbk_fd_closep(&run->child.out);
    cbk_fd_closep(&run->ended);
}

static void feed(struct run *run)
{
    size_t left = run->order->input_len - run->sent;
    ssize_t written = left ? write(run->child.in, (const char *)run->order->input + run->sent, left) : 0;
    if (written > 0)
        run->sent += (size_t)written;
    bool broken = written < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || run->sent == run->order->input_len)
        cbk_fd_closep(&run->child.in);
}

/* Takes what is there to be read. */
static void drain(struct run *run)
{
    char bytes[16384];
    for (int i = 0; i < MOST_READS; i++) {
        ssize_t got = run->child.out < 0 ? 0 : read(run->child.out, bytes, sizeof(bytes));
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            cbk_fd_closep(&run->child.out);
        if (got <= 0)
            return;
        size_t room = run->order->most_output - run->result->output.len;
        size_t keep = (size_t)got < room ? (size_t)got : room;
        cbk_str_add_bytes(&run->result->output, bytes, keep);
        run->result->dropped += (size_t)got - keep;
    }
}

/* Sets the deadline anew when it was cancelled just now. */
static void note_cancel(struct run *run)
{
    if (run->result->cancelled || !run->order->cancel || !atomic_load(run->order->cancel))
        return;
    int64_t end = cbk_time_monotonic_ms() + run->order->grace_ms;
    run->result->cancelled = true;
    if (!run->deadline || end < run->deadline)
        run->deadline = end;
}

static void kill_when_over(struct run *run)
{
    note_cancel(run);
    if (run->killed || !run->deadline || remaining(run->deadline))
        return;
    run->result->timed_out = !run->result->cancelled;
    run->killed = true;
    (void)kill(-run->child.pid, SIGKILL);
}

static void attend(struct run *run)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = run->ended, .events = POLLIN},
                               {.fd = run->child.out, .events = POLLIN},
                               {.fd = run->child.in, .events = POLLOUT}};
        (void)poll(fds, CBK_ARRAY_LEN(fds), LOOK_MS);
        if (run->child.in >= 0)
            feed(run);
        drain(run);
        if (fds[0].revents)
            return;
        kill_when_over(run);
    }
}

int sim_process_run(const struct sim_process_order *order, struct sim_process_result *ret, struct cbk_error *err)
{
    CBK_CLEANUP(run_release)
    struct run run = {.order = order, .result = ret, .child = {.in = -1, .out = -1}, .ended = -1};
    if (order->timeout_ms)
        run.deadline = cbk_time_monotonic_ms() + order->timeout_ms;
    int r = sim_child_start(order->argv, true, &run.child, err);
    if (r < 0)
        return r;
    run.ended = (int)syscall(SYS_pidfd_open, run.child.pid, 0);
    if (run.ended < 0) {
        int errno_value = errno;
        (void)kill(-run.child.pid, SIGKILL);
        (void)wait_for(run.child.pid);
        return cbk_fail_errno(err, errno_value, "cannot watch '%s'", order->argv[0]);
    }
    attend(&run);
    ret->exit_code = wait_for(run.child.pid);
    drain(&run); /* what it wrote last; what it left in the background may hold the pipe open for ever */
    return 0;
}

void sim_process_result_release(struct sim_process_result *result)
{
    cbk_str_release(&result->output);
}
