/* guest-run: into a guest, and there be another program. */
#include "sim/real/programs.h"

#include "base/alloc.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* As shells have it. */
enum { CANNOT_RUN = 126, NOT_FOUND = 127 };

/* Its user and ipc namespaces are the machine's; the one of mounts last, since it changes where /proc is. */
static bool enter_guest(const char *pid)
{
    static const struct {
        const char *name;
        int type;
    } spaces[] = {{"pid", CLONE_NEWPID}, {"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC}, {"mnt", CLONE_NEWNS}};
    int fds[CBK_ARRAY_LEN(spaces)];
    for (size_t i = 0; i < CBK_ARRAY_LEN(spaces); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/proc/%s/ns/%s", pid, spaces[i].name);
        fds[i] = open(path, O_RDONLY | O_CLOEXEC);
        if (fds[i] < 0)
            return false;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(spaces); i++)
        if (setns(fds[i], spaces[i].type) < 0)
            return false;
    return true;
}

static bool become(const char *user)
{
    const struct passwd *entry = getpwnam(user);
    if (!entry)
        return false;
    (void)clearenv();
    (void)setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    (void)setenv("HOME", entry->pw_dir, 1);
    (void)setenv("USER", user, 1);
    (void)setenv("LOGNAME", user, 1);
    (void)setenv("SHELL", entry->pw_shell, 1);
    return initgroups(user, entry->pw_gid) == 0 && setgid(entry->pw_gid) == 0 && setuid(entry->pw_uid) == 0;
}

/* A text without a first line of its own is one for sh; the others name who reads them, and must be a file for that. */
static void run_script(char *text)
{
    char *const shell[] = {(char *)"sh", (char *)"-c", text, NULL};
    if (!cbk_str_starts_with(text, "#!")) {
        (void)execv("/bin/sh", shell);
        return;
    }
    int file = memfd_create("command", 0);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/proc/self/fd/%d", file);
    char *const script[] = {path, NULL};
    size_t len = strlen(text);
    if (file >= 0 && write(file, text, len) == (ssize_t)len)
        (void)execv(path, script);
}

static _Noreturn void run_there(const char *user, const char *directory, char **program)
{
    if (chdir(directory) < 0 && chdir("/") < 0)
        _exit(CANNOT_RUN);
    if (!become(user)) {
        (void)fprintf(stderr, "there is no user '%s'\n", user);
        _exit(CANNOT_RUN);
    }
    if (strcmp(program[0], "-") == 0)
        run_script(program[1]);
    else
        (void)execvp(program[0], program);
    (void)fprintf(stderr, "cannot run '%s': %s\n", program[0], strerror(errno));
    _exit(errno == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

int sim_guest_run_program(int argc, char **argv)
{
    if (argc < 4 || (strcmp(argv[3], "-") == 0 && argc < 5))
        return CANNOT_RUN;
    if (!enter_guest(argv[0])) {
        (void)fprintf(stderr, "the guest is not there: %s\n", strerror(errno));
        return CANNOT_RUN;
    }
    pid_t pid = fork(); /* only a child is in the guest's process namespace */
    if (pid == 0)
        run_there(argv[1], argv[2], argv + 3);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid < 0 ? CANNOT_RUN : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
