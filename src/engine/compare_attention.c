#include "engine/compare_attention.h"

#include "engine/guard_settings.h"

#include <string.h>

static void point_at(json_t *attention, const struct cbk_compared_pair *pair, const char *id, const char *words)
{
    CBK_CLEANUP(cbk_string_freep) char *message = cbk_strf("%s %s", pair->address, words);
    json_t *item = json_pack("{s:s, s:s, s:s}", "id", id, "address", pair->address, "message", message);
    if (pair->span.source) {
        json_object_set_new(item, "file", json_string(pair->span.source->path));
        json_object_set_new(item, "line", json_integer((json_int_t)pair->span.line));
    }
    json_array_append_new(attention, item);
}

static void add_short(struct cbk_str *out, const json_t *value)
{
    if (value)
        cbk_json_add_canonical(out, value);
    else
        cbk_str_add(out, "none");
}

static void attend_settings(const struct cbk_compared_pair *pair, json_t *attention)
{
    for (size_t i = 0; i < cbk_guard_setting_count; i++) {
        const struct cbk_guard_setting *setting = &cbk_guard_settings[i];
        const json_t *was = cbk_guard_setting_of(setting, pair->was), *is = cbk_guard_setting_of(setting, pair->is);
        if (setting->of_selectors != pair->is_selector || !setting->loosens(was, is))
            continue;
        CBK_STR(words);
        cbk_str_addf(&words, "%s: %s ", setting->words, setting->trail);
        add_short(&words, was);
        cbk_str_add(&words, " -> ");
        add_short(&words, is);
        point_at(attention, pair, setting->id, words.ptr);
    }
}

/* Differences that say of themselves what is wrong with them. */
static void attend_rows(const struct cbk_compared_pair *pair, json_t *attention)
{
    static const struct {
        const char *flag, *id, *words;
    } flags[] = {{"widens", "permissions", "allows more"},
                 {"shortens", "retention", "keeps recovery points for less time"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(flags); i++) {
        CBK_STR(paths);
        size_t index;
        json_t *row;
        json_array_foreach((json_t *)pair->rows, index, row)
            if (cbk_json_bool(row, flags[i].flag, false))
                cbk_str_addf(&paths, "%s%s", paths.len ? ", " : "", cbk_json_text_or(row, "path", ""));
        if (!paths.len)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *words = cbk_strf("%s: %s", flags[i].words, paths.ptr);
        point_at(attention, pair, flags[i].id, words);
    }
}

static void attend_ignored(const struct cbk_compared_pair *pair, json_t *attention)
{
    const json_t *was = cbk_json_at(pair->was, "lifecycle.ignore");
    size_t index;
    json_t *path;
    json_array_foreach(cbk_json_at(pair->is, "lifecycle.ignore"), index, path) {
        if (cbk_json_array_has(was, json_string_value(path)))
            continue;
        CBK_CLEANUP(cbk_string_freep)
        char *words = cbk_strf("leaves '%s' to whoever changes it", json_string_value(path));
        point_at(attention, pair, "ignore", words);
    }
}

static void attend_switches(const struct cbk_compared_pair *pair, json_t *attention)
{
    static const struct {
        const char *key, *id, *words;
    } switches[] = {{"disabled", "backups", "makes no more backups: it is disabled"},
                    {"replace_existing", "takeover", "takes the place of what others have put there"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(switches); i++)
        if (cbk_json_bool(pair->is, switches[i].key, false) && !cbk_json_bool(pair->was, switches[i].key, false))
            point_at(attention, pair, switches[i].id, switches[i].words);
}

static void attend_new(const struct cbk_compared_pair *pair, json_t *attention)
{
    if (pair->kind && pair->kind->widens)
        point_at(attention, pair, "permissions", "is new: read what it allows, and whom");
}

static void attend_removed(const struct cbk_compared_pair *pair, json_t *attention)
{
    if (cbk_json_bool(pair->was, "lifecycle.prevent_destroy", false))
        point_at(attention, pair, "protection", "is declared no more, and was protected");
    if (pair->kind == &cbk_kind_binding || pair->kind == &cbk_kind_snapshot_job)
        point_at(attention, pair, "backups", "is declared no more: what it backed up is backed up by it no longer");
    if (pair->kind && pair->kind->holds_points)
        point_at(attention, pair, "points", "is declared no more: the recovery points in it go with it");
}

static void attend_drift_ignore(const struct cbk_compared_pair *pair, json_t *attention)
{
    const json_t *entry;
    if (strcmp(pair->address, "drift_ignore") != 0)
        return;
    for (size_t at = 0; (entry = cbk_drift_ignore_loosened(pair->was, pair->is, &at));) {
        const char *path = cbk_json_text(entry, "path");
        CBK_CLEANUP(cbk_string_freep)
        char *words = cbk_strf("silences drift of %s%s%s", cbk_json_text_or(entry, "address", "?"), path ? " " : "",
                               path ? path : "");
        point_at(attention, pair, "drift-ignore", words);
    }
}

/* Settings that decide whose cloud it is, and where the state lies. */
static void attend_place(const struct cbk_compared_pair *pair, json_t *attention)
{
    static const char *const places[] = {"stack", "provider", "state"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(places); i++)
        if (strcmp(pair->address, places[i]) == 0)
            point_at(attention, pair, "place", "has changed: whose cloud it is, or where the state lies");
}

static bool has_item(const json_t *list, const json_t *item)
{
    size_t index;
    json_t *other;
    json_array_foreach((json_t *)list, index, other)
        if (json_equal(other, (json_t *)item))
            return true;
    return false;
}

/* What is taken out of the state is backed up and repaired by nobody here. */
static void attend_forgotten(const struct cbk_compared_pair *pair, json_t *attention)
{
    size_t index;
    json_t *entry;
    if (strcmp(pair->address, "removed") != 0)
        return;
    json_array_foreach((json_t *)pair->is, index, entry) {
        if (cbk_json_bool(entry, "destroy", false) || has_item(pair->was, entry))
            continue;
        CBK_CLEANUP(cbk_string_freep)
        char *words = cbk_strf("lets go of %s: it stays in the cloud, and nobody here looks after it any more",
                               cbk_json_text_or(entry, "address", "?"));
        point_at(attention, pair, "forgotten", words);
    }
}

void cbk_compare_attend(const struct cbk_compared_pair *pair, json_t *attention)
{
    if (!pair->kind && !pair->is_selector) {
        attend_drift_ignore(pair, attention);
        attend_forgotten(pair, attention);
        attend_place(pair, attention);
        return;
    }
    if (!pair->is) {
        attend_removed(pair, attention);
        return;
    }
    if (pair->was) {
        attend_settings(pair, attention);
        attend_rows(pair, attention);
    } else {
        attend_new(pair, attention);
    }
    attend_ignored(pair, attention);
    attend_switches(pair, attention);
}
