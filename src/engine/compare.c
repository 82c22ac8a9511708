#include "engine/compare.h"

#include "engine/compare_attention.h"
#include "engine/rehearse.h"

#include <string.h>

/* Of a declaration, what the cloud never sees and reviewers should. */
static const char *const own_keys[] = {"instances", "lifecycle",    "depends_on", "replace_existing",
                                       "require",   "on_downgrade", "timeout"};

struct comparison {
    const struct cbk_compared *base, *head;
    json_t *changes, *attention;
    int created, updated, deleted;
};

static bool same(const json_t *a, const json_t *b)
{
    return a == b || (a && b && json_equal((json_t *)a, (json_t *)b));
}

static json_t *or_null(const json_t *value)
{
    return value ? json_incref((json_t *)value) : json_null();
}

/* --- differences -------------------------------------------------------------------------------------------------- */

static void add_rows(json_t *rows, const char *path, const json_t *was, const json_t *is);

static void add_inner_rows(json_t *rows, const char *path, const json_t *was, const json_t *is)
{
    CBK_JSON *all = json_object();
    json_object_update(all, (json_t *)was);
    json_object_update(all, (json_t *)is);
    CBK_JSON *keys = cbk_json_sorted_keys(all);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        CBK_CLEANUP(cbk_string_freep) char *inner = *path ? cbk_strf("%s.%s", path, key) : cbk_strdup(key);
        add_rows(rows, inner, json_object_get(was, key), json_object_get(is, key));
    }
}

/* Goes down where both sides are objects; lists differ as a whole. */
static void add_rows(json_t *rows, const char *path, const json_t *was, const json_t *is)
{
    if (same(was, is))
        return;
    if (json_is_object(was) && json_is_object(is))
        add_inner_rows(rows, path, was, is);
    else
        json_array_append_new(rows,
                              json_pack("{s:s, s:o, s:o}", "path", path, "before", or_null(was), "after", or_null(is)));
}

/* Marks the rows of an attribute whose change allows more, or keeps less. */
static void mark_rows(const struct cbk_kind *kind, const json_t *was, const json_t *is, json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        const char *path = cbk_json_text_or(row, "path", "");
        CBK_CLEANUP(cbk_string_freep) char *attribute = cbk_strndup(path, strcspn(path, "."));
        const json_t *before = json_object_get(was, attribute), *after = json_object_get(is, attribute);
        if (after && kind->widens && kind->widens(attribute, before, after))
            json_object_set_new(row, "widens", json_true());
        if (before && after && kind->shortens && kind->shortens(attribute, before, after))
            json_object_set_new(row, "shortens", json_true());
    }
}

/* --- one thing in its two versions -------------------------------------------------------------------------------- */

static void add_change(struct comparison *comparison, const struct cbk_compared_pair *pair, const char *kind,
                       const char *title)
{
    const char *action = !pair->was ? "create" : !pair->is ? "delete" : "update";
    json_t *change = json_pack("{s:s, s:s, s:s, s:[s], s:O}", "address", pair->address, "kind", kind, "title", title,
                               "actions", action, "diff", pair->rows);
    if (pair->span.source) {
        json_object_set_new(change, "file", json_string(pair->span.source->path));
        json_object_set_new(change, "line", json_integer((json_int_t)pair->span.line));
    }
    json_array_append_new(comparison->changes, change);
    comparison->created += !pair->was;
    comparison->deleted += pair->was && !pair->is;
    comparison->updated += pair->was && pair->is;
    cbk_compare_attend(pair, comparison->attention);
}

