/*
 * What the suite of the conformance test cannot say: 2020-12's own keywords, schemas that must not compile, the order
 * and the words of violations, annotations and defaults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "schema/schema.h"

#include <string.h>

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_json_parse(text, text, strlen(text), &json, &err) < 0)
        fail_msg("%s", err.message);
    return json;
}

static struct cbk_schema *compile(const char *text)
{
    CBK_JSON *json = parse(text);
    CBK_ERROR(err);
    struct cbk_schema *schema = NULL;
    if (cbk_schema_compile(json, &schema, &err) < 0)
        fail_msg("%s", err.message);
    return schema;
}

/* "pointer: message (hint)", a line each; "key " before it where the key is wrong. */
static void add_violation(void *out, const struct cbk_violation *violation)
{
    cbk_str_addf(out, "%s%s: %s", violation->of_key ? "key " : "", violation->pointer, violation->message);
    if (violation->hint)
        cbk_str_addf(out, " (%s)", violation->hint);
    cbk_str_add(out, "\n");
}

static const struct validation {
    const char *schema, *instance, *violations;
} validations[] = {
    {"{\"prefixItems\": [{\"type\": \"string\"}], \"items\": {\"type\": \"integer\"}}", "[1, 2, \"x\"]",
     "/0: '[0]' has to be a string, not a number\n/2: '[2]' has to be a whole number, not a string\n"},
    {"{\"contains\": {\"const\": 1}, \"minContains\": 2, \"maxContains\": 3}", "[1, 1, 2]", ""},
    {"{\"contains\": {\"const\": 1}, \"minContains\": 2}", "[1, 2]",
     ": the document holds too few items of the kind that it needs\n"},
    {"{\"contains\": {\"const\": 1}, \"maxContains\": 1}", "[1, 1]",
     ": the document holds too many items of the kind that it needs\n"},
    {"{\"contains\": {\"const\": 1}, \"minContains\": 0}", "[]", ""},
    {"{\"minContains\": 2}", "[1]", ""},
    {"{\"dependentRequired\": {\"a\": [\"b\", \"c\"]}}", "{\"a\": 1, \"c\": 1}", ": 'a' needs 'b' beside it\n"},
    {"{\"$ref\": \"#/$defs/a~1b~0c%25d\", \"$defs\": {\"a/b~c%d\": {\"type\": \"null\"}}}", "1",
     ": the document has to be null, not a number\n"},
    {"{\"$ref\": \"#/$defs/list\", \"maxItems\": 1, \"$defs\": {\"list\": {\"type\": \"array\"}}}", "[1, 2]",
     ": the document has 2, but needs at most 1 item\n"},
    {"{\"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"minimum\": 3}}, \"required\": [\"c\"]}",
     "{\"b\": 1, \"a\": 1}",
     ": missing key 'c'\n/b: 'b' has to be at least 3\n/a: 'a' has to be a string, not a number\n"},
    {"{\"allOf\": [{\"type\": \"string\"}, {\"type\": \"string\"}]}", "1",
     ": the document has to be a string, not a number\n"},
    {"{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\"}]}", "1",
     ": the document has to be a string or a list, not a number\n"},
    {"{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]}", "[1]",
     "/0: '[0]' has to be a string, not a number\n"},
    {"{\"oneOf\": [{\"minimum\": 1}, {\"minimum\": 2}]}", "3", ": the document can be read in more than one way\n"},
    {"{\"oneOf\": [{\"properties\": {\"k\": {\"const\": \"a\"}}, \"required\": [\"x\"]},"
     " {\"properties\": {\"k\": {\"const\": \"b\"}}, \"required\": [\"y\"]}]}",
     "{\"k\": \"b\"}", ": missing key 'y'\n"},
    {"{\"not\": {\"type\": \"string\"}, \"x-error\": \"text cannot stand here\"}", "\"a\"",
     ": text cannot stand here\n"},
    {"{\"pattern\": \"^a$\", \"x-hint\": \"an a\"}", "\"a\\n\"", ": the document is not valid (an a)\n"},
    {"{\"pattern\": \"^a$\"}", "\"b\"", ": the document is not valid (it has to match the pattern ^a$)\n"},
    {"{\"pattern\": \"^(a+)+$\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"",
     ": the document is not valid (it has to match the pattern ^(a+)+$)\n"},
    {"{\"pattern\": \"^\\\\u6570\\\\d$\"}", "\"\\u6570\\u0661\"",
     ": the document is not valid (it has to match the pattern ^\\u6570\\d$)\n"},
    {"{\"maxLength\": 2}", "\"\\u6570\\ud83d\\ude00\"", ""},
    {"{\"enum\": [1, \"two\", null]}", "\"tow\"", ": the document has to be 1, 'two' or null (did you mean 'two'?)\n"},
    {"{\"additionalProperties\": false, \"properties\": {\"alpha\": true}}", "{\"alpha\": 1, \"alhpa\": 1}",
     "key /alhpa: unknown key 'alhpa' (known keys: alpha)\n"},
    {"{\"additionalProperties\": false, \"properties\": {\"a/b\": false}}", "{\"a/b\": 1}",
     "/a~1b: 'a/b' must not be given here\n"},
    {"{\"propertyNames\": {\"maxLength\": 1}}", "{\"ab\": 1}",
     "key /ab: the name 'ab' has 2, but needs at most 1 character\n"},
    {"{\"format\": \"date-time\"}", "\"2026-12-01T02:00Z\"",
     ": the document is not a time such as 2026-12-01T02:00:00Z\n"},
    {"{\"format\": \"date\"}", "\"2026-12-01\"", ""},
    {"{\"format\": \"date\"}", "\"2026-02-29\"", ": the document is not a date such as 2026-12-01\n"},
    {"{\"format\": \"date\"}", "\"2026-12-1\"", ": the document is not a date such as 2026-12-01\n"},
    {"{\"format\": \"of-my-own\"}", "\"x\"", ""},
    {"{\"enum\": [1.0]}", "1", ""},
    {"{\"enum\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]}", "0",
     ": the document has to be 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...\n"},
    {"{\"uniqueItems\": false}", "[1, 1]", ""},
    {"{\"uniqueItems\": true}", "[1, 1.0]", "/1: '[1]' is given twice\n"},
    {"{\"anyOf\": [{\"minimum\": 1}, {\"maximum\": -1}], \"x-error\": \"zero is nothing\"}", "0",
     ": zero is nothing\n"},
    {"{\"properties\": {\"next\": {\"$ref\": \"#\"}}, \"required\": [\"id\"]}", "{\"id\": 1, \"next\": {\"next\": 1}}",
     "/next: missing key 'id' in 'next'\n"},
};

