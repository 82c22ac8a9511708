#include "kinds/policy_doc.h"

#include "kinds/wildcard.h"

#include <ctype.h>
#include <string.h>

static bool is_texts(const json_t *value)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)value, index, item)
        if (!json_is_string(item))
            return false;
    return json_is_string(value) || json_is_array(value);
}

/* A string or a list of them; anything else (a condition may hold true or 5) means what it says. */
static json_t *normalise_texts(const json_t *value)
{
    return is_texts(value) ? cbk_json_sorted_texts(value) : json_incref((json_t *)value);
}

static json_t *normalise_map_of_texts(const json_t *map)
{
    if (!json_is_object(map))
        return json_incref((json_t *)map);
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)map, key, value)
        json_object_set_new(made, key, normalise_texts(value));
    return made;
}

/* {"StringEquals": {"k": "v"}}: the operators and their keys are maps, the values strings or lists of them. */
static json_t *normalise_condition(const json_t *condition)
{
    json_t *made = json_object();
    const char *operator_name;
    json_t *keys;
    json_object_foreach((json_t *)condition, operator_name, keys)
        json_object_set_new(made, operator_name, normalise_map_of_texts(keys));
    return made;
}

/* How each part of a statement is normalised; parts unknown to us are kept as they are. */
static json_t *normalise_part(const char *key, const json_t *value)
{
    static const char *const lists[] = {"Action", "NotAction", "Resource", "NotResource"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(lists); i++)
        if (strcmp(key, lists[i]) == 0)
            return normalise_texts(value);
    if (strcmp(key, "Principal") == 0)
        return normalise_map_of_texts(value);
    if (strcmp(key, "Condition") == 0 && json_is_object(value))
        return json_object_size(value) ? normalise_condition(value) : NULL;
    return json_incref((json_t *)value);
}

static json_t *normalise_statement(const json_t *statement)
{
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)statement, key, value) {
        json_t *part = normalise_part(key, value);
        if (part)
            json_object_set_new(made, key, part);
    }
    return made;
}

struct sortable {
    char *text;
    json_t *statement;
};

static int compare_sortable(const void *a, const void *b)
{
    return strcmp(((const struct sortable *)a)->text, ((const struct sortable *)b)->text);
}

static json_t *normalise_statements(const json_t *statements)
{
    CBK_JSON *list = json_is_object(statements) ? json_pack("[O]", statements) : json_incref((json_t *)statements);
    size_t count = json_array_size(list);
    struct sortable *items = cbk_alloc(count, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        CBK_STR(text);
        items[i].statement = normalise_statement(json_array_get(list, i));
        cbk_json_add_canonical(&text, items[i].statement);
        items[i].text = cbk_str_detach(&text);
    }
    if (count)
        qsort(items, count, sizeof(*items), compare_sortable);
    json_t *made = json_array();
    for (size_t i = 0; i < count; i++) {
        bool repeated = i && strcmp(items[i - 1].text, items[i].text) == 0;
        if (repeated)
            json_decref(items[i].statement);
        else
            json_array_append_new(made, items[i].statement);
    }
    for (size_t i = 0; i < count; i++)
        free(items[i].text);
    free(items);
    return made;
}

json_t *cbk_policy_doc_normalise(const json_t *document)
{
    json_t *made = json_object();
    json_object_set_new(made, "Version", json_string(cbk_json_text_or(document, "Version", "1")));
    json_object_set_new(made, "Statement", normalise_statements(json_object_get(document, "Statement")));
    return made;
}

int cbk_policy_doc_parse(const char *what, const char *text, json_t **ret_document, struct cbk_error *err)
{
    CBK_JSON *document = NULL;
    int r = cbk_json_parse(what, text, strlen(text), &document, err);
    if (r < 0)
        return r;
    if (!json_is_object(document))
        return cbk_fail(err, CBK_E_VALIDATION, "%s is not a policy document: an object was expected", what);
    *ret_document = cbk_policy_doc_normalise(document);
    return 0;
}

json_t *cbk_policy_doc_trust(const json_t *services)
{
    CBK_JSON *document = json_pack("{s:s, s:[{s:s, s:s, s:{s:O}}]}", "Version", "1", "Statement", "Effect", "Allow",
                                   "Action", "sts:AssumeRole", "Principal", "Service", services);
    return cbk_policy_doc_normalise(document);
}

static char *lower_case(const char *text)
{
    char *copy = cbk_strdup(text);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* What a list holds: actions are matched without regard to case (U: assumed of RAM), resources with it. */
enum part_case { FOLD_CASE, KEEP_CASE };

typedef bool (*pattern_test)(const char *pattern, const char *wanted);

/* Does one pattern of the list stand the test? */
static bool any_pattern(const json_t *patterns, const char *wanted, enum part_case part_case, pattern_test test)
{
    CBK_CLEANUP(cbk_string_freep) char *folded = part_case == FOLD_CASE ? lower_case(wanted) : NULL;
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)patterns, index, item) {
        const char *text = json_string_value(item);
        if (!text)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *pattern = folded ? lower_case(text) : NULL;
        if (folded ? test(pattern, folded) : test(text, wanted))
            return true;
    }
    return false;
}

/* Does one pattern of the list cover all that `wanted` (itself a pattern) may mean? */
static bool list_covers(const json_t *patterns, const char *wanted, enum part_case part_case)
{
    return any_pattern(patterns, wanted, part_case, cbk_wildcard_covers);
}

/* Could one pattern of the list and `wanted` mean the same thing? */
static bool list_touches(const json_t *patterns, const char *wanted, enum part_case part_case)
{
    return any_pattern(patterns, wanted, part_case, cbk_wildcard_touches);
}

