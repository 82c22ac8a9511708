#include "cli/interrupt.h"

#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int signals_seen;
static atomic_bool is_changing; /* something is being changed: the first signal only asks */
static _Atomic(struct cbk_cloud *) session_cloud;

static const char first_words[] =
    "\ninterrupted: what is under way is finished, nothing more is begun; interrupt again to stop at once\n";

/* Does only what a signal handler may. */
static void on_signal(int number)
{
    int errno_before = errno;
    (void)number;
    if (atomic_fetch_add(&signals_seen, 1) == 0 && atomic_load(&is_changing)) {
        (void)!write(STDERR_FILENO, first_words, sizeof(first_words) - 1);
        errno = errno_before;
        return;
    }
    struct cbk_cloud *cloud = atomic_load(&session_cloud);
    if (cloud)
        cbk_cloud_interrupt(cloud);
}

void cbk_interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL); /* a closed pipe is an error of the write, not our death */
}

void cbk_interrupt_stops(struct cbk_cloud *cloud)
{
    atomic_store(&session_cloud, cloud);
    if (cloud && cbk_cli_interrupted()) /* before there was a session to end */
        cbk_cloud_interrupt(cloud);
}

void cbk_interrupt_changes(void)
{
    atomic_store(&is_changing, true);
}

bool cbk_cli_interrupted(void)
{
    return atomic_load(&signals_seen) > 0;
}