static void violations_are_worded_and_ordered(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(validations); i++) {
        const struct validation *row = &validations[i];
        CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = compile(row->schema);
        CBK_JSON *instance = parse(row->instance);
        CBK_STR(said);
        (void)cbk_schema_validate(schema, instance, add_violation, &said);
        assert_string_equal(said.ptr, row->violations);
    }
}

static const struct refusal {
    const char *schema, *message;
} refusals[] = {
    {"{\"unevaluatedProperties\": false}", "schema '#' has the unknown keyword 'unevaluatedProperties'"},
    {"{\"properties\": {\"a\": {\"x-mine\": 1}}}", "schema '#/properties/a' has the unknown keyword 'x-mine'"},
    {"{\"$defs\": {\"unused\": {\"typ\": \"a\"}}}", "schema '#/$defs/unused' has the unknown keyword 'typ'"},
    {"{\"type\": \"text\"}", "schema '#/type' is not a type"},
    {"{\"items\": [true]}", "schema '#/items' is not a schema"},
    {"{\"properties\": {\"a\": 1}}", "schema '#/properties/a' is not a schema"},
    {"{\"allOf\": []}", "schema '#/allOf' is not a list of at least one schema"},
    {"{\"minLength\": -1}", "schema '#/minLength' is not a whole number of zero or more"},
    {"{\"multipleOf\": 0}", "schema '#/multipleOf' is not a number above zero"},
    {"{\"$ref\": \"other.json\"}",
     "schema '#/$ref' refers to another document or an anchor: only '#/...' is supported"},
    {"{\"$ref\": \"#/$defs/gone\"}", "schema '#/$ref' refers to nothing"},
    {"{\"$ref\": \"#\"}", "schema '#' refers to itself without end"},
    {"{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#/$defs/a\"}]}}}",
     "schema '#' refers to itself without end"},
    {"{\"properties\": {\"a\": {\"$id\": \"b\"}}}",
     "schema '#/properties/a/$id' stands below the root: one schema is one resource here"},
    {"{\"required\": [1]}", "schema '#/required' is not a list of strings"},
    {"{\"x-hint\": 1}", "schema '#/x-hint' is not a string"},
    {"{\"dependentRequired\": {\"a\": [1]}}", "schema '#/dependentRequired' is not an object of lists of strings"},
    {"{\"type\": [\"string\", \"text\"]}", "schema '#/type' is not a type"},
    {"{\"oneOf\": [true, 1]}", "schema '#/oneOf/1' is not a schema"},
    {"{\"x-unordered\": \"yes\"}", "schema '#/x-unordered' is not a boolean"},
    {"[]", "schema '#' is not a schema"},
};

