#include "sim/guest/shell_parse.h"

#include <ctype.h>
#include <string.h>

struct parser {
    struct cbk_arena *arena;
    const char *at;
    struct sim_commands *commands;
    struct cbk_error *err;
};

void sim_commands_free(struct sim_commands *commands)
{
    for (size_t i = 0; i < commands->len; i++) {
        cbk_strings_release(&commands->items[i].words);
        sim_redirects_release(&commands->items[i].redirects);
    }
    sim_commands_release(commands);
}

static int unexpected(struct parser *parser, const char *what)
{
    return cbk_fail(parser->err, CBK_E_SYNTAX, "Syntax error: %s unexpected", what);
}

static void skip_blanks(struct parser *parser)
{
    for (;;) {
        parser->at += strspn(parser->at, " \t\r");
        if (parser->at[0] == '\\' && parser->at[1] == '\n')
            parser->at += 2;
        else
            break;
    }
    if (*parser->at == '#')
        parser->at += strcspn(parser->at, "\n");
}

static bool ends_word(char c)
{
    return !c || strchr(" \t\r\n;&|<>()", c);
}

static int take_single_quoted(struct parser *parser, struct cbk_str *word)
{
    const char *end = strchr(parser->at + 1, '\'');
    if (!end)
        return cbk_fail(parser->err, CBK_E_SYNTAX, "Syntax error: Unterminated quoted string");
    cbk_str_add_bytes(word, parser->at + 1, (size_t)(end - parser->at - 1));
    parser->at = end + 1;
    return 0;
}

static int take_double_quoted(struct parser *parser, struct cbk_str *word)
{
    for (parser->at++; *parser->at != '"'; parser->at++) {
        if (!*parser->at)
            return cbk_fail(parser->err, CBK_E_SYNTAX, "Syntax error: Unterminated quoted string");
        if (*parser->at == '\\' && parser->at[1] && strchr("\"\\$`", parser->at[1]))
            parser->at++;
        cbk_str_add_char(word, *parser->at);
    }
    parser->at++;
    return 0;
}

static int take_word(struct parser *parser, const char **ret)
{
    CBK_STR(word);
    int r = 0;
    while (r == 0 && !ends_word(*parser->at)) {
        if (*parser->at == '\'') {
            r = take_single_quoted(parser, &word);
        } else if (*parser->at == '"') {
            r = take_double_quoted(parser, &word);
        } else {
            if (*parser->at == '\\' && parser->at[1])
                parser->at++;
            cbk_str_add_char(&word, *parser->at++);
        }
    }
    if (r == 0)
        *ret = cbk_arena_strndup(parser->arena, word.ptr, word.len);
    return r;
}

static bool at_redirect(const char *at)
{
    return *at == '>' || ((*at == '1' || *at == '2') && at[1] == '>');
}

static int take_redirect(struct parser *parser, struct sim_command *command)
{
    struct sim_redirect redirect = {.fd = 1};
    if (isdigit((unsigned char)*parser->at))
        redirect.fd = *parser->at++ - '0';
    parser->at++;
    redirect.append = *parser->at == '>';
    parser->at += redirect.append;
    if (*parser->at == '&') {
        if (parser->at[1] != '1' && parser->at[1] != '2')
            return unexpected(parser, "\"&\"");
        redirect.to_fd = parser->at[1] - '0';
        parser->at += 2;
    } else {
        skip_blanks(parser);
        if (ends_word(*parser->at))
            return unexpected(parser, "redirection");
        int r = take_word(parser, &redirect.path);
        if (r < 0)
            return r;
    }
    sim_redirects_push(&command->redirects, redirect);
    return 0;
}

/* One simple command; it may turn out to be empty. */
static int take_command(struct parser *parser, struct sim_command *command)
{
    for (;;) {
        skip_blanks(parser);
        int r = 0;
        if (at_redirect(parser->at)) {
            r = take_redirect(parser, command);
        } else if (ends_word(*parser->at)) {
            return 0;
        } else {
            const char *word = NULL;
            r = take_word(parser, &word);
            if (r == 0)
                cbk_strings_push(&command->words, word);
        }
        if (r < 0)
            return r;
    }
}

/* What stands between two commands. */
static int take_join(struct parser *parser, bool had_command, enum sim_join *ret)
{
    static const struct {
        const char *text;
        enum sim_join join;
    } joins[] = {{"&&", SIM_JOIN_AND}, {"||", SIM_JOIN_OR}, {";", SIM_JOIN_ALWAYS}, {"\n", SIM_JOIN_ALWAYS}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(joins); i++) {
        if (!cbk_str_starts_with(parser->at, joins[i].text))
            continue;
        if (!had_command && *joins[i].text != '\n') {
            CBK_CLEANUP(cbk_string_freep) char *quoted = cbk_strf("\"%s\"", joins[i].text);
            return unexpected(parser, quoted);
        }
        parser->at += strlen(joins[i].text);
        *ret = joins[i].join;
        return 0;
    }
    CBK_CLEANUP(cbk_string_freep) char *quoted = cbk_strf("\"%c\"", *parser->at);
    return unexpected(parser, quoted);
}

int sim_shell_parse(struct cbk_arena *arena, const char *script, struct sim_commands *ret, struct cbk_error *err)
{
    struct parser parser = {arena, script, ret, err};
    enum sim_join join = SIM_JOIN_ALWAYS;
    for (;;) {
        struct sim_command *command = sim_commands_add(ret);
        command->join = join;
        int r = take_command(&parser, command);
        if (r < 0)
            return r;
        bool had_command = command->words.len || command->redirects.len;
        if (!had_command)
            ret->len--; /* an empty one owns nothing */
        if (!*parser.at)
            return had_command || join == SIM_JOIN_ALWAYS ? 0 : unexpected(&parser, "end of file");
        enum sim_join next = SIM_JOIN_ALWAYS;
        r = take_join(&parser, had_command, &next);
        if (r < 0)
            return r;
        if (had_command || join == SIM_JOIN_ALWAYS) /* a line break after && or || does not end the list */
            join = next;
    }
}
