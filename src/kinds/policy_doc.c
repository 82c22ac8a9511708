/* One normal form for all documents that mean the same, as far as that can be told. */
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

/* A string or a list of them; anything else means what it says. */
static json_t *normalise_texts(const json_t *value)
{
    return is_texts(value) ? cbk_json_sorted_texts(value) : json_incref((json_t *)value);
}

/* Does another pattern of the list stand for all that number `index` stands for? Of two that are alike, the first one
 * does. */
static bool is_covered(const json_t *patterns, size_t index)
{
    const char *text = json_string_value(json_array_get(patterns, index));
    for (size_t i = 0; i < json_array_size(patterns); i++) {
        const char *other = json_string_value(json_array_get(patterns, i));
        if (i != index && cbk_wildcard_covers(other, text) && (i < index || !cbk_wildcard_covers(text, other)))
            return true;
    }
    return false;
}

/* Actions and resources: what another pattern of the list says already is left out. */
static json_t *normalise_patterns(const json_t *value)
{
    CBK_JSON *sorted = normalise_texts(value);
    if (!is_texts(sorted))
        return cbk_json_steal(&sorted);
    json_t *made = json_array();
    for (size_t i = 0; i < json_array_size(sorted); i++)
        if (!is_covered(sorted, i))
            json_array_append(made, json_array_get(sorted, i));
    return made;
}

static json_t *normalise_principals(const json_t *map)
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