static void schemas_that_promise_too_much_do_not_compile(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(refusals); i++) {
        CBK_JSON *json = parse(refusals[i].schema);
        struct cbk_schema *schema = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_schema_compile(json, &schema, &err), CBK_E_SCHEMA);
        assert_null(schema);
        assert_string_equal(err.message, refusals[i].message);
    }
}

static void a_broken_pattern_does_not_compile(void **state)
{
    (void)state;
    CBK_JSON *json = parse("{\"patternProperties\": {\"(\": true}}");
    struct cbk_schema *schema = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_schema_compile(json, &schema, &err), CBK_E_SCHEMA);
    assert_true(cbk_str_starts_with(err.message, "schema '#/patternProperties/(': pattern '(' is not valid: "));
}

static const char annotated[] =
    "{\"properties\": {"
    "  \"pair\": {\"prefixItems\": [{\"title\": \"first\"}], \"items\": {\"title\": \"rest\"}},"
    "  \"list\": {\"$ref\": \"#/$defs/strings\", \"x-unordered\": true, \"default\": [\"d\"], \"description\": "
    "\"mine\"},"
    "  \"either\": {\"oneOf\": [{\"type\": \"string\", \"x-reference\": \"roles\"},"
    "             {\"type\": \"object\", \"properties\": {\"deep\": {\"default\": 1}}}], \"x-immutable\": true},"
    "  \"object\": {\"type\": \"object\", \"default\": {}, \"properties\": {\"level\": {\"default\": \"low\"}},"
    "             \"if\": {\"properties\": {\"level\": {\"const\": \"high\"}}, \"required\": [\"level\"]},"
    "             \"then\": {\"properties\": {\"extra\": {\"default\": true}}}}"
    " },"
    " \"patternProperties\": {\"^x\": {\"title\": \"an x\"}},"
    " \"additionalProperties\": {\"title\": \"another\", \"properties\": {\"in\": {\"title\": \"inner\"}}},"
    " \"$defs\": {\"strings\": {\"type\": \"array\", \"description\": \"theirs\", \"items\": {\"title\": \"item\"}}}}";

static const struct place_row {
    const char *instance, *pointer, *annotation, *value;
} places[] = {
    {"{\"list\": [\"a\"]}", "/list", "x-unordered", "true"},
    {"{\"list\": [\"a\"]}", "/list", "description", "\"mine\""},
    {"{\"list\": [\"a\"]}", "/list", "type", "\"array\""},
    {"{\"list\": [\"a\"]}", "/list/0", "title", "\"item\""},
    {"{\"either\": \"roles.a\"}", "/either", "x-reference", "\"roles\""},
    {"{\"either\": \"roles.a\"}", "/either", "x-immutable", "true"},
    {"{\"either\": {}}", "/either", "x-reference", NULL},
    {"{\"either\": {}}", "/either/deep", "default", "1"},
    {"{\"object\": {\"level\": \"high\"}}", "/object/extra", "default", "true"},
    {"{\"object\": {\"level\": \"low\"}}", "/object/extra", "default", NULL},
    {"{\"pair\": [1, 2]}", "/pair/0", "title", "\"first\""},
    {"{\"pair\": [1, 2]}", "/pair/1", "title", "\"rest\""},
    {"{\"xyz\": 1}", "/xyz", "title", "\"an x\""},
    {"{}", "/some/in", "title", "\"inner\""},
    {NULL, "/list/0", "title", "\"item\""},
    {NULL, "/either", "x-reference", "\"roles\""},
    {NULL, "/either/deep", "default", "1"},
    {NULL, "/any/in", "title", "\"inner\""},
    {NULL, "/any/out", "title", NULL},
};

