#include "cli/plan_all.h"

#include "base/json.h"
#include "base/parallel.h"
#include "cli/child.h"
#include "cli/touched.h"
#include "engine/guard_rows.h"
#include "render/stacks_text.h"

#include <string.h>

/* Each plan has threads of its own. */
#define PLANS_AT_ONCE 4

/* All plans on their way. */
struct run {
    const struct cbk_cli *cli;
    struct cbk_arena *arena;
    struct cbk_stack_places places;
    struct cbk_strings words;         /* what every plan is told besides its directory */
    struct cbk_child_result *results; /* one a place */
};

static void release_run(struct run *run)
{
    for (size_t i = 0; run->results && i < run->places.len; i++)
        cbk_child_result_release(&run->results[i]);
    free(run->results);
    cbk_stack_places_release(&run->places);
    cbk_strings_release(&run->words);
    cbk_arena_free(run->arena);
}

/* What is about one stack cannot be asked of all. */
static int check_usage(const struct cbk_args *args, struct cbk_error *err)
{
    const struct {
        bool given;
        const char *name;
    } others[] = {
        {args->out != NULL, "out"},          {args->sign != NULL, "sign"},
        {args->targets.len > 0, "target"},   {args->excludes.len > 0, "exclude"},
        {args->replaces.len > 0, "replace"}, {args->max_chars != NULL, "max-chars"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(others); i++)
        if (others[i].given)
            return cbk_fail(err, CBK_E_USAGE, "'--%s' is about one stack: it cannot stand with '--all'",
                            others[i].name);
    return 0;
}

static void add_flag(struct run *run, bool given, const char *name)
{
    if (given)
        cbk_strings_push(&run->words, cbk_arena_strf(run->arena, "--%s", name));
}

static void add_option(struct run *run, const char *name, const char *value)
{
    if (value)
        cbk_strings_push(&run->words, cbk_arena_strf(run->arena, "--%s=%s", name, value));
}

static void gather_words(struct run *run)
{
    const struct cbk_args *args = run->cli->args;
    add_option(run, "log-level", args->log_level);
    cbk_strings_push(&run->words, "plan");
    cbk_strings_push(&run->words, "--format=json");
    cbk_strings_push(&run->words, "--detailed-exitcode");
    for (size_t i = 0; i < args->inputs.len; i++) {
        add_option(run, "var", args->inputs.items[i].var);
        add_option(run, "var-file", args->inputs.items[i].var_file);
    }
    add_option(run, "rev", args->rev);
    add_option(run, "base", args->base);
    add_option(run, "guards-from", args->guards_from);
    add_flag(run, args->require_clean, "require-clean");
    add_flag(run, args->destroy, "destroy");
    add_flag(run, args->refresh_only, "refresh-only");
    add_flag(run, args->allow_downgrade, "allow-downgrade");
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++) {
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("allow-%s", cbk_guard_rows[i].id);
        add_flag(run, args->allowed[i], name);
    }
}

static int plan_one(void *context, size_t index, struct cbk_error *err)
{
    const struct run *run = context;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings words = {0};
    if (cbk_cli_interrupted())
        return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted");
    cbk_strings_push(&words, "-C");
    cbk_strings_push(&words, run->places.items[index].dir);
    for (size_t i = 0; i < run->words.len; i++)
        cbk_strings_push(&words, run->words.items[i]);
    return cbk_child_run(&words, &run->results[index], err);
}

/* {stack, dir, touched, exit, plan}; plan and stack are null where none could be made, touched where it is not known.
 * New reference. */
static json_t *result_json(const struct cbk_stack_place *place, const struct cbk_child_result *result)
{
    CBK_JSON *plan = NULL;
    CBK_ERROR(ignored); /* the plan itself has said what is wrong */
    if (result->out_len && cbk_json_parse("the plan", result->out, result->out_len, &plan, &ignored) < 0)
        plan = NULL;
    json_t *touched =
        place->touched == CBK_TOUCHED_UNKNOWN ? json_null() : json_boolean(place->touched == CBK_TOUCHED_YES);
    return json_pack("{s:s?, s:s, s:o, s:i, s:O?}", "stack", cbk_json_text(plan, "stack"), "dir", place->dir, "touched",
                     touched, "exit", result->exit, "plan", plan);
}

static json_t *results_json(const struct run *run)
{
    json_t *results = json_array();
    for (size_t i = 0; i < run->places.len; i++)
        json_array_append_new(results, result_json(&run->places.items[i], &run->results[i]));
    return results;
}

static void talk(const struct run *run)
{
    for (size_t i = 0; i < run->places.len; i++) {
        CBK_STR(text);
        cbk_str_add(&text, run->results[i].talk ? run->results[i].talk : "");
        cbk_cli_talk(&text);
    }
}

static int exit_code_of(const struct run *run)
{
    bool changed = false;
    for (size_t i = 0; i < run->places.len; i++) {
        int code = run->results[i].exit;
        if (code != CBK_EXIT_OK && code != CBK_EXIT_CHANGES)
            return cbk_cli_interrupted() ? CBK_EXIT_INTERRUPTED : CBK_EXIT_ERROR;
        changed = changed || code == CBK_EXIT_CHANGES;
    }
    return changed && run->cli->args->detailed_exitcode ? CBK_EXIT_CHANGES : CBK_EXIT_OK;
}

/* Where nobody knows what is touched, that is said, and they go by name. */
static int order(struct run *run, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *why = NULL;
    CBK_STR(note);
    int r = cbk_stacks_mark_touched(run->cli, &run->places, &why, err);
    if (r < 0)
        return r;
    cbk_stacks_sort(&run->places);
    if (!why)
        return 0;
    cbk_str_add(&note, "note: which stacks are touched is not known: ");
    cbk_str_add_visible(&note, why);
    cbk_str_add_char(&note, '\n');
    cbk_cli_talk(&note);
    return 0;
}

static int plan_all(struct run *run, struct cbk_error *err)
{
    const struct cbk_args *args = run->cli->args;
    run->arena = cbk_arena_new();
    int r = check_usage(args, err);
    if (r == 0)
        r = cbk_stacks_find(args->dir ? args->dir : ".", run->arena, &run->places, err);
    r = r < 0 ? r : order(run, err);
    if (r < 0)
        return r;
    gather_words(run);
    run->results = cbk_alloc(run->places.len, sizeof(*run->results));
    return cbk_parallel(PLANS_AT_ONCE, run->places.len, plan_one, run, err);
}

int cbk_cli_plan_all(const struct cbk_cli *cli)
{
    static const char *const formats[] = {"text", "json"};
    CBK_CLEANUP(release_run) struct run run = {.cli = cli};
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0 || plan_all(&run, &err) < 0)
        return cbk_cli_fail(&err);
    CBK_JSON *results = results_json(&run);
    if (format == 1)
        cbk_json_add_pretty(&text, results);
    else
        cbk_render_stacks_text(results, &cli->out_style, &text);
    talk(&run);
    return cbk_cli_print(&text) == CBK_EXIT_OK ? exit_code_of(&run) : CBK_EXIT_ERROR;
}