/* One value of a condition. RAM's documentation wants numbers and booleans in quotes: without, they mean the same. */
static json_t *normalise_value(const json_t *value, bool fold)
{
    if (json_is_boolean(value))
        return json_string(json_is_true(value) ? "true" : "false");
    if (!json_is_string(value) && !json_is_integer(value))
        return json_incref((json_t *)value);
    CBK_CLEANUP(cbk_string_freep)
    char *text = json_is_string(value) ? cbk_strdup(json_string_value(value))
                                       : cbk_strf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    for (char *at = text; fold && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return json_string(text);
}

static json_t *normalise_values(const json_t *value, bool fold)
{
    if (json_is_object(value) || json_is_null(value))
        return json_incref((json_t *)value);
    CBK_JSON *list = json_is_array(value) ? json_incref((json_t *)value) : json_pack("[O]", value);
    CBK_JSON *values = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
        json_array_append_new(values, normalise_value(item, fold));
    return normalise_texts(values);
}

/*
 * {"StringEquals": {"k": "v"}}: one of the values must meet. The names of operators and keys are kept as they are:
 * whether RAM minds their case nobody here knows.
 */
static json_t *normalise_condition(const json_t *condition)
{
    json_t *made = json_object();
    const char *name, *key;
    json_t *keys, *value;
    json_object_foreach((json_t *)condition, name, keys) {
        json_t *operands = json_is_object(keys) ? json_object() : json_incref(keys);
        bool fold = cbk_str_equal(name, "StringEqualsIgnoreCase") || cbk_str_equal(name, "StringNotEqualsIgnoreCase");
        json_object_foreach(keys, key, value)
            json_object_set_new(operands, key, normalise_values(value, fold));
        json_object_set_new(made, name, operands);
    }
    return made;
}

/* How each part of a statement is normalised; parts unknown to us are kept as they are. */
static json_t *normalise_part(const char *key, const json_t *value)
{
    static const char *const lists[] = {"Action", "NotAction", "Resource", "NotResource"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(lists); i++)
        if (strcmp(key, lists[i]) == 0)
            return normalise_patterns(value);
    if (strcmp(key, "Principal") == 0)
        return normalise_principals(value);
    if (strcmp(key, "Condition") == 0 && json_is_object(value))
        return json_object_size(value) ? normalise_condition(value) : NULL;
    return json_incref((json_t *)value);
}

static json_t *normalise_statement(const json_t *statement)
{
    if (!json_is_object(statement))
        return json_incref((json_t *)statement);
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

/* Sorted, and each once. New reference. */
static json_t *sort_statements(const json_t *statements)
{
    size_t count = json_array_size(statements);
    struct sortable *items = cbk_alloc(count, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        CBK_STR(text);
        items[i].statement = json_array_get(statements, i);
        cbk_json_add_canonical(&text, items[i].statement);
        items[i].text = cbk_str_detach(&text);
    }
    if (count)
        qsort(items, count, sizeof(*items), compare_sortable);
    json_t *made = json_array();
    for (size_t i = 0; i < count; i++)
        if (!i || strcmp(items[i - 1].text, items[i].text) != 0)
            json_array_append(made, items[i].statement);
    for (size_t i = 0; i < count; i++)
        free(items[i].text);
    free(items);
    return made;
}

/* The one part in which two statements differ, or NULL where they differ in more or in none. */
static const char *only_difference(const json_t *a, const json_t *b)
{
    const char *found = NULL, *key;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return NULL;
    json_object_foreach((json_t *)a, key, value) {
        json_t *other = json_object_get(b, key);
        if (!other || (found && !json_equal(value, other)))
            return NULL;
        if (!json_equal(value, other))
            found = key;
    }
    return found;
}

static json_t *unite_lists(const json_t *a, const json_t *b)
{
    if (!json_is_array(a) || !json_is_array(b) || !is_texts(a) || !is_texts(b))
        return NULL;
    json_t *both = json_copy((json_t *)a);
    json_array_extend(both, (json_t *)b);
    return both;
}

static json_t *unite_principals(const json_t *a, const json_t *b)
{
    if (!json_is_object(a) || !json_is_object(b))
        return NULL;
    CBK_JSON *both = json_copy((json_t *)a);
    const char *type;
    json_t *names;
    json_object_foreach((json_t *)b, type, names) {
        const json_t *known = json_object_get(a, type);
        json_t *list = known ? unite_lists(known, names) : json_incref(names);
        if (!list)
            return NULL;
        json_object_set_new(both, type, list);
    }
    return cbk_json_steal(&both);
}

/*
 * Two statements that differ in one part alone, and there in a list of which any item will do, are one statement with
 * both lists. NULL where they are not. New reference.
 */
static json_t *unite(const json_t *a, const json_t *b)
{
    static const struct {
        const char *part;
        json_t *(*unite)(const json_t *a, const json_t *b);
    } parts[] = {{"Action", unite_lists}, {"Resource", unite_lists}, {"Principal", unite_principals}};
    const char *part = only_difference(a, b);
    for (size_t i = 0; part && i < CBK_ARRAY_LEN(parts); i++) {
        if (strcmp(parts[i].part, part) != 0)
            continue;
        CBK_JSON *both = parts[i].unite(json_object_get(a, part), json_object_get(b, part));
        json_t *made = both ? json_copy((json_t *)a) : NULL;
        if (made)
            json_object_set_new(made, part, normalise_part(part, both));
        return made;
    }
    return NULL;
}

/* Unites number `index` with those behind it, in place. Answers whether there were any. */
static bool unite_with_later(json_t *statements, size_t index)
{
    bool any = false;
    for (size_t i = index + 1; i < json_array_size(statements);) {
        json_t *made = unite(json_array_get(statements, index), json_array_get(statements, i));
        if (!made) {
            i++;
            continue;
        }
        json_array_set_new(statements, index, made);
        json_array_remove(statements, i);
        any = true;
    }
    return any;
}

static json_t *normalise_statements(const json_t *statements)
{
    CBK_JSON *list = json_is_object(statements) ? json_pack("[O]", statements) : json_incref((json_t *)statements);
    CBK_JSON *parts = json_array();
    size_t index;
    json_t *statement;
    json_array_foreach(list, index, statement)
        json_array_append_new(parts, normalise_statement(statement));
    CBK_JSON *made = sort_statements(parts);
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < json_array_size(made); i++)
            again = unite_with_later(made, i) || again;
    }
    return sort_statements(made);
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
