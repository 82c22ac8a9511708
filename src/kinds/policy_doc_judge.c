/* What documents allow, whom they trust, and whether one allows more than another. */
#include "kinds/policy_doc.h"

#include "kinds/wildcard.h"

#include <ctype.h>
#include <string.h>

static char *lower_case(const char *text)
{
    char *copy = cbk_strdup(text);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/*
 * What a list holds: resources are matched with regard to case, actions without, since RAM's documentation says that
 * their case matters little ("in most cases" not at all). Good enough to tell what a role may do; but where more may be
 * allowed than before, case counts.
 */
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
static bool list_within(const json_t *patterns, const json_t *list)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        if (!list_covers(patterns, json_string_value(item) ? json_string_value(item) : "", KEEP_CASE))
            return false;
    return json_array_size(list) > 0;
}

static bool same_part(const json_t *a, const json_t *b, const char *part)
{
    const json_t *left = json_object_get(a, part), *right = json_object_get(b, part);
    return (!left && !right) || (left && right && json_equal(left, right));
}

static bool part_within(const json_t *inner, const json_t *outer, const char *part)
{
    const json_t *list = json_object_get(inner, part), *patterns = json_object_get(outer, part);
    return list ? list_within(patterns, list) : !patterns;
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

/* Are all parts the same but for those that are judged one by one? Others may mean anything. */
static bool same_otherwise(const json_t *a, const json_t *b)
{
    static const char *const judged[] = {"Action", "Resource", "Principal", "Condition"};
    CBK_JSON *left = json_copy((json_t *)a), *right = json_copy((json_t *)b);
    for (size_t i = 0; i < CBK_ARRAY_LEN(judged); i++) {
        (void)json_object_del(left, judged[i]);
        (void)json_object_del(right, judged[i]);
    }
    return json_equal(left, right);
}

/* Is what the Allow statement `inner` grants granted by `outer` alone? */
static bool statement_within(const json_t *inner, const json_t *outer)
{
    if (!same_otherwise(inner, outer))
        return false;
    if (json_object_get(outer, "Condition") && !same_part(inner, outer, "Condition"))
        return false;
    if (!same_part(inner, outer, "Principal") &&
        !principals_within(json_object_get(inner, "Principal"), json_object_get(outer, "Principal")))
        return false;
    return part_within(inner, outer, "Action") && part_within(inner, outer, "Resource");
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
    if (before && after && !same_part(before, after, "Version"))
        return true;
    json_array_foreach(json_object_get(after, "Statement"), index, statement)
        if (has_effect(statement, "Allow") && allow_is_new(before, statement))
            return true;
    json_array_foreach(json_object_get(before, "Statement"), index, statement)
        if (has_effect(statement, "Deny") && !has_statement(after, statement))
            return true;
    return false;
}
