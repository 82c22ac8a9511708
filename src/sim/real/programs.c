#include "sim/real/programs.h"

#include "base/owned.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const struct {
    const char *word;
    int (*run)(int argc, char **argv);
} programs[] = {
    {"guest-init", sim_guest_init},
    {"guest-run", sim_guest_run_program},
    {"guest-freeze", sim_guest_freeze_program},
};

void sim_program_run(int argc, char **argv)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(programs); i++) {
        if (argc < 2 || strcmp(argv[1], programs[i].word) != 0)
            continue;
        (void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0); /* sockets of the front door, whatever they are */
        (void)prctl(PR_SET_NAME, programs[i].word);
        _exit(programs[i].run(argc - 2, argv + 2)); /* in another namespace, what a sanitizer does at exit fails */
    }
}