typedef bool (*list_test)(const json_t *patterns, const char *wanted, enum part_case part_case);

/* Judges Action or Resource: a Not... part means everything but what its list touches. */
static bool part_matches(const json_t *statement, const char *part, const char *not_part, const char *wanted,
                         enum part_case part_case, list_test test)
{
    const json_t *list = json_object_get(statement, part);
    if (list)
        return test(list, wanted, part_case);
    const json_t *not_list = json_object_get(statement, not_part);
    if (!not_list)
        return false;
    return test == list_covers ? !list_touches(not_list, wanted, part_case) : !list_covers(not_list, wanted, part_case);
}

static bool statement_matches(const json_t *statement, const char *action, const char *resource, list_test test)
{
    return part_matches(statement, "Action", "NotAction", action, FOLD_CASE, test) &&
           part_matches(statement, "Resource", "NotResource", resource, KEEP_CASE, test);
}

static bool has_effect(const json_t *statement, const char *effect)
{
    return cbk_str_equal(cbk_json_text(statement, "Effect"), effect);
}

static bool any_statement(const json_t *document, const char *effect, bool with_condition, const char *action,
                          const char *resource, list_test test)
{
    size_t index;
    json_t *statement;
    json_array_foreach(json_object_get(document, "Statement"), index, statement) {
        if (!has_effect(statement, effect) || (!with_condition && json_object_get(statement, "Condition")))
            continue;
        if (statement_matches(statement, action, resource, test))
            return true;
    }
    return false;
}

bool cbk_policy_doc_allows(const json_t *document, const char *action, const char *resource)
{
    if (any_statement(document, "Deny", /* with_condition= */ true, action, resource, list_touches))
        return false;
    return any_statement(document, "Allow", /* with_condition= */ false, action, resource, list_covers);
}

bool cbk_policy_doc_trusts(const json_t *document, const char *service)
{
    size_t index;
    json_t *statement;
    bool trusted = false;
    json_array_foreach(json_object_get(document, "Statement"), index, statement) {
        const json_t *services = cbk_json_at(statement, "Principal.Service");
        bool assumes = list_covers(json_object_get(statement, "Action"), "sts:AssumeRole", FOLD_CASE);
        if (!assumes || !cbk_json_array_has(services, service))
            continue;
        if (has_effect(statement, "Deny"))
            return false;
        if (has_effect(statement, "Allow") && !json_object_get(statement, "Condition"))
            trusted = true;
    }
    return trusted;
}

/* Is every part of `list` covered by one pattern of `patterns`? */
static bool list_within(const json_t *patterns, const json_t *list, enum part_case part_case)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        if (!list_covers(patterns, json_string_value(item) ? json_string_value(item) : "", part_case))
            return false;
    return json_array_size(list) > 0;
}

static bool same_part(const json_t *a, const json_t *b, const char *part)
{
    const json_t *left = json_object_get(a, part), *right = json_object_get(b, part);
    return (!left && !right) || (left && right && json_equal(left, right));
}

static bool part_within(const json_t *inner, const json_t *outer, const char *part, enum part_case part_case)
{
    const json_t *list = json_object_get(inner, part), *patterns = json_object_get(outer, part);
    return list ? list_within(patterns, list, part_case) : !patterns;
}

/* Principals are names, not patterns. */
static bool principals_within(const json_t *inner, const json_t *outer)
{
    const char *key;
    json_t *list;
    json_object_foreach((json_t *)inner, key, list) {
        const json_t *known = json_object_get(outer, key);
        size_t index;
        json_t *item;
        json_array_foreach(list, index, item)
            if (!json_is_string(item) || !cbk_json_array_has(known, json_string_value(item)))
                return false;
    }
    return json_is_object(inner); /* "*", anyone, is a string */
}

/* Is what the Allow statement `inner` grants granted by `outer` alone? */
static bool statement_within(const json_t *inner, const json_t *outer)
{
    static const char *const exact[] = {"NotAction", "NotResource"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(exact); i++)
        if (!same_part(inner, outer, exact[i]))
            return false;
    if (json_object_get(outer, "Condition") && !same_part(inner, outer, "Condition"))
        return false;
    if (!same_part(inner, outer, "Principal") &&
        !principals_within(json_object_get(inner, "Principal"), json_object_get(outer, "Principal")))
        return false;
    return part_within(inner, outer, "Action", FOLD_CASE) && part_within(inner, outer, "Resource", KEEP_CASE);
}

static bool has_statement(const json_t *document, const json_t *statement)
{
    size_t index;
    json_t *other;
    json_array_foreach(json_object_get(document, "Statement"), index, other)
        if (json_equal(other, statement))
            return true;
    return false;
}

static bool allow_is_new(const json_t *before, const json_t *statement)
{
    if (has_statement(before, statement))
        return false;
    size_t index;
    json_t *outer;
    json_array_foreach(json_object_get(before, "Statement"), index, outer)
        if (has_effect(outer, "Allow") && statement_within(statement, outer))
            return false;
    return true;
}

bool cbk_policy_doc_widens(const json_t *before, const json_t *after)
{
    size_t index;
    json_t *statement;
    json_array_foreach(json_object_get(after, "Statement"), index, statement)
        if (has_effect(statement, "Allow") && allow_is_new(before, statement))
            return true;
    json_array_foreach(json_object_get(before, "Statement"), index, statement)
        if (has_effect(statement, "Deny") && !has_statement(after, statement))
            return true;
    return false;
}
