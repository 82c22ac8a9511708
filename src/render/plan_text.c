#include "render/plan_text.h"

#include "render/findings.h"
#include "render/guards.h"
#include "render/plan_scope.h"
#include "render/value.h"

#include <string.h>

#define MAX_ADDRESS_CELLS 48
#define TITLE_CELLS 28
#define PATH_CELLS 24
#define COMMIT_CHARS 7

/* Everything on its way through one rendering. */
struct page {
    const json_t *plan;
    const struct cbk_style *style;
    struct cbk_str *out;
    size_t address_cells;
};

/* How a change is marked: the first row whose words the change has all. */
static const struct mark {
    const char *first, *second; /* words of `actions`; second may be NULL */
    const char *flag;           /* or a flag of the change; NULL: none */
    const char *symbol;
    enum cbk_colour colour;
} marks[] = {
    {"create", "delete", NULL, "-/+", CBK_RED}, {"create", NULL, NULL, "  +", CBK_GREEN},
    {"update", NULL, NULL, "  ~", CBK_YELLOW},  {"delete", NULL, NULL, "  -", CBK_RED},
    {"run", NULL, NULL, "  \u00bb", CBK_CYAN},  {NULL, NULL, "adopt", "  =", CBK_CYAN},
    {NULL, NULL, "note", " <=", CBK_CYAN},      {NULL, NULL, "forget", "  .", CBK_DIM},
};

/* A change that does nothing because it was refused or skipped, or is not needed there: that must not go unsaid. */
static const struct mark turned_down = {NULL, NULL, NULL, "  !", CBK_RED};
static const struct mark skipped = {NULL, NULL, NULL, "  !", CBK_YELLOW};
static const struct mark passed_over = {NULL, NULL, NULL, "  \u00b7", CBK_DIM};

static const struct mark *mark_of_nothing(const json_t *change)
{
    const char *reason = cbk_json_text_or(change, "reason", "");
    if (cbk_str_starts_with(reason, "skipped"))
        return &skipped;
    if (cbk_str_starts_with(reason, "passed over"))
        return &passed_over;
    return cbk_json_bool(change, "refused", false) ? &turned_down : NULL;
}

/* NULL: there is nothing to show. */
static const struct mark *mark_of(const json_t *change)
{
    const json_t *actions = json_object_get(change, "actions");
    for (size_t i = 0; i < CBK_ARRAY_LEN(marks); i++) {
        const struct mark *mark = &marks[i];
        bool words = mark->first && cbk_json_array_has(actions, mark->first) &&
                     (!mark->second || cbk_json_array_has(actions, mark->second));
        if (words || (mark->flag && cbk_json_bool(change, mark->flag, false)))
            return mark;
    }
    return mark_of_nothing(change);
}

static void add(const struct page *page, enum cbk_colour colour, const char *text)
{
    cbk_style_add(page->style, page->out, colour, text);
}

static void add_heading(const struct page *page)
{
    const json_t *plan = page->plan;
    const char *commit = cbk_json_text(plan, "provenance.commit");
    const char *account = cbk_json_text(plan, "account");
    CBK_STR(line);
    cbk_str_addf(&line, "cbk plan \u00b7 stack %s", cbk_json_text_or(plan, "stack", "?"));
    if (account)
        cbk_str_addf(&line, " \u00b7 account %s", account);
    cbk_str_addf(&line, " \u00b7 %s", cbk_json_text_or(plan, "region", "?"));
    if (commit)
        cbk_str_addf(&line, " \u00b7 commit %.*s (%s)", COMMIT_CHARS, commit,
                     cbk_json_bool(plan, "provenance.dirty", false) ? "dirty" : "clean");
    add(page, CBK_BOLD, line.ptr);
    cbk_str_add(page->out, "\n\n");
}

static void add_attribute(const struct page *page, const char *path, const char *text, enum cbk_colour colour,
                          const char *note)
{
    cbk_str_add(page->out, "        ");
    cbk_style_add_padded(page->style, page->out, CBK_PLAIN, path, PATH_CELLS);
    add(page, CBK_PLAIN, text);
    if (note) {
        cbk_str_add(page->out, "   ");
        add(page, colour, note);
    }
    cbk_str_add_char(page->out, '\n');
}

static const struct cause_words {
    const char *cause;
    const char *words;
} causes[] = {
    {"config", "config"},
    {"drift", "drift: changed outside of git since the last apply"},
    {"both", "both: changed in git and in the cloud since the last apply"},
};

static const char *words_of(const char *cause)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(causes); i++)
        if (cbk_str_equal(causes[i].cause, cause))
            return causes[i].words;
    return NULL;
}

