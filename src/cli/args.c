#include "cli/args.h"

#include "base/str.h"
#include "cli/environ.h"

#include <stddef.h>
#include <string.h>

enum value_kind { FLAG, DENIAL, TEXT, LIST, VAR, VAR_FILE }; /* DENIAL: true, or false, which is kept as a claim */

#define ALLOWED(guard) offsetof(struct cbk_args, allowed[CBK_GUARD_##guard])

static const struct option_row {
    const char *name;  /* long, without dashes */
    char letter;       /* 0: none */
    const char *value; /* how its value is called; NULL: it has none */
    enum value_kind kind;
    size_t offset; /* in struct cbk_args; of all but VAR and VAR_FILE */
    unsigned set;  /* 0: global */
    const char *help;
} rows[] = {
    {"chdir", 'C', "DIR", TEXT, offsetof(struct cbk_args, dir), 0, "the stack's directory"},
    {"no-color", 0, NULL, FLAG, offsetof(struct cbk_args, no_color), 0, "no colours"},
    {"log-level", 0, "LEVEL", TEXT, offsetof(struct cbk_args, log_level), 0, "error, warn, info, debug or trace"},
    {"help", 'h', NULL, FLAG, offsetof(struct cbk_args, help), 0, "this text"},
    {"version", 0, NULL, FLAG, offsetof(struct cbk_args, version), 0, "print the version"},
    {"var", 0, "NAME=VALUE", VAR, 0, CBK_OPT_INPUTS, "the value of a variable"},
    {"var-file", 0, "FILE", VAR_FILE, 0, CBK_OPT_INPUTS, "a YAML file of values"},
    {"format", 0, "FORMAT", TEXT, offsetof(struct cbk_args, format), CBK_OPT_FORMAT, "how the result is written"},
    {"json", 0, NULL, FLAG, offsetof(struct cbk_args, json), CBK_OPT_FORMAT, "the same as --format json"},
    {"max-chars", 0, "N", TEXT, offsetof(struct cbk_args, max_chars), CBK_OPT_MAX_CHARS,
     "markdown: leave out rows beyond this length (default 65536)"},
    {"out", 0, "FILE", TEXT, offsetof(struct cbk_args, out), CBK_OPT_OUT,
     "where it is saved: the plan's file, the export's directory"},
    {"detailed-exitcode", 0, NULL, FLAG, offsetof(struct cbk_args, detailed_exitcode), CBK_OPT_DETAILED_EXITCODE,
     "exit 2 when there are changes"},
    {"destroy", 0, NULL, FLAG, offsetof(struct cbk_args, destroy), CBK_OPT_DESTROY,
     "plan to remove all that the stack owns"},
    {"allow-downgrade", 0, NULL, FLAG, offsetof(struct cbk_args, allow_downgrade), CBK_OPT_ALLOW | CBK_OPT_DOWNGRADE,
     "go on where less than the required consistency is foreseen"},
    {"allow-shorter-retention", 0, NULL, FLAG, ALLOWED(SHORTER_RETENTION), CBK_OPT_ALLOW,
     "keep recovery points for less time"},
    {"allow-point-deletion", 0, NULL, FLAG, ALLOWED(POINT_DELETION), CBK_OPT_ALLOW, "delete recovery points"},
    {"allow-mass-destroy", 0, NULL, FLAG, ALLOWED(MASS_DESTROY), CBK_OPT_ALLOW,
     "destroy or forget more than 30 % of 10 or more"},
    {"allow-wider-permissions", 0, NULL, FLAG, ALLOWED(WIDER_PERMISSIONS), CBK_OPT_ALLOW,
     "let roles and policies allow more than before"},
    {"allow-selector-growth", 0, NULL, FLAG, ALLOWED(SELECTOR_GROWTH), CBK_OPT_ALLOW,
     "let a selector match far more than before"},
    {"strict", 0, NULL, FLAG, offsetof(struct cbk_args, strict), CBK_OPT_STRICT, "exit 3 when there is a gap"},
    {"unmanaged", 0, NULL, FLAG, offsetof(struct cbk_args, unmanaged), CBK_OPT_UNMANAGED,
     "also what lives in the account and is not this stack's"},
    {"auto-approve", 0, NULL, FLAG, offsetof(struct cbk_args, auto_approve), CBK_OPT_AUTO_APPROVE,
     "do not ask before applying"},
    {"input", 0, "BOOL", DENIAL, offsetof(struct cbk_args, no_input), CBK_OPT_INPUT,
     "false: ask nothing, and refuse what would have to be asked"},
    {"checksum", 0, "H", TEXT, offsetof(struct cbk_args, checksum), CBK_OPT_CHECKSUM,
     "apply only the plan that printed this checksum"},
    {"parallelism", 0, "N", TEXT, offsetof(struct cbk_args, parallelism), CBK_OPT_PARALLELISM,
     "steps at once (default 10)"},
    {"lock-timeout", 0, "DURATION", TEXT, offsetof(struct cbk_args, lock_timeout), CBK_OPT_LOCK_TIMEOUT,
     "how long to wait for another holder of the state's lock (default 0s)"},
    {"sign", 0, "KEY", TEXT, offsetof(struct cbk_args, sign), CBK_OPT_SIGN,
     "sign the saved plan with this Ed25519 key"},
    {"verify", 0, "KEY", TEXT, offsetof(struct cbk_args, verify), CBK_OPT_VERIFY,
     "apply the saved plan only if this public key's owner signed it"},
    {"rev", 0, "REV", TEXT, offsetof(struct cbk_args, rev), CBK_OPT_REV,
     "read the stack from this commit, without a checkout"},
    {"base", 0, "REV", TEXT, offsetof(struct cbk_args, base), CBK_OPT_BASE,
     "tell what has changed since REV was left, without the cloud"},
    {"guards-from", 0, "REV", TEXT, offsetof(struct cbk_args, guards_from), CBK_OPT_GUARDS_FROM,
     "hold to the guards of this revision where it is stricter"},
    {"all", 0, NULL, FLAG, offsetof(struct cbk_args, all), CBK_OPT_STACKS,
     "plan every stack in or below the directory"},
    {"require-clean", 0, NULL, FLAG, offsetof(struct cbk_args, require_clean), CBK_OPT_CLEAN,
     "refuse a stack that is not committed as it stands"},
    {"dry-run", 0, NULL, FLAG, offsetof(struct cbk_args, dry_run), CBK_OPT_EDIT, "mv, rm: say what would be done"},
    {"force", 0, NULL, FLAG, offsetof(struct cbk_args, force), CBK_OPT_EDIT,
     "push: also an older state, or another lineage"},
    {"check", 0, NULL, FLAG, offsetof(struct cbk_args, check), CBK_OPT_FMT,
     "change nothing; exit 1 when something would be"},
    {"diff", 0, NULL, FLAG, offsetof(struct cbk_args, diff), CBK_OPT_FMT, "change nothing; show what would be"},
    {"target", 0, "ADDRESS", LIST, offsetof(struct cbk_args, targets), CBK_OPT_SCOPE,
     "only this and what it needs; may be repeated"},
    {"exclude", 0, "ADDRESS", LIST, offsetof(struct cbk_args, excludes), CBK_OPT_SCOPE,
     "not this, nor what needs it; may be repeated"},
    {"replace", 0, "ADDRESS", LIST, offsetof(struct cbk_args, replaces), CBK_OPT_REPLACE,
     "make this anew; may be repeated"},
    {"refresh", 0, "BOOL", DENIAL, offsetof(struct cbk_args, no_refresh), CBK_OPT_REPLACE,
     "true; a plan always asks the cloud"},
    {"refresh-only", 0, NULL, FLAG, offsetof(struct cbk_args, refresh_only), CBK_OPT_REPLACE,
     "let the state take over what lives; change nothing"},
};

