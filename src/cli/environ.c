#include "cli/environ.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define EVERY_COMMAND "CBK_CLI_ARGS"
static const char space[] = " \t\r\n";

/* Reads what a quote holds, up to its end; in double ones a backslash saves `"` and `\`. NULL: it has no end. */
static const char *take_quoted(const char *at, struct cbk_str *word)
{
    const char quote = *at++;
    for (; *at != quote; at++) {
        if (quote == '"' && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        if (!*at)
            return NULL;
        cbk_str_add_char(word, *at);
    }
    return at + 1;
}

/* Reads one word and answers what follows it, or NULL where it breaks off. */
static const char *take_word(const char *at, struct cbk_str *word)
{
    while (at && *at && !strchr(space, *at)) {
        if (*at == '\'' || *at == '"') {
            at = take_quoted(at, word);
        } else if (*at == '\\' && !*++at) {
            at = NULL;
        } else {
            cbk_str_add_char(word, *at++);
        }
    }
    return at;
}

int cbk_environ_split(const char *text, struct cbk_arena *arena, struct cbk_strings *ret_words, struct cbk_error *err)
{
    for (const char *at = text + strspn(text, space); *at; at += strspn(at, space)) {
        CBK_STR(word);
        at = take_word(at, &word);
        if (!at)
            return cbk_fail(err, CBK_E_USAGE, "a quote or a backslash without its end");
        cbk_strings_push(ret_words, cbk_arena_strdup(arena, word.ptr));
    }
    return 0;
}

static int add_variable(const char *name, struct cbk_arena *arena, struct cbk_strings *ret_words, struct cbk_error *err)
{
    const char *text = getenv(name);
    return text && cbk_environ_split(text, arena, ret_words, err) < 0 ? cbk_wrap(err, "%s", name) : 0;
}

int cbk_environ_words(const char *command, struct cbk_arena *arena, struct cbk_strings *ret_words,
                      struct cbk_error *err)
{
    int r = add_variable(EVERY_COMMAND, arena, ret_words, err);
    return r < 0 ? r : add_variable(cbk_arena_strf(arena, EVERY_COMMAND "_%s", command), arena, ret_words, err);
}

void cbk_environ_forget(const char *command)
{
    CBK_STR(name);
    cbk_str_addf(&name, EVERY_COMMAND "_%s", command);
    (void)unsetenv(EVERY_COMMAND);
    (void)unsetenv(name.ptr);
}
