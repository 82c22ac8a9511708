#include "render/plan_lines.h"

#include "render/value.h"

#include <string.h>

/* Those who are told a change's lines, and the line on its way. */
struct telling {
    void (*visit)(void *context, const struct cbk_plan_line *line);
    void *context;
    struct cbk_plan_line line;
};

static void tell(struct telling *telling, const char *before, const char *after)
{
    telling->line.before = before;
    telling->line.after = after;
    telling->visit(telling->context, &telling->line);
}

static bool has_item(const json_t *list, const json_t *wanted)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        if (json_equal(item, (json_t *)wanted))
            return true;
    return false;
}

/* Items of one list that the other does not have. */
static void tell_items(struct telling *telling, const json_t *list, const json_t *other, bool is_before)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item) {
        CBK_STR(text);
        if (has_item(other, item))
            continue;
        cbk_value_add(&text, item);
        tell(telling, is_before ? text.ptr : NULL, is_before ? NULL : text.ptr);
    }
}

const char *cbk_plan_lost_file(const json_t *row)
{
    const char *path = cbk_json_text(json_object_get(row, "after"), "path");
    return json_is_null(json_object_get(row, "before")) ? path : NULL;
}

static void tell_row(struct telling *telling, const json_t *row)
{
    const json_t *before = json_object_get(row, "before"), *after = json_object_get(row, "after");
    const char *lost = cbk_plan_lost_file(row);
    CBK_STR(was);
    CBK_STR(will_be);
    telling->line = (struct cbk_plan_line){.path = cbk_json_text_or(row, "path", ""),
                                           .cause = cbk_json_text(row, "cause"),
                                           .widens = cbk_json_bool(row, "widens", false),
                                           .shortens = cbk_json_bool(row, "shortens", false)};
    if (json_is_array(before) && json_is_array(after)) {
        tell_items(telling, before, after, /* is_before= */ true);
        tell_items(telling, after, before, /* is_before= */ false);
        return;
    }
    if (lost)
        cbk_str_addf(&was, "%s is gone", lost);
    else
        cbk_value_add(&was, before);
    cbk_plan_add_new_value(&will_be, after);
    bool is_nothing = !lost && (!before || json_is_null(before));
    tell(telling, is_nothing && after ? NULL : was.ptr, !after || json_is_null(after) ? NULL : will_be.ptr);
}

json_t *cbk_plan_new_keys(const json_t *after)
{
    static const char *const told_already[] = {"name", "instance"};
    CBK_JSON *keys = cbk_json_sorted_keys(after); /* as in a saved plan */
    json_t *untold = json_array();
    for (size_t k = 0; k < json_array_size(keys); k++) {
        json_t *key = json_array_get(keys, k);
        bool told = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(told_already); i++)
            told = told || strcmp(json_string_value(key), told_already[i]) == 0;
        if (!told)
            json_array_append(untold, key);
    }
    return untold;
}

void cbk_plan_add_new_value(struct cbk_str *out, const json_t *value)
{
    const char *path = cbk_json_text(value, "path");
    if (path) { /* a script's file */
        cbk_str_addf(out, "%s ", path);
        cbk_value_add(out, json_object_get(value, "sha256"));
    } else {
        cbk_value_add(out, value);
    }
}

static void tell_new(struct telling *telling, const json_t *after)
{
    CBK_JSON *keys = cbk_plan_new_keys(after);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        CBK_STR(text);
        cbk_plan_add_new_value(&text, json_object_get(after, key));
        telling->line = (struct cbk_plan_line){.path = key};
        tell(telling, NULL, text.ptr);
    }
}

void cbk_plan_each_line(const json_t *change, void (*visit)(void *context, const struct cbk_plan_line *line),
                        void *context)
{
    struct telling telling = {.visit = visit, .context = context};
    const json_t *diff = json_object_get(change, "diff");
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)diff, index, row)
        tell_row(&telling, row);
    if (!json_array_size(diff) && cbk_json_array_has(json_object_get(change, "actions"), "create"))
        tell_new(&telling, json_object_get(change, "after"));
}