/* Finds "--name", "--name=value" or "-C"; *ret_value is what follows the equals sign, or NULL. */
static const struct option_row *find_row(const char *word, const char **ret_value)
{
    *ret_value = NULL;
    if (word[1] != '-') {
        for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
            if (!rows[i].letter || rows[i].letter != word[1])
                continue;
            *ret_value = word[2] ? word + 2 : NULL;
            return &rows[i];
        }
        return NULL;
    }
    const char *name = word + 2;
    size_t len = strcspn(name, "=");
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        if (strlen(rows[i].name) != len || strncmp(rows[i].name, name, len) != 0)
            continue;
        *ret_value = name[len] ? name + len + 1 : NULL;
        return &rows[i];
    }
    return NULL;
}

static int fail_unknown(const char *word, unsigned set, struct cbk_error *err)
{
    const char *names[CBK_ARRAY_LEN(rows)];
    size_t count = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++)
        if (!rows[i].set || (rows[i].set & set))
            names[count++] = rows[i].name;
    (void)cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_USAGE, "option", word + strspn(word, "-"), names, count);
    return cbk_error_hint(err, "'cbk help' lists the commands, 'cbk COMMAND --help' its options");
}

static int store(struct cbk_args *args, const struct option_row *row, const char *value, struct cbk_error *err)
{
    char *place = (char *)args + row->offset;
    switch (row->kind) {
    case FLAG:
        *(bool *)(void *)place = true;
        break;
    case DENIAL:
        if (!cbk_str_equal(value, "true") && !cbk_str_equal(value, "false"))
            return cbk_fail(err, CBK_E_USAGE, "the option '--%s' is true or false, not '%s'", row->name, value);
        *(bool *)(void *)place = cbk_str_equal(value, "false");
        break;
    case TEXT:
        *(const char **)(void *)place = value;
        break;
    case LIST:
        cbk_strings_push((struct cbk_strings *)(void *)place, value);
        break;
    case VAR:
        cbk_inputs_push(&args->inputs, (struct cbk_config_input){.var = value});
        break;
    case VAR_FILE:
        cbk_inputs_push(&args->inputs, (struct cbk_config_input){.var_file = value});
        break;
    }
    return 0;
}

