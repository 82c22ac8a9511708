/*
 * The grammar of the small shell: simple commands with words and redirections, joined by ; newline && ||. Quotes,
 * backslashes and comments as in sh; no expansions, pipes or control structures.
 */
#ifndef CBK_SIM_SHELL_PARSE_H
#define CBK_SIM_SHELL_PARSE_H

#include "base/arena.h"
#include "base/error.h"

enum sim_join { SIM_JOIN_ALWAYS, SIM_JOIN_AND, SIM_JOIN_OR };

/* `2>/dev/null`, `>> file`, `2>&1` */
struct sim_redirect {
    int fd;           /* 1 or 2 */
    const char *path; /* NULL: a copy of `to_fd` */
    int to_fd;
    bool append;
};
CBK_VEC(sim_redirects, struct sim_redirect)

struct sim_command {
    enum sim_join join; /* what must have come before */
    struct cbk_strings words;
    struct sim_redirects redirects;
};
CBK_VEC(sim_commands, struct sim_command)

void sim_commands_free(struct sim_commands *commands);

/* Parses a script; words belong to the arena, the list to the caller (sim_commands_free, on failure too). The error is
 * what sh says ("Syntax error: ..."). */
CBK_MUST_CHECK int sim_shell_parse(struct cbk_arena *arena, const char *script, struct sim_commands *ret,
                                   struct cbk_error *err);

#endif