/* A file that should be there and is not says so by its path, which is what people look for. */
static bool add_lost_file(const struct page *page, const json_t *row, const char *note)
{
    const char *path = cbk_json_text(json_object_get(row, "after"), "path");
    if (!json_is_null(json_object_get(row, "before")) || !path)
        return false;
    CBK_STR(text);
    cbk_str_addf(&text, "%s is gone", path);
    add_attribute(page, cbk_json_text_or(row, "path", ""), text.ptr, CBK_DIM, note);
    return true;
}

static void add_diff(const struct page *page, const json_t *change)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row) {
        bool widens = cbk_json_bool(row, "widens", false);
        const char *note = words_of(cbk_json_text(row, "cause"));
        if (add_lost_file(page, row, note))
            continue;
        CBK_STR(text);
        cbk_value_add_change(&text, json_object_get(row, "before"), json_object_get(row, "after"));
        bool shortens = cbk_json_bool(row, "shortens", false);
        CBK_STR(notes);
        cbk_str_addf(&notes, "%s%s%s", note ? note : "", widens ? "; WIDENS what is allowed" : "",
                     shortens ? "; SHORTENS what is kept" : "");
        add_attribute(page, cbk_json_text_or(row, "path", ""), text.ptr, widens || shortens ? CBK_RED : CBK_DIM,
                      notes.ptr);
    }
}

/* What a new object will be; its name and its instance stand in the line above. */
static void add_new(const struct page *page, const json_t *change)
{
    static const char *const told_already[] = {"name", "instance"};
    const json_t *after = json_object_get(change, "after");
    CBK_JSON *keys = cbk_json_sorted_keys(after); /* as in a saved plan */
    for (size_t k = 0; k < json_array_size(keys); k++) {
        const char *key = json_string_value(json_array_get(keys, k));
        const json_t *value = json_object_get(after, key);
        bool told = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(told_already); i++)
            told = told || strcmp(key, told_already[i]) == 0;
        if (told)
            continue;
        CBK_STR(text);
        const char *path = cbk_json_text(value, "path");
        if (path) { /* a script's file */
            cbk_str_addf(&text, "%s ", path);
            cbk_value_add(&text, json_object_get(value, "sha256"));
        } else {
            cbk_value_add(&text, value);
        }
        add_attribute(page, key, text.ptr, CBK_PLAIN, NULL);
    }
}

static void add_job_line(const struct page *page, const json_t *change)
{
    const char *level = cbk_json_text_or(change, "predicted.level", "?");
    const char *required = cbk_json_text_or(change, "after.require", "?");
    bool weak = json_array_size(cbk_json_at(change, "predicted.reasons")) > 0;
    CBK_STR(text);
    cbk_str_addf(&text, "requires %s, foreseen: %s", required, level);
    cbk_style_add_padded(page->style, page->out, weak ? CBK_RED : CBK_PLAIN, text.ptr, 48);
    bool refused = cbk_json_bool(change, "refused", false);
    add(page, refused ? CBK_RED : CBK_DIM, refused ? "refused" : cbk_json_text_or(change, "reason", ""));
}

static void add_note(struct cbk_str *out, const char *words, const char *text)
{
    if (text)
        cbk_str_addf(out, "%s%s%s", out->len ? "   " : "", words, text);
}

/* Of what makes no backup itself, and orders some: which they will be. */
static void add_foreseen(const struct page *page, const json_t *change)
{
    const char *level = cbk_json_text(change, "predicted.level");
    bool weak = json_array_size(cbk_json_at(change, "predicted.reasons")) > 0;
    if (!level)
        return;
    CBK_STR(text);
    cbk_str_addf(&text, "   foreseen: %s%s", level, cbk_json_bool(change, "refused", false) ? ", refused" : "");
    add(page, weak ? CBK_RED : CBK_DIM, text.ptr);
}

/* What stands behind the title: the job's levels, or the declaration's place, and the reason. */
static void add_tail(const struct page *page, const json_t *change)
{
    const char *file = cbk_json_text(change, "file"), *reason = cbk_json_text(change, "reason");
    if (cbk_json_array_has(json_object_get(change, "actions"), "run")) {
        add_job_line(page, change);
        return;
    }
    CBK_STR(text);
    if (file)
        cbk_str_addf(&text, "%s:%lld", file, (long long)cbk_json_int(change, "line", 0));
    add_note(&text, "moved from ", cbk_json_text(change, "previous_address"));
    add_note(&text, "imported: ", cbk_json_text(change, "importing.id"));
    add_note(&text, "", reason);
    bool is_refused = cbk_json_bool(change, "refused", false);
    if (is_refused && !reason && !json_object_get(change, "predicted"))
        add_note(&text, "", "refused");
    add(page, is_refused ? CBK_RED : CBK_DIM, text.ptr);
    add_foreseen(page, change);
}

