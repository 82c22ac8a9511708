#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#define SELF "/proc/self/exe"

extern char **environ;

void cbk_child_result_release(struct cbk_child_result *result)
{
    free(result->out);
    free(result->talk);
    *result = (struct cbk_child_result){0};
}

/* What was written into the file, from its beginning. */
static int read_back(FILE *file, char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    CBK_STR(text);
    char buffer[65536];
    rewind(file);
    for (size_t got; (got = fread(buffer, 1, sizeof(buffer), file)) > 0;)
        cbk_str_add_bytes(&text, buffer, got);
    if (ferror(file))
        return cbk_fail_errno(err, errno, "cannot read what a plan said");
    *ret_len = text.len;
    *ret_text = cbk_str_detach(&text);
    return 0;
}

static int spawn(const struct cbk_strings *words, int out, int talk, pid_t *ret_pid, struct cbk_error *err)
{
    posix_spawn_file_actions_t actions;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings argv = {0};
    cbk_strings_push(&argv, "cbk");
    for (size_t i = 0; i < words->len; i++)
        cbk_strings_push(&argv, words->items[i]);
    cbk_strings_push(&argv, NULL);
    int r = posix_spawn_file_actions_init(&actions);
    if (r)
        return cbk_fail_errno(err, r, "cannot start a plan");
    r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!r)
        r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!r)
        r = posix_spawn_file_actions_adddup2(&actions, talk, STDERR_FILENO);
    if (!r)
        r = posix_spawn(ret_pid, SELF, &actions, NULL, (char *const *)argv.items, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return r ? cbk_fail_errno(err, r, "cannot start a plan") : 0;
}

static int exit_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cbk_child_run(const struct cbk_strings *words, struct cbk_child_result *ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_file_closep) FILE *out = tmpfile();
    CBK_CLEANUP(cbk_file_closep) FILE *talk = tmpfile();
    pid_t pid = 0;
    int status = 0;
    size_t talk_len = 0;
    if (!out || !talk)
        return cbk_fail_errno(err, errno, "cannot make a temporary file");
    int r = spawn(words, fileno(out), fileno(talk), &pid, err);
    if (r < 0)
        return r;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return cbk_fail_errno(err, errno, "cannot wait for a plan");
    ret->exit = exit_code(status);
    r = read_back(out, &ret->out, &ret->out_len, err);
    return r < 0 ? r : read_back(talk, &ret->talk, &talk_len, err);
}
