/*
 * What each keyword demands: rows of the table in keyword.c.
 */
#ifndef CBK_SCHEMA_CHECKS_H
#define CBK_SCHEMA_CHECKS_H

#include "schema/keyword.h"

struct cbk_str;

#define CBK_CHECK(name)                                                                                                \
    void name(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule, const json_t *value)

/* check_value.c */
CBK_CHECK(cbk_check_type);
CBK_CHECK(cbk_check_const);
CBK_CHECK(cbk_check_enum);
CBK_CHECK(cbk_check_pattern);
CBK_CHECK(cbk_check_format);
CBK_CHECK(cbk_check_bound);
CBK_CHECK(cbk_check_multiple);
/* check_size.c: characters, items, members */
CBK_CHECK(cbk_check_length);
/* check_list.c */
CBK_CHECK(cbk_check_unique);
CBK_CHECK(cbk_check_prefix_items);
CBK_CHECK(cbk_check_items);
CBK_CHECK(cbk_check_contains);
/* check_object.c */
CBK_CHECK(cbk_check_required);
CBK_CHECK(cbk_check_dependent_required);
CBK_CHECK(cbk_check_property_names);
CBK_CHECK(cbk_check_properties);
CBK_CHECK(cbk_check_pattern_properties);
CBK_CHECK(cbk_check_additional_properties);
/* check_combine.c */
CBK_CHECK(cbk_check_all_of);
CBK_CHECK(cbk_check_any_of);
CBK_CHECK(cbk_check_one_of);
CBK_CHECK(cbk_check_not);
CBK_CHECK(cbk_check_if);

/* Adds the types as people name them: "a string or a list". */
void cbk_types_add(struct cbk_str *out, unsigned bits);

#endif
