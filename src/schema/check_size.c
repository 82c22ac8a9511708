#include "schema/checks.h"
#include "schema/run.h"

#include <string.h>

static size_t characters(const json_t *value)
{
    return cbk_str_chars(json_string_value(value), json_string_length(value));
}

static size_t items(const json_t *value)
{
    return json_array_size(value);
}

static size_t members(const json_t *value)
{
    return json_object_size(value);
}

static const struct size_row {
    enum cbk_keyword_id id;
    bool is_least;
    size_t (*measure)(const json_t *value);
    const char *one, *many;
} sizes[] = {
    {CBK_KEYWORD_MIN_LENGTH, true, characters, "character", "characters"},
    {CBK_KEYWORD_MAX_LENGTH, false, characters, "character", "characters"},
    {CBK_KEYWORD_MIN_ITEMS, true, items, "item", "items"},
    {CBK_KEYWORD_MAX_ITEMS, false, items, "item", "items"},
    {CBK_KEYWORD_MIN_PROPERTIES, true, members, "key", "keys"},
    {CBK_KEYWORD_MAX_PROPERTIES, false, members, "key", "keys"},
};

void cbk_check_length(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                      const json_t *value)
{
    const struct size_row *row = sizes;
    while (row->id != rule->id)
        row++;
    size_t size = row->measure(value);
    double bound = json_number_value(rule->value);
    if (row->is_least ? (double)size >= bound : (double)size <= bound)
        return;
    CBK_CLEANUP(cbk_string_freep) char *subject = cbk_run_subject(run);
    const char *unit = bound == 1 ? row->one : row->many;
    if (row->is_least && size == 0)
        cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s must not be empty", subject);
    else
        cbk_run_find(run, node, CBK_WEIGHT_DETAIL, "%s has %zu, but needs at %s %.0f %s", subject, size,
                     row->is_least ? "least" : "most", bound, unit);
}