static void annotations_are_found_by_pointer(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = compile(annotated);
    for (size_t i = 0; i < CBK_ARRAY_LEN(places); i++) {
        const struct place_row *row = &places[i];
        CBK_JSON *instance = row->instance ? parse(row->instance) : NULL;
        const json_t *value = json_object_get(cbk_schema_at(schema, instance, row->pointer), row->annotation);
        CBK_STR(text);
        if (value)
            cbk_json_add_canonical(&text, value);
        assert_string_equal(text.ptr, row->value ? row->value : "");
    }
}

static const struct defaults_row {
    const char *instance, *filled;
} defaults[] = {
    {"{}", "{\"list\":[\"d\"],\"object\":{\"level\":\"low\"}}"},
    {"{\"list\":[],\"object\":{\"level\":\"high\"}}", "{\"list\":[],\"object\":{\"extra\":true,\"level\":\"high\"}}"},
    {"{\"either\":{},\"list\":[],\"object\":{}}",
     "{\"either\":{\"deep\":1},\"list\":[],\"object\":{\"level\":\"low\"}}"},
    {"{\"either\":\"a\",\"list\":[],\"object\":{\"level\":null}}",
     "{\"either\":\"a\",\"list\":[],\"object\":{\"level\":null}}"},
    {"[{}]", "[{}]"},
};

static void defaults_fill_what_is_absent(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = compile(annotated);
    for (size_t i = 0; i < CBK_ARRAY_LEN(defaults); i++) {
        CBK_JSON *instance = parse(defaults[i].instance);
        CBK_JSON *untouched = json_deep_copy(instance);
        CBK_JSON *filled = cbk_schema_with_defaults(schema, instance);
        CBK_STR(text);
        cbk_json_add_canonical(&text, filled);
        assert_string_equal(text.ptr, defaults[i].filled);
        assert_true(json_equal(instance, untouched));
    }
}

static void add_visit(void *out, const char *pointer, const json_t *value, const json_t *schema)
{
    assert_non_null(value);
    const char *title = cbk_json_text(schema, "title");
    cbk_str_addf(out, "%s=%s\n", pointer, title ? title : schema ? "?" : "none");
}

static void a_walk_visits_parents_first(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = compile(annotated);
    CBK_JSON *instance = parse("{\"list\": [\"a\"], \"other\": {\"in\": 1, \"out\": 2}}");
    CBK_STR(said);
    cbk_schema_walk(schema, instance, add_visit, &said);
    assert_string_equal(said.ptr, "=?\n/list=?\n/list/0=item\n/other=another\n/other/in=inner\n/other/out=none\n");
}

static int read_stack_schema(void *context, size_t index, struct cbk_error *err)
{
    (void)context;
    CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/snapshot_jobs/job-%zu/consistency/level", index);
    const json_t *words = cbk_schema_at(cbk_schema_stack(), NULL, pointer);
    return json_object_get(words, "enum") ? 0 : cbk_fail(err, CBK_E_INTERNAL, "no enum at %s", pointer);
}

static void the_stack_schema_is_read_by_many_threads(void **state)
{
    (void)state;
    CBK_ERROR(err);
    assert_int_equal(cbk_parallel(4, 200, read_stack_schema, NULL, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(violations_are_worded_and_ordered),
        cmocka_unit_test(schemas_that_promise_too_much_do_not_compile),
        cmocka_unit_test(a_broken_pattern_does_not_compile),
        cmocka_unit_test(annotations_are_found_by_pointer),
        cmocka_unit_test(defaults_fill_what_is_absent),
        cmocka_unit_test(a_walk_visits_parents_first),
        cmocka_unit_test(the_stack_schema_is_read_by_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
