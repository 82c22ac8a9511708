/*
 * The schemas of plan and state let keys through that they do not know, for readers of later versions. The tests do
 * not: what is written and not described fails.
 */
#ifndef CBK_TESTS_STRICT_SCHEMA_H
#define CBK_TESTS_STRICT_SCHEMA_H

#include "base/file.h"
#include "schema/schema.h"

CBK_UNUSED static void close_objects(json_t *schema)
{
    const char *key;
    size_t index;
    json_t *child;
    if (json_object_get(schema, "properties") && !json_object_get(schema, "additionalProperties"))
        json_object_set_new(schema, "additionalProperties", json_false());
    json_object_foreach(schema, key, child)
        close_objects(child);
    json_array_foreach(schema, index, child)
        close_objects(child);
}

CBK_UNUSED static void print_violation(void *context, const struct cbk_violation *violation)
{
    (void)context;
    print_error("%s: %s\n", violation->pointer, violation->message);
}

/* Fails the test when `json` is not what schemas/NAME.schema.json describes, no less and no more. */
CBK_UNUSED static void assert_strictly_valid(const char *name, const json_t *json)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(CBK_SOURCE_DIR "/schemas/%s.schema.json", name), *text = NULL;
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = NULL;
    CBK_JSON *rules = NULL;
    CBK_ERROR(err);
    size_t len = 0;
    assert_int_equal(cbk_file_read(path, 1 << 24, &text, &len, &err), 0);
    assert_int_equal(cbk_json_parse(path, text, len, &rules, &err), 0);
    close_objects(rules);
    if (cbk_schema_compile(rules, &schema, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(cbk_schema_validate(schema, json, print_violation, NULL), 0);
}

#endif