/* What a declaration means: its attributes as they would be in the cloud, and what the cloud never sees. */
static int view_of(const struct cbk_stack *stack, const struct cbk_declaration *declaration, json_t **ret_view,
                   struct cbk_errors *errors)
{
    CBK_ERROR(err);
    if (!declaration)
        return 0;
    if (cbk_declaration_rehearse(stack, declaration, ret_view, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    json_object_del(*ret_view, "instance");
    for (size_t i = 0; i < CBK_ARRAY_LEN(own_keys); i++) {
        json_t *value = json_object_get(declaration->value, own_keys[i]);
        if (value && !json_object_get(*ret_view, own_keys[i]))
            json_object_set(*ret_view, own_keys[i], value);
    }
    return 0;
}

/* Another selector than before, or one written in place: what is expected of named ones is told of them. */
static void attend_selectors(const struct comparison *comparison, const struct cbk_declaration *was,
                             const struct cbk_declaration *is)
{
    const char *was_name = NULL, *is_name = NULL;
    struct cbk_span was_span, is_span;
    const json_t *before = cbk_stack_selector(comparison->base->stack, was, &was_name, &was_span);
    const json_t *after = cbk_stack_selector(comparison->head->stack, is, &is_name, &is_span);
    if (!before || !after || (is_name && cbk_str_equal(was_name, is_name)))
        return;
    const struct cbk_compared_pair pair = {
        .address = is->address, .was = before, .is = after, .span = is_span, .is_selector = true};
    cbk_compare_attend(&pair, comparison->attention);
}

static int compare_declarations(struct comparison *comparison, const struct cbk_declaration *was,
                                const struct cbk_declaration *is, struct cbk_errors *errors)
{
    const struct cbk_declaration *newer = is ? is : was;
    CBK_JSON *before = NULL, *after = NULL, *rows = json_array();
    int r = view_of(comparison->base->stack, was, &before, errors);
    int failed = view_of(comparison->head->stack, is, &after, errors);
    if (r < 0 || failed < 0)
        return r < 0 ? r : failed;
    if (was && is)
        add_rows(rows, "", before, after);
    else
        add_inner_rows(rows, "", before, after);
    mark_rows(newer->kind, before, after, rows);
    const struct cbk_compared_pair pair = {.address = newer->address,
                                           .kind = newer->kind,
                                           .was = was ? was->value : NULL,
                                           .is = is ? is->value : NULL,
                                           .rows = rows,
                                           .span = newer->span};
    const char *title = newer->kind->title;
    if (!was || !is || json_array_size(rows))
        add_change(comparison, &pair, newer->kind->name,
                   title ? cbk_json_text_or(newer->value, title, newer->key) : newer->key);
    if (was && is && newer->kind->per_instance)
        attend_selectors(comparison, was, is);
    return 0;
}

static void compare_value(struct comparison *comparison, const char *address, const char *kind, bool is_selector,
                          const char *pointer, const json_t *was, const json_t *is)
{
    CBK_JSON *rows = json_array();
    if (same(was, is))
        return;
    bool has_keys = json_is_object(was ? was : is) && json_is_object(is ? is : was);
    if (has_keys)
        add_inner_rows(rows, "", was, is);
    else
        add_rows(rows, address, was, is);
    const struct cbk_compared *newer = is ? comparison->head : comparison->base;
    const struct cbk_compared_pair pair = {.address = address,
                                           .was = was,
                                           .is = is,
                                           .rows = rows,
                                           .is_selector = is_selector,
                                           .span = cbk_config_span(newer->stack->config, pointer, /* of_key= */ true)};
    add_change(comparison, &pair, kind, address);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static const json_t *tree_of(const struct cbk_compared *side)
{
    return side->stack ? side->stack->tree : NULL;
}

/* The keys of both, sorted. New reference. */
static json_t *keys_of_both(const json_t *was, const json_t *is)
{
    CBK_JSON *all = json_object();
    if (was)
        json_object_update(all, (json_t *)was);
    if (is)
        json_object_update(all, (json_t *)is);
    return cbk_json_sorted_keys(all);
}

/* A section of named things other than declarations: selectors, variables. */
static void compare_section(struct comparison *comparison, const char *section, const char *kind, const json_t *was,
                            const json_t *is)
{
    CBK_JSON *keys = keys_of_both(was, is);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", section, key);
        CBK_STR(pointer);
        cbk_pointer_add_key(&pointer, section);
        cbk_pointer_add_key(&pointer, key);
        compare_value(comparison, address, kind, strcmp(kind, "selector") == 0, pointer.ptr, json_object_get(was, key),
                      json_object_get(is, key));
    }
}

/* What a variable's secret is, nobody is told. New reference. */
static json_t *without_secrets(const json_t *variables)
{
    json_t *told = variables ? json_deep_copy(variables) : NULL;
    const char *name;
    json_t *variable;
    json_object_foreach(told, name, variable)
        if (cbk_json_bool(variable, "sensitive", false) && json_object_get(variable, "default"))
            json_object_set_new(variable, "default", json_string("(sensitive)"));
    return told;
}

static void compare_settings(struct comparison *comparison)
{
    static const char *const settings[] = {"stack", "provider", "state", "moved", "removed", "import", "drift_ignore"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(settings); i++) {
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/%s", settings[i]);
        compare_value(comparison, settings[i], "setting", /* is_selector= */ false, pointer,
                      json_object_get(tree_of(comparison->base), settings[i]),
                      json_object_get(tree_of(comparison->head), settings[i]));
    }
    const json_t *base = tree_of(comparison->base), *head = tree_of(comparison->head);
    CBK_JSON *was = without_secrets(json_object_get(base, "variables"));
    CBK_JSON *is = without_secrets(json_object_get(head, "variables"));
    compare_section(comparison, "variables", "variable", was, is);
    compare_section(comparison, "instances", "selector", json_object_get(base, "instances"),
                    json_object_get(head, "instances"));
}

static struct cbk_declaration *find(const struct cbk_compared *side, const char *address)
{
    return side->stack ? cbk_map_get(side->stack->by_address, address) : NULL;
}

static void compare_all(struct comparison *comparison, struct cbk_errors *errors)
{
    const struct cbk_declarations *is = &comparison->head->stack->declarations;
    compare_settings(comparison);
    for (size_t i = 0; i < is->len; i++)
        (void)!compare_declarations(comparison, find(comparison->base, is->items[i]->address), is->items[i], errors);
    for (size_t i = 0; comparison->base->stack && i < comparison->base->stack->declarations.len; i++) {
        const struct cbk_declaration *was = comparison->base->stack->declarations.items[i];
        if (!find(comparison->head, was->address))
            (void)!compare_declarations(comparison, was, NULL, errors);
    }
}

static json_t *side_json(const struct cbk_compared *side)
{
    CBK_CLEANUP(cbk_string_freep) char *digest = side->stack ? cbk_config_digest(side->stack->config) : NULL;
    json_t *json = side->commit ? json_deep_copy(side->commit) : json_pack("{s:n, s:n}", "commit", "dirty");
    json_object_set_new(json, "config_digest", digest ? json_string(digest) : json_null());
    cbk_json_set_text(json, "revision", side->revision);
    return json;
}

int cbk_stack_compare(const struct cbk_compared *base, const struct cbk_compared *head, json_t **ret,
                      struct cbk_errors *errors)
{
    CBK_JSON *changes = json_array(), *attention = json_array();
    struct comparison comparison = {.base = base, .head = head, .changes = changes, .attention = attention};
    compare_all(&comparison, errors);
    cbk_errors_sort(errors);
    if (cbk_errors_code(errors) < 0)
        return cbk_errors_code(errors);
    *ret = json_pack("{s:s, s:s, s:o, s:o, s:{s:i, s:i, s:i}, s:O, s:O}", "format_version", "1.0", "stack",
                     head->stack->name, "base", side_json(base), "head", side_json(head), "summary", "create",
                     comparison.created, "update", comparison.updated, "delete", comparison.deleted, "attention",
                     attention, "changes", changes);
    return 0;
}

bool cbk_comparison_is_empty(const json_t *comparison)
{
    return !json_array_size(json_object_get(comparison, "changes"));
}
