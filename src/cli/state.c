/* state: care for what the stack remembers. */
#include "state/state.h"
#include "base/file.h"
#include "base/time.h"
#include "cli/session.h"
#include "engine/vet.h"
#include "render/ledger.h"
#include "state/edit.h"

#include <stdint.h>
#include <string.h>

#define STATE_LIMIT ((size_t)1024 * 1024 * 1024)

/* One call on its way. */
struct care {
    const struct cbk_cli *cli;
    const struct cbk_strings *words; /* what follows the name of the action */
    struct cbk_session session;
    json_t *state; /* as read; NULL: there is none yet; owned */
};

static void release_care(struct care *care)
{
    json_decref(care->state);
    cbk_session_release(&care->session);
}

static const char *word(const struct care *care, size_t index)
{
    return care->words->items[index + 1];
}

static size_t word_count(const struct care *care)
{
    return care->words->len - 1;
}

static int print(const struct cbk_str *text, struct cbk_error *err)
{
    return cbk_cli_write(text, err);
}

static int print_json(const json_t *json, struct cbk_error *err)
{
    CBK_STR(text);
    cbk_json_add_pretty(&text, json);
    return print(&text, err);
}

/* Everything, or what lies at the addresses given. */
static int list(struct care *care, struct cbk_error *err)
{
    CBK_JSON *all = cbk_json_sorted_keys(cbk_state_resources(care->state)), *chosen = json_array();
    for (size_t i = 0; i < word_count(care); i++) {
        CBK_JSON *matches = cbk_state_matches(care->state, word(care, i));
        if (!json_array_size(matches))
            return cbk_state_fail_unknown(care->state, word(care, i), err);
        json_array_extend(chosen, matches);
    }
    CBK_STR(text);
    size_t index;
    json_t *address;
    json_array_foreach(word_count(care) ? chosen : all, index, address) {
        cbk_str_add_visible(&text, json_string_value(address));
        cbk_str_add_char(&text, '\n');
    }
    return print(&text, err);
}

static int show(struct care *care, struct cbk_error *err)
{
    const json_t *resource = cbk_state_resource(care->state, word(care, 0));
    CBK_JSON *earlier = NULL;
    CBK_ERROR(ignored);
    if (resource)
        return print_json(resource, err);
    if (cbk_store_has_history(care->session.store) &&
        cbk_store_read_revision(care->session.store, word(care, 0), &earlier, &ignored) == 0)
        return print_json(earlier, err);
    return cbk_state_fail_unknown(care->state, word(care, 0), err);
}

/* What the last apply did, or the one that wrote a revision. */
static int ledger(struct care *care, struct cbk_error *err)
{
    CBK_JSON *earlier = NULL;
    int r = word_count(care) ? cbk_store_read_revision(care->session.store, word(care, 0), &earlier, err) : 0;
    const json_t *state = word_count(care) ? earlier : care->state, *last = json_object_get(state, "last_apply");
    if (r < 0)
        return r;
    if (!last)
        return cbk_fail(err, CBK_E_NOT_FOUND, "the state has no ledger: nothing has been applied with this version");
    CBK_STR(text);
    cbk_render_ledger(last, cbk_state_intents(state), &care->cli->out_style, &text);
    return print(&text, err);
}

static int history(struct care *care, struct cbk_error *err)
{
    const int short_id = 12;
    CBK_JSON *entries = NULL;
    int r = cbk_store_history(care->session.store, &entries, err);
    if (r < 0)
        return r;
    CBK_STR(text);
    size_t index;
    json_t *entry;
    json_array_foreach(entries, index, entry) {
        cbk_str_addf(&text, "%.*s  ", short_id, cbk_json_text_or(entry, "revision", ""));
        cbk_time_add_utc(&text, cbk_json_int(entry, "time", 0));
        cbk_str_add(&text, "  ");
        cbk_str_add_visible(&text, cbk_json_text_or(entry, "author", ""));
        cbk_str_add(&text, "  ");
        cbk_str_add_visible(&text, cbk_json_text_or(entry, "note", ""));
        cbk_str_add_char(&text, '\n');
    }
    return print(&text, err);
}