static int take_option(const struct cbk_strings *line, size_t *at, unsigned set, struct cbk_args *args,
                       struct cbk_error *err)
{
    const char *word = line->items[*at], *value = NULL;
    const struct option_row *row = find_row(word, &value);
    if (!row || (row->set && !(row->set & set)))
        return fail_unknown(word, set, err);
    if (!row->value && value)
        return cbk_fail(err, CBK_E_USAGE, "the option '--%s' takes no value", row->name);
    if (row->value && !value) {
        if (*at + 1 >= line->len)
            return cbk_fail(err, CBK_E_USAGE, "the option '--%s' needs a value: --%s %s", row->name, row->name,
                            row->value);
        value = line->items[++*at];
    }
    return store(args, row, value, err);
}

typedef unsigned (*options_of)(const char *command);

static int take_words(const struct cbk_strings *line, options_of takes, struct cbk_args *args, struct cbk_error *err);

/* The command is known: the environment may have words for it, before those that are typed. */
static int take_command(const char *word, options_of takes, struct cbk_args *args, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings words = {0};
    args->command = word;
    int r = cbk_environ_words(word, args->arena, &words, err);
    if (r == 0 && take_words(&words, takes, args, err) < 0)
        r = cbk_wrap(err, "the environment's CBK_CLI_ARGS");
    return r;
}

static int take_words(const struct cbk_strings *line, options_of takes, struct cbk_args *args, struct cbk_error *err)
{
    bool only_words = false;
    int r = 0;
    for (size_t i = 0; r == 0 && i < line->len; i++) {
        const char *word = line->items[i];
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && word[0] == '-' && word[1])
            r = take_option(line, &i, args->command ? takes(args->command) : 0, args, err);
        else if (!args->command)
            r = take_command(word, takes, args, err);
        else
            cbk_strings_push(&args->words, word);
    }
    return r;
}

/* What options say together. */
static int settle(struct cbk_args *args, struct cbk_error *err)
{
    if (args->no_refresh) {
        (void)cbk_fail(err, CBK_E_USAGE,
                       "'--refresh=false' is refused: a plan that has not asked the cloud is a guess");
        return cbk_error_hint(err, "leave it out; '--target ADDRESS' keeps a plan small");
    }
    if (args->json && args->format && strcmp(args->format, "json") != 0)
        return cbk_fail(err, CBK_E_USAGE, "'--json' and '--format %s' cannot stand together", args->format);
    if (args->json)
        args->format = "json";
    return 0;
}

int cbk_args_parse(int argc, char **argv, options_of takes, struct cbk_args *ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings line = {0};
    *ret = (struct cbk_args){.arena = cbk_arena_new()};
    for (int i = 1; i < argc; i++)
        cbk_strings_push(&line, argv[i]);
    int r = take_words(&line, takes, ret, err);
    return r < 0 ? r : settle(ret, err);
}

void cbk_args_release(struct cbk_args *args)
{
    cbk_inputs_release(&args->inputs);
    cbk_strings_release(&args->words);
    cbk_strings_release(&args->targets);
    cbk_strings_release(&args->excludes);
    cbk_strings_release(&args->replaces);
    cbk_arena_free(args->arena);
    *args = (struct cbk_args){0};
}

void cbk_args_each(unsigned set, bool global, void (*visit)(void *context, const struct cbk_option *option),
                   void *context)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        const struct option_row *row = &rows[i];
        const struct cbk_option option = {
            .name = row->name, .letter = row->letter, .value = row->value, .help = row->help};
        if (row->set ? row->set & set : global)
            visit(context, &option);
    }
}

static void add_option_help(void *out, const struct cbk_option *option)
{
    CBK_STR(left);
    if (option->letter)
        cbk_str_addf(&left, "-%c, ", option->letter);
    cbk_str_addf(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
    cbk_str_addf(out, "  %-26s %s\n", left.ptr, option->help);
}

void cbk_args_add_help(struct cbk_str *out, unsigned set, bool global)
{
    cbk_args_each(set, global, add_option_help, out);
}
