#include "sim/hbr/hbr_filter.h"

#include <string.h>

/* Numbers are held against numbers, texts are only ever equal. */
static bool compare(const json_t *own, const char *value, const char *operator)
{
    if (!json_is_integer(own))
        return cbk_str_equal(json_string_value(own), value);
    int64_t mine = json_integer_value(own), theirs = strtoll(value, NULL, 10);
    if (strcmp(operator, "GREATER_THAN") == 0)
        return mine > theirs;
    if (strcmp(operator, "GREATER_THAN_OR_EQUAL") == 0)
        return mine >= theirs;
    if (strcmp(operator, "LESS_THAN") == 0)
        return mine < theirs;
    if (strcmp(operator, "LESS_THAN_OR_EQUAL") == 0)
        return mine <= theirs;
    return mine == theirs;
}

static bool passes(const json_t *own, const json_t *filter)
{
    size_t index;
    json_t *value;
    const json_t *values = json_object_get(filter, "Values");
    const char *operator= cbk_json_text_or(filter, "Operator", "IN");
    const char *first = json_string_value(json_array_get(values, 0)),
               *second = json_string_value(json_array_get(values, 1));
    if (strcmp(operator, "BETWEEN") == 0)
        return first && second && own && compare(own, first, "GREATER_THAN_OR_EQUAL") &&
               compare(own, second, "LESS_THAN_OR_EQUAL");
    if (strcmp(operator, "IN") != 0 && strcmp(operator, "NOT_EQUAL") != 0)
        return first && own && compare(own, first, operator);
    bool among = false;
    json_array_foreach(values, index, value)
        among = among || (own && compare(own, json_string_value(value), "EQUAL"));
    return strcmp(operator, "IN") == 0 ? among : !among;
}

bool sim_hbr_passes(const struct sim_call *call, const json_t *record, const struct sim_hbr_key *keys)
{
    size_t index;
    json_t *filter;
    json_array_foreach(sim_param(call, "Filters"), index, filter)
        for (const struct sim_hbr_key *row = keys; row->filter; row++)
            if (cbk_str_equal(row->filter, cbk_json_text(filter, "Key")) &&
                !passes(json_object_get(record, row->key), filter))
                return false;
    return true;
}

json_t *sim_hbr_newest_first(const json_t *list)
{
    json_t *copy = json_array();
    for (size_t i = json_array_size(list); i-- > 0;)
        json_array_append(copy, json_array_get(list, i));
    return copy;
}