static int locks(struct care *care, struct cbk_error *err)
{
    CBK_JSON *holder = NULL;
    int r = cbk_store_holder(care->session.store, &holder, err);
    if (r < 0)
        return r;
    CBK_STR(text);
    if (!holder)
        cbk_str_add(&text, "Nobody holds the lock.\n");
    return holder ? print_json(holder, err) : print(&text, err);
}

static int unlock(struct care *care, struct cbk_error *err)
{
    int r = cbk_store_break_lock(care->session.store, word(care, 0), err);
    if (r < 0)
        return r;
    CBK_STR(text);
    cbk_str_addf(&text, "The lock is taken away from '%s'.\n", word(care, 0));
    return print(&text, err);
}

static int pull(struct care *care, struct cbk_error *err)
{
    if (care->state)
        return print_json(care->state, err);
    return cbk_fail(err, CBK_E_NOT_FOUND, "there is no state yet: nothing has been applied");
}

/* Writes the edited state under the serial that follows. */
static int keep(struct care *care, int64_t serial, const char *note, struct cbk_error *err)
{
    int64_t next = cbk_state_serial(care->state) > serial ? cbk_state_serial(care->state) : serial + 1;
    json_object_set_new(care->state, "serial", json_integer((json_int_t)next));
    return cbk_store_write(care->session.store, care->state, serial, note, err);
}

/* Says what is done, and does it unless it is a rehearsal. */
static int finish_edit(struct care *care, const struct cbk_str *said, const char *note, struct cbk_error *err)
{
    CBK_STR(text);
    cbk_str_addf(&text, "%s%s", said->ptr, care->cli->args->dry_run ? "Nothing was changed: --dry-run.\n" : "");
    int r = care->cli->args->dry_run ? 0 : keep(care, cbk_state_serial(care->state), note, err);
    return r < 0 ? r : print(&text, err);
}

static int check_address(const char *text, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *scratch = cbk_arena_new();
    struct cbk_address address;
    if (cbk_address_parse(scratch, text, &address) && !address.former &&
        (!address.instance || address.kind->per_instance))
        return 0;
    (void)cbk_fail(err, CBK_E_USAGE, "'%s' is not an address", text);
    return cbk_error_hint(err, "an address is SECTION.NAME, or 'SECTION.NAME[\"INSTANCE\"]', as in a stack");
}

static int move(struct care *care, struct cbk_error *err)
{
    CBK_JSON *moves = NULL;
    CBK_STR(said);
    int r = check_address(word(care, 1), err);
    if (r == 0)
        r = cbk_state_move(care->state, word(care, 0), word(care, 1), &moves, err);
    if (r < 0)
        return r;
    const char *from;
    json_t *to;
    json_object_foreach(moves, from, to)
        cbk_str_addf(&said, "%s is %s now.\n", from, json_string_value(to));
    return finish_edit(care, &said, "state mv", err);
}

static int forget(struct care *care, struct cbk_error *err)
{
    CBK_STR(said);
    for (size_t i = 0; i < word_count(care); i++) {
        CBK_JSON *removed = NULL;
        int r = cbk_state_remove(care->state, word(care, i), &removed, err);
        if (r < 0)
            return r;
        size_t index;
        json_t *address;
        json_array_foreach(removed, index, address)
            cbk_str_addf(&said, "%s is forgotten; what lives in the cloud stays.\n", json_string_value(address));
    }
    return finish_edit(care, &said, "state rm", err);
}

static int read_incoming(const struct care *care, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    CBK_JSON *incoming = NULL;
    size_t len = 0;
    int r = cbk_file_read(word(care, 0), STATE_LIMIT, &text, &len, err);
    if (r == 0)
        r = cbk_json_parse("the state to push", text, len, &incoming, err);
    if (r == 0)
        r = cbk_state_check(incoming, word(care, 0), care->session.stack->name, err);
    if (r == 0)
        r = cbk_state_vet(incoming, word(care, 0), err);
    if (r == 0)
        *ret = cbk_json_steal(&incoming);
    return r;
}

