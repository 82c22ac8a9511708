/*
 * What the environment adds to a command line: CBK_CLI_ARGS for every command, CBK_CLI_ARGS_<command> for one. Its
 * words stand right behind the command, so that what is typed comes later and wins. They are split as a shell does it:
 * at white space, with single and double quotes and backslashes; nothing is expanded.
 */
#ifndef CBK_CLI_ENVIRON_H
#define CBK_CLI_ENVIRON_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/* Splits `text`; the words belong to the arena. A quote or a backslash that nothing follows is CBK_E_USAGE. */
CBK_MUST_CHECK int cbk_environ_split(const char *text, struct cbk_arena *arena, struct cbk_strings *ret_words,
                                     struct cbk_error *err);
/* The words of both variables for `command`, in their order. Whoever runs cbk again must not hand the variables on
 * (cbk_environ_forget): the words would be taken twice. CBK_E_USAGE, naming the variable. */
CBK_MUST_CHECK int cbk_environ_words(const char *command, struct cbk_arena *arena, struct cbk_strings *ret_words,
                                     struct cbk_error *err);
/* Takes both variables away; before there is a second thread. */
void cbk_environ_forget(const char *command);

#endif
