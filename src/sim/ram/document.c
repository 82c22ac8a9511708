#include "sim/ram/document.h"

#include "sim/ram/condition.h"

#include <ctype.h>
#include <string.h>

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *document = NULL;
    return cbk_json_parse("document", text, strlen(text), &document, &err) < 0 ? NULL : document;
}

/* A single string, or a list of strings that is not empty. */
static bool is_texts(const json_t *value)
{
    size_t index;
    json_t *item;
    if (json_is_string(value))
        return true;
    json_array_foreach(value, index, item)
        if (!json_is_string(item))
            return false;
    return json_array_size(value) > 0;
}

static int check_statement(const json_t *statement, bool is_trust, struct cbk_error *err)
{
    const char *effect = cbk_json_text_or(statement, "Effect", "");
    if (strcmp(effect, "Allow") != 0 && strcmp(effect, "Deny") != 0)
        return cbk_fail(err, CBK_E_VALIDATION, "Effect is neither Allow nor Deny");
    if (!is_texts(json_object_get(statement, "Action")) && !is_texts(json_object_get(statement, "NotAction")))
        return cbk_fail(err, CBK_E_VALIDATION, "a statement has no Action");
    if (is_trust && !json_is_object(json_object_get(statement, "Principal")))
        return cbk_fail(err, CBK_E_VALIDATION, "a statement has no Principal");
    if (!is_trust && !is_texts(json_object_get(statement, "Resource")) &&
        !is_texts(json_object_get(statement, "NotResource")))
        return cbk_fail(err, CBK_E_VALIDATION, "a statement has no Resource");
    const json_t *condition = json_object_get(statement, "Condition");
    if (condition && !json_is_object(condition))
        return cbk_fail(err, CBK_E_VALIDATION, "a Condition is not an object");
    return 0;
}

int sim_document_check(const char *text, bool is_trust, struct cbk_error *err)
{
    size_t index;
    json_t *statement;
    CBK_JSON *document = NULL;
    int r = cbk_json_parse("it", text, strlen(text), &document, err);
    if (r < 0)
        return r;
    if (!cbk_str_equal(cbk_json_text(document, "Version"), "1"))
        return cbk_fail(err, CBK_E_VALIDATION, "Version is not \"1\"");
    const json_t *statements = json_object_get(document, "Statement");
    if (!json_array_size(statements))
        return cbk_fail(err, CBK_E_VALIDATION, "Statement is not a list with items");
    json_array_foreach(statements, index, statement) {
        r = check_statement(statement, is_trust, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Actions are compared without regard to case, as RAM does. */
static char *lower(const char *text)
{
    char *copy = cbk_strdup(text);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static bool matches(const char *pattern, const char *text)
{
    CBK_CLEANUP(cbk_string_freep) char *small_pattern = lower(pattern);
    CBK_CLEANUP(cbk_string_freep) char *small_text = lower(text);
    return cbk_str_glob(small_pattern, small_text);
}

static bool any_matches(const json_t *patterns, const char *text)
{
    size_t index;
    json_t *item;
    if (json_is_string(patterns))
        return matches(json_string_value(patterns), text);
    json_array_foreach(patterns, index, item)
        if (json_is_string(item) && matches(json_string_value(item), text))
            return true;
    return false;
}

static bool speaks_of(const json_t *statement, const char *key, const char *not_key, const char *text)
{
    const json_t *wanted = json_object_get(statement, key), *unwanted = json_object_get(statement, not_key);
    return wanted ? any_matches(wanted, text) : unwanted && !any_matches(unwanted, text);
}

enum sim_verdict sim_document_judge(const char *text, const char *action, const char *resource, const json_t *context)
{
    size_t index;
    json_t *statement;
    CBK_JSON *document = parse(text);
    enum sim_verdict verdict = SIM_NOT_MENTIONED;
    json_array_foreach(json_object_get(document, "Statement"), index, statement) {
        if (!speaks_of(statement, "Action", "NotAction", action) ||
            !speaks_of(statement, "Resource", "NotResource", resource) ||
            !sim_condition_holds(json_object_get(statement, "Condition"), context))
            continue;
        if (strcmp(cbk_json_text_or(statement, "Effect", ""), "Deny") == 0)
            return SIM_DENIED; /* a Deny wins over every Allow */
        verdict = SIM_ALLOWED;
    }
    return verdict;
}

bool sim_document_trusts(const char *text, const char *kind, const char *principal, const json_t *context)
{
    size_t index;
    json_t *statement;
    CBK_JSON *document = parse(text);
    bool trusted = false;
    json_array_foreach(json_object_get(document, "Statement"), index, statement) {
        if (!any_matches(json_object_get(statement, "Action"), "sts:AssumeRole") ||
            !any_matches(json_object_get(json_object_get(statement, "Principal"), kind), principal) ||
            !sim_condition_holds(json_object_get(statement, "Condition"), context))
            continue;
        if (strcmp(cbk_json_text_or(statement, "Effect", ""), "Deny") == 0)
            return false;
        trusted = true;
    }
    return trusted;
}
