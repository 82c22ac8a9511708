/*
 * The command line: options of all commands in one table, read into one struct; each command says which it takes.
 */
#ifndef CBK_CLI_ARGS_H
#define CBK_CLI_ARGS_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "engine/guards.h"

CBK_VEC(cbk_inputs, struct cbk_config_input)

struct cbk_args {
    const char *dir;       /* -C; NULL: here */
    const char *log_level; /* NULL: as CBK_LOG says */
    bool no_color;
    bool help;
    bool version;

    struct cbk_inputs inputs; /* --var, --var-file, in order */
    const char *format;
    bool json; /* the format, under the name that other tools have for it */
    const char *max_chars;
    const char *out;
    const char *checksum;
    const char *parallelism;
    const char *lock_timeout;
    const char *sign;
    const char *verify;
    const char *rev;  /* the commit whose files are read; NULL: the directory's */
    const char *base; /* the commit that the stack is compared with, instead of the cloud; NULL: none */
    bool all;         /* stacks below the directory */
    bool require_clean;
    const char *guards_from; /* the revision whose guards count; NULL: the stack's own */
    bool detailed_exitcode;
    bool destroy;
    bool allow_downgrade;
    bool allowed[CBK_GUARD_COUNT];
    bool auto_approve;
    bool no_input;                                  /* nothing is asked */
    bool no_refresh;                                /* never true after parsing: it is refused */
    struct cbk_strings targets, excludes, replaces; /* addresses, in order */
    bool refresh_only;
    bool dry_run, force;
    bool strict;
    bool unmanaged;
    bool check, diff;

    const char *command;      /* NULL: none given */
    struct cbk_strings words; /* what follows it */
    struct cbk_arena *arena;  /* words of the environment */
};

/* Which options a command takes, as bits; the global ones go without saying. */
enum cbk_option_set {
    CBK_OPT_INPUTS = 1 << 0,
    CBK_OPT_FORMAT = 1 << 1,
    CBK_OPT_OUT = 1 << 2,
    CBK_OPT_DETAILED_EXITCODE = 1 << 3,
    CBK_OPT_DESTROY = 1 << 4,
    CBK_OPT_ALLOW = 1 << 5,
    CBK_OPT_AUTO_APPROVE = 1 << 6,
    CBK_OPT_CHECKSUM = 1 << 7,
    CBK_OPT_PARALLELISM = 1 << 8,
    CBK_OPT_LOCK_TIMEOUT = 1 << 9,
    CBK_OPT_SIGN = 1 << 10,
    CBK_OPT_VERIFY = 1 << 11,
    CBK_OPT_SCOPE = 1 << 12,   /* --target, --exclude */
    CBK_OPT_REPLACE = 1 << 13, /* --replace, --refresh-only */
    CBK_OPT_EDIT = 1 << 14,    /* --dry-run, --force */
    CBK_OPT_STRICT = 1 << 15,
    CBK_OPT_REV = 1 << 16,
    CBK_OPT_MAX_CHARS = 1 << 17,
    CBK_OPT_UNMANAGED = 1 << 18,
    CBK_OPT_FMT = 1 << 19, /* --check, --diff */
    CBK_OPT_CLEAN = 1 << 20,
    CBK_OPT_BASE = 1 << 21,
    CBK_OPT_GUARDS_FROM = 1 << 22,
    CBK_OPT_STACKS = 1 << 23, /* --all */
    CBK_OPT_INPUT = 1 << 24,
    CBK_OPT_DOWNGRADE = 1 << 25, /* of the --allow-... that one alone */
    CBK_OPT_ALL = (1 << 26) - 1,
};

/* Reads the whole command line, with what the environment adds to it (cli/environ.h). `takes` tells the options of a
 * command by name (CBK_OPT_ALL for an unknown one: that it is unknown is what will be said). Everything in `ret` is
 * borrowed from argv, or its own: release it also after a failure. CBK_E_USAGE. */
CBK_MUST_CHECK int cbk_args_parse(int argc, char **argv, unsigned (*takes)(const char *command), struct cbk_args *ret,
                                  struct cbk_error *err);
void cbk_args_release(struct cbk_args *args);

/* An option as its row tells it. */
struct cbk_option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* how its value is called; NULL: it has none */
    const char *help;
};
/* Calls `visit` for the options in `set`, and for the global ones with `global`. */
void cbk_args_each(unsigned set, bool global, void (*visit)(void *context, const struct cbk_option *option),
                   void *context);
/* Adds the help of the options in `set`, and of the global ones with `global`. */
void cbk_args_add_help(struct cbk_str *out, unsigned set, bool global);

#endif