static int push(struct care *care, struct cbk_error *err)
{
    CBK_JSON *incoming = NULL;
    int r = read_incoming(care, &incoming, err);
    if (r == 0 && !care->cli->args->force)
        r = cbk_state_check_push(care->state, incoming, err);
    if (r < 0)
        return r;
    int64_t serial = care->state ? cbk_state_serial(care->state) : 0;
    bool is_same = care->state && json_equal(care->state, incoming);
    json_decref(care->state);
    care->state = cbk_json_steal(&incoming);
    r = is_same ? 0 : keep(care, serial, "state push", err);
    if (r < 0)
        return r;
    CBK_STR(text);
    cbk_str_addf(&text, "The state has the serial %lld now.\n", (long long)cbk_state_serial(care->state));
    return print(&text, err);
}

static const struct action {
    const char *name;
    const char *words;
    size_t min, max;
    bool writes;
    int (*run)(struct care *care, struct cbk_error *err);
} actions[] = {
    {"list", "[ADDRESS...]", 0, SIZE_MAX, false, list},
    {"show", "ADDRESS|REVISION", 1, 1, false, show},
    {"mv", "FROM TO", 2, 2, true, move},
    {"rm", "ADDRESS...", 1, SIZE_MAX, true, forget},
    {"pull", "", 0, 0, false, pull},
    {"push", "FILE|-", 1, 1, true, push},
    {"log", "", 0, 0, false, history},
    {"ledger", "[REVISION]", 0, 1, false, ledger},
    {"locks", "", 0, 0, false, locks},
    {"unlock", "LOCK_ID", 1, 1, false, unlock},
};

static int find_action(const struct cbk_strings *words, const struct action **ret, struct cbk_error *err)
{
    const char *names[CBK_ARRAY_LEN(actions)];
    const char *name = words->len ? words->items[0] : "";
    for (size_t i = 0; i < CBK_ARRAY_LEN(actions); i++) {
        const struct action *action = &actions[i];
        names[i] = action->name;
        if (strcmp(name, action->name) != 0)
            continue;
        *ret = action;
        if (words->len - 1 >= action->min && words->len - 1 <= action->max)
            return 0;
        return cbk_fail(err, CBK_E_USAGE, "usage: cbk state %s %s", action->name, action->words);
    }
    if (!words->len)
        return cbk_fail(err, CBK_E_USAGE, "usage: cbk state list|show|mv|rm|pull|push|log|ledger|locks|unlock");
    return cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_USAGE, "action", name, names, CBK_ARRAY_LEN(names));
}

static int run_action(struct care *care, const struct action *action, struct cbk_error *err)
{
    int r = cbk_session_open_store(&care->session, err);
    if (r == 0 && action->writes)
        r = cbk_session_lock(care->cli, &care->session, "state", err);
    if (r == 0)
        r = cbk_store_read(care->session.store, &care->state, err);
    return r < 0 ? r : action->run(care, err);
}

static int run_state(const struct cbk_cli *cli)
{
    CBK_CLEANUP(release_care) struct care care = {.cli = cli, .words = &cli->args->words};
    const struct action *action = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    if (find_action(care.words, &action, &err) < 0)
        return cbk_cli_fail(&err);
    if (cbk_session_load(cli, &care.session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    return run_action(&care, action, &err) < 0 ? cbk_cli_fail(&err) : CBK_EXIT_OK;
}

const struct cbk_command cbk_command_state = {
    .name = "state",
    .words = "list|show|mv|rm|pull|push|log|ledger|locks|unlock [WORD...]",
    .max_words = SIZE_MAX,
    .completes = "list show mv rm pull push log ledger locks unlock",
    .summary = "care for what the stack remembers",
    .options = CBK_OPT_INPUTS | CBK_OPT_LOCK_TIMEOUT | CBK_OPT_EDIT,
    .run = run_state,
};
