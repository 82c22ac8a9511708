/*
 * The small shell of a virtual instance: runs parsed commands with builtins over the instance's files. Cloud Assistant
 * shows standard output and standard error as one text, in the order in which they were written.
 */
#ifndef CBK_SIM_SHELL_H
#define CBK_SIM_SHELL_H

#include "sim/guest/disk_tree.h"
#include "sim/world/world.h"

struct sim_shell {
    struct sim_world *world;
    json_t *instance;
    const char *cwd;
    struct cbk_str *out, *err; /* where the running command writes */
    int status;                /* of the last command */
    bool exited;
};

/* A builtin: argv as in main. Answers its exit code. */
typedef int (*sim_builtin)(struct sim_shell *shell, size_t argc, const char *const *argv);
/* Tables end with a row without a name. */
struct sim_builtin_row {
    const char *name;
    sim_builtin run;
    bool looks; /* changes nothing */
};
extern const struct sim_builtin_row sim_builtins_stat[], sim_builtins_files[], sim_builtins_text[],
    sim_builtins_system[];

/* Runs a script; answers its exit code and adds what it printed. */
int sim_shell_run(struct sim_world *world, json_t *instance, const char *script, struct cbk_str *output);

/* Can the script change nothing: is every command one that looks, and every file that it writes /dev/null? */
bool sim_shell_only_looks(const char *script);

/* Helpers of builtins. The resolved path; the caller frees. */
char *sim_shell_path(const struct sim_shell *shell, const char *path);
/* Says "rm: cannot remove 'PATH': WHY" and answers 1; `start` is all before the path. */
int sim_shell_complain(struct sim_shell *shell, const char *start, const char *path, const char *why);
int sim_shell_missing(struct sim_shell *shell, const char *name);
/* Runs `each` over the operands from `first` on; answers 1 when one of them failed. */
int sim_shell_each(struct sim_shell *shell, size_t argc, const char *const *argv, size_t first, const char *context,
                   int (*each)(struct sim_shell *shell, const char *operand, const char *context));
/* Skips leading options made of the letters in `known`; sets flags[letter - 'a'...] by a bit each in the order of
 * `known`. Answers the index of the first operand, or 0 when an option is not known (said on stderr). */
size_t sim_shell_options(struct sim_shell *shell, size_t argc, const char *const *argv, const char *known,
                         unsigned *ret_flags);

#endif
