#include "render/plan_command.h"

#include "render/plan_dangers.h"
#include "render/plan_words.h"

#include <string.h>

static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

/* Adds a word for a shell. What cannot be seen is written as escapes, which $'...' understands. */
static void add_word(struct cbk_str *out, const char *word)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, word);
    if (*word && strspn(word, harmless) == strlen(word)) {
        cbk_str_add(out, word);
        return;
    }
    bool is_plain = strcmp(visible.ptr, word) == 0;
    CBK_STR(slashed);
    for (const char *at = word; *at; at++) {
        if (!is_plain && *at == '\\')
            cbk_str_add_char(&slashed, '\\');
        cbk_str_add_char(&slashed, *at);
    }
    cbk_str_clear(&visible);
    cbk_str_add_visible(&visible, slashed.ptr);
    cbk_str_add(out, is_plain ? "'" : "$'");
    for (const char *at = visible.ptr; *at; at++) {
        if (*at == '\'')
            cbk_str_add(out, is_plain ? "'\\''" : "\\'");
        else
            cbk_str_add_char(out, *at);
    }
    cbk_str_add_char(out, '\'');
}

static void add_addresses(struct cbk_str *out, const json_t *scope, const char *key)
{
    size_t index;
    json_t *address;
    json_array_foreach(json_object_get(scope, key), index, address) {
        cbk_str_addf(out, " --%s ", key);
        add_word(out, json_is_string(address) ? json_string_value(address) : "?");
    }
}

static void add_scope(struct cbk_str *out, const json_t *scope)
{
    static const char *const keys[] = {"target", "exclude", "replace"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        add_addresses(out, scope, keys[i]);
    if (cbk_json_bool(scope, "refresh_only", false))
        cbk_str_add(out, " --refresh-only");
}

static void add_variables(struct cbk_str *out, const json_t *variables)
{
    CBK_JSON *names = cbk_json_sorted_keys(variables);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const json_t *value = json_object_get(variables, name);
        CBK_STR(word);
        cbk_str_addf(&word, "%s=", name);
        if (json_is_string(value))
            cbk_str_add(&word, json_string_value(value));
        else
            cbk_json_add_canonical(&word, value);
        cbk_str_add(out, " --var ");
        add_word(out, word.ptr);
    }
}

/* Was something let pass that --allow-downgrade lets pass, and nothing in git? */
static bool was_downgrade_allowed(const json_t *change)
{
    const struct cbk_mark *mark = cbk_plan_mark(change);
    bool may_be_less = !cbk_str_equal(cbk_json_text_or(change, "after.on_downgrade", "fail"), "fail");
    return (mark && strcmp(mark->name, "skipped") == 0) || (cbk_change_is_below(change) && !may_be_less);
}

static void add_allowances(struct cbk_str *out, const json_t *plan)
{
    size_t index;
    json_t *guard, *change;
    json_array_foreach(json_object_get(plan, "guards"), index, guard) {
        cbk_str_add(out, " --allow-");
        add_word(out, cbk_json_text_or(guard, "id", "?"));
    }
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        if (!was_downgrade_allowed(change))
            continue;
        cbk_str_add(out, " --allow-downgrade");
        return;
    }
}

void cbk_plan_add_command(const json_t *plan, struct cbk_str *out)
{
    if (cbk_plan_is_refused(plan) || !cbk_plan_changed(plan))
        return;
    cbk_str_addf(out, "cbk %s --checksum ", cbk_json_bool(plan, "destroy", false) ? "destroy" : "apply");
    add_word(out, cbk_json_text_or(plan, "digest", "?"));
    add_scope(out, json_object_get(plan, "scope"));
    add_variables(out, json_object_get(plan, "variables"));
    add_allowances(out, plan);
}