static void trim_line(struct cbk_str *out)
{
    while (out->len && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = '\0';
}

static void add_change(const struct page *page, const json_t *change, const struct mark *mark)
{
    const char *instance_name = cbk_json_text(change, "instance_name");
    const char *title = instance_name && *instance_name ? instance_name : cbk_json_text_or(change, "title", "");
    add(page, mark->colour, mark->symbol);
    cbk_str_add_char(page->out, ' ');
    cbk_style_add_padded(page->style, page->out, CBK_BOLD, cbk_json_text_or(change, "address", ""),
                         page->address_cells + 2);
    cbk_style_add_padded(page->style, page->out, CBK_PLAIN, title, TITLE_CELLS);
    add_tail(page, change);
    trim_line(page->out);
    cbk_str_add_char(page->out, '\n');
    const char *gap = cbk_json_text(change, "gap");
    if (gap)
        add_attribute(page, "gap", gap, CBK_RED, NULL);
    if (json_array_size(json_object_get(change, "diff")))
        add_diff(page, change);
    else if (cbk_json_array_has(json_object_get(change, "actions"), "create"))
        add_new(page, change);
}

/* Answers how many of those shown are changes. */
static size_t add_changes(const struct page *page)
{
    size_t changed = 0, index;
    bool any = false;
    json_t *change;
    json_array_foreach(json_object_get(page->plan, "changes"), index, change) {
        const struct mark *mark = mark_of(change);
        if (!mark)
            continue;
        add_change(page, change, mark);
        any = true;
        changed += mark != &passed_over;
    }
    if (any)
        cbk_str_add_char(page->out, '\n');
    return changed;
}

static size_t widest_address(const json_t *plan)
{
    size_t widest = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const char *address = cbk_json_text_or(change, "address", "");
        size_t cells = cbk_str_cells(address, strlen(address));
        if (mark_of(change) && cells > widest)
            widest = cells;
    }
    return widest < MAX_ADDRESS_CELLS ? widest : MAX_ADDRESS_CELLS;
}

/* How many changes are refused; with `action`, of those that would do that. */
static size_t count_refused(const json_t *plan, const char *action)
{
    size_t refused = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change)
        refused += cbk_json_bool(change, "refused", false) &&
                   (!action || cbk_json_array_has(json_object_get(change, "actions"), action));
    return refused;
}

/* A count of the summary; a plan that comes from a file may say anything. */
static long long count_of(const json_t *summary, const char *key)
{
    int64_t count = cbk_json_int(summary, key, 0);
    return count < 0 || count > INT32_MAX ? 0 : count;
}

static void add_summary(const struct page *page, size_t shown)
{
    const json_t *summary = json_object_get(page->plan, "summary");
    if (!shown) {
        add(page, CBK_GREEN,
            cbk_plan_left_out(page->plan) ? "No changes in what was asked for."
                                          : "No changes. Your infrastructure matches the configuration.");
        cbk_str_add_char(page->out, '\n');
        return;
    }
    size_t refused = count_refused(page->plan, NULL);
    long long replace = count_of(summary, "replace");
    long long to_add = count_of(summary, "create") + replace, to_change = count_of(summary, "update");
    long long to_destroy = count_of(summary, "delete") + replace;
    long long to_run = count_of(summary, "run") - (long long)count_refused(page->plan, "run");
    long long to_import = count_of(summary, "import");
    CBK_STR(line);
    cbk_str_add(&line, "Plan: ");
    if (to_import)
        cbk_str_addf(&line, "%lld to import, ", to_import);
    cbk_str_addf(&line, "%lld to add, %lld to change, %lld to destroy, %lld %s to run", to_add, to_change, to_destroy,
                 to_run, to_run == 1 ? "job" : "jobs");
    if (refused)
        cbk_str_addf(&line, ", %zu refused", refused);
    cbk_str_add_char(&line, '.');
    add(page, CBK_BOLD, line.ptr);
    cbk_str_add(page->out, "\nChecksum: ");
    add(page, CBK_PLAIN, cbk_json_text_or(page->plan, "digest", ""));
    cbk_str_add_char(page->out, '\n');
}

void cbk_render_plan_text(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    const struct page page = {.plan = plan, .style = style, .out = out, .address_cells = widest_address(plan)};
    add_heading(&page);
    size_t shown = add_changes(&page);
    cbk_render_findings(plan, style, out);
    cbk_render_scope(plan, style, out);
    cbk_render_guards(plan, style, out);
    add_summary(&page, shown);
}
