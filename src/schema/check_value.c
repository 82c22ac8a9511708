#include "base/time.h"
#include "schema/checks.h"
#include "schema/equal.h"
#include "schema/run.h"

#include <math.h>
#include <string.h>

/* More choices than this are not all listed. */
#define MOST_CHOICES 12

static const struct type_words {
    unsigned bit;
    const char *words;
} type_words[] = {
    {CBK_TYPE_STRING, "a string"}, {CBK_TYPE_INTEGER, "a whole number"},
    {CBK_TYPE_NUMBER, "a number"}, {CBK_TYPE_BOOLEAN, "true or false"},
    {CBK_TYPE_ARRAY, "a list"},    {CBK_TYPE_OBJECT, "a mapping"},
    {CBK_TYPE_NULL, "null"},
};

void cbk_types_add(struct cbk_str *out, unsigned bits)
{
    bool first = true;
    if (bits & CBK_TYPE_NUMBER)
        bits &= ~(unsigned)CBK_TYPE_INTEGER;
    for (size_t i = 0; i < CBK_ARRAY_LEN(type_words); i++) {
        if (!(bits & type_words[i].bit))
            continue;
        cbk_str_addf(out, "%s%s", first ? "" : " or ", type_words[i].words);
        first = false;
    }
}

static unsigned allowed_types(const json_t *names)
{
    if (json_is_string(names))
        return cbk_type_named(json_string_value(names));
    unsigned bits = 0;
    size_t index;
    json_t *name;
    json_array_foreach(names, index, name)
        bits |= cbk_type_named(json_string_value(name));
    return bits;
}

void cbk_check_type(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    unsigned allowed = allowed_types(rule->value), bits = cbk_type_bits(value);
    if (allowed & bits)
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    CBK_STR(wanted);
    CBK_STR(found);
    cbk_types_add(&wanted, allowed);
    cbk_types_add(&found, bits);
    struct cbk_finding *finding =
        json_is_null(value)
            ? cbk_run_find(run, node, CBK_WEIGHT_KIND, "%s has no value: it has to be %s", subject, wanted.ptr)
            : cbk_run_find(run, node, CBK_WEIGHT_KIND, "%s has to be %s, not %s", subject, wanted.ptr, found.ptr);
    finding->types = allowed;
}

static void add_choice(struct cbk_str *out, const json_t *choice)
{
    if (json_is_string(choice))
        cbk_str_addf(out, "'%s'", json_string_value(choice));
    else
        cbk_json_add_canonical(out, choice);
}

void cbk_check_const(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    if (cbk_value_equal(rule->value, value))
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    CBK_STR(wanted);
    add_choice(&wanted, rule->value);
    cbk_run_find(run, node, CBK_WEIGHT_CHOICE, "%s has to be %s", subject, wanted.ptr);
}

static const char *nearest_choice(const json_t *choices, const char *word)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    size_t index;
    json_t *choice;
    json_array_foreach(choices, index, choice)
        if (json_is_string(choice))
            cbk_strings_push(&names, json_string_value(choice));
    return cbk_str_nearest(word, names.items, names.len);
}

void cbk_check_enum(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    CBK_STR(list);
    size_t index, count = json_array_size(rule->value);
    json_t *choice;
    json_array_foreach(rule->value, index, choice) {
        if (cbk_value_equal(choice, value))
            return;
        if (index == MOST_CHOICES)
            cbk_str_add(&list, ", ...");
        if (index >= MOST_CHOICES)
            continue;
        cbk_str_add(&list, index == 0 ? "" : index + 1 == count ? " or " : ", ");
        add_choice(&list, choice);
    }
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    const char *nearest = json_is_string(value) ? nearest_choice(rule->value, json_string_value(value)) : NULL;
    if (nearest)
        cbk_run_find(run, node, CBK_WEIGHT_CHOICE, "%s has to be %s (did you mean '%s'?)", subject, list.ptr, nearest);
    else
        cbk_run_find(run, node, CBK_WEIGHT_CHOICE, "%s has to be %s", subject, list.ptr);
}

void cbk_check_pattern(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                       const json_t *value)
{
    if (cbk_pattern_matches(rule->pattern, json_string_value(value)))
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    struct cbk_finding *finding = cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s is not valid", subject);
    if (!finding->hint)
        cbk_finding_hint(finding, "it has to match the pattern %s", json_string_value(rule->value));
    cbk_finding_explain(finding, node);
}

static bool is_date_time(const char *text)
{
    CBK_ERROR(ignored);
    int64_t when = 0;
    /* cbk_time_parse takes the cloud's shorter forms too; the format is RFC 3339's */
    bool full = strlen(text) >= strlen("2026-12-01T02:00:00Z") && strchr("Tt", text[10]) && text[16] == ':';
    return full && cbk_time_parse(text, &when, &ignored) == 0;
}

static bool is_date(const char *text)
{
    CBK_ERROR(ignored);
    int64_t when = 0;
    CBK_CLEANUP(cbk_string_freep) char *midnight = cbk_strf("%sT00:00:00Z", text);
    return strlen(text) == strlen("2026-12-01") && cbk_time_parse(midnight, &when, &ignored) == 0;
}

/* The formats that are checked; all others are annotations. */
static const struct format_row {
    const char *name;
    bool (*fits)(const char *text);
    const char *words;
} formats[] = {
    {"date-time", is_date_time, "a time such as 2026-12-01T02:00:00Z"},
    {"date", is_date, "a date such as 2026-12-01"},
};

void cbk_check_format(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(formats); i++) {
        if (strcmp(formats[i].name, json_string_value(rule->value)) != 0)
            continue;
        if (formats[i].fits(json_string_value(value)))
            return;
        CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
        cbk_finding_explain(cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s is not %s", subject, formats[i].words),
                            node);
    }
}

static int compare_numbers(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return (json_integer_value(a) > json_integer_value(b)) - (json_integer_value(a) < json_integer_value(b));
    return (json_number_value(a) > json_number_value(b)) - (json_number_value(a) < json_number_value(b));
}

/* The signs of value - bound that are wrong, and how to say so. */
static const struct bound_row {
    enum cbk_keyword_id id;
    int wrong;
    bool wrong_when_equal;
    const char *words;
} bounds[] = {
    {CBK_KEYWORD_MINIMUM, -1, false, "at least"},
    {CBK_KEYWORD_MAXIMUM, 1, false, "at most"},
    {CBK_KEYWORD_EXCLUSIVE_MINIMUM, -1, true, "more than"},
    {CBK_KEYWORD_EXCLUSIVE_MAXIMUM, 1, true, "less than"},
};

void cbk_check_bound(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)
{
    const struct bound_row *row = bounds;
    while (row->id != rule->id)
        row++;
    int order = compare_numbers(value, rule->value);
    if (order != row->wrong && !(order == 0 && row->wrong_when_equal))
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    CBK_STR(bound);
    cbk_json_add_canonical(&bound, rule->value);
    cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s has to be %s %s", subject, row->words, bound.ptr);
}

static bool is_multiple(const json_t *value, const json_t *step)
{
    if (json_is_integer(value) && json_is_integer(step))
        return json_integer_value(value) % json_integer_value(step) == 0;
    double quotient = json_number_value(value) / json_number_value(step);
    return isfinite(quotient) && fabs(quotient - round(quotient)) < 1e-9;
}

void cbk_check_multiple(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                        const json_t *value)
{
    if (is_multiple(value, rule->value))
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    CBK_STR(step);
    cbk_json_add_canonical(&step, rule->value);
    cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s has to be a multiple of %s", subject, step.ptr);
}
