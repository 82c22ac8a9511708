/* What a schema says about a path, and what it says when nothing can stand there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "schema/explain.h"

static const char schema_text[] =
    "{'type': 'object', 'required': ['name'], 'description': 'All of it.', 'properties': {"
    " 'name': {'type': 'string', 'x-hint': 'short'},"
    " 'things': {'type': 'object', 'description': 'Things.', 'additionalProperties': {'$ref': '#/$defs/thing'}}},"
    " '$defs': {'thing': {'type': 'object', 'required': ['size'], 'oneOf': [{'required': ['a']}, {'required': ['b']}],"
    "  'properties': {'size': {'enum': ['small', 'large'], 'default': 'small', 'x-immutable': true},"
    "   'a': {'type': ['string', 'integer']}, 'b': {'const': 1},"
    "   'parts': {'type': 'array', 'x-unordered': true, 'items': {'oneOf': [{'type': 'string', 'x-reference': "
    "'things'},"
    "    {'type': 'object', 'properties': {'inner': {'type': 'boolean', 'description': 'Deep.'}}}]}}}}}}";

static const struct row {
    const char *path;
    const char *expected; /* NULL: nothing can stand there */
    const char *message;
} rows[] = {
    {"",
     "{'path': '', 'type': 'mapping', 'description': 'All of it.', 'keys': ["
     "{'key': 'name', 'type': 'text', 'required': true},"
     "{'key': 'things', 'type': 'mapping', 'description': 'Things.'}]}",
     NULL},
    {"name", "{'path': 'name', 'type': 'text', 'hint': 'short', 'required': true}", NULL},
    {"things.x.size",
     "{'path': 'things.x.size', 'type': 'text', 'allowed': ['small', 'large'], 'default': 'small',"
     " 'immutable': true, 'required': true}",
     NULL},
    {"things.size",
     "{'path': 'things.size', 'type': 'text', 'allowed': ['small', 'large'], 'default': 'small',"
     " 'immutable': true, 'required': true}",
     NULL},
    {"things.b", "{'path': 'things.b', 'type': 'whole number', 'allowed': [1]}", NULL},
    {"things",
     "{'path': 'things', 'type': 'mapping', 'description': 'Things.', 'names': true, 'keys': ["
     "{'key': 'size', 'type': 'text', 'default': 'small', 'required': true},"
     "{'key': 'a', 'type': 'text, or whole number', 'one_of': true},"
     "{'key': 'b', 'type': 'whole number', 'one_of': true},"
     "{'key': 'parts', 'type': 'list of text, or mapping'}]}",
     NULL},
    {"things.x.parts[0].inner", "{'path': 'things.x.parts.0.inner', 'type': 'true or false', 'description': 'Deep.'}",
     NULL},
    {"things.parts.inner", "{'path': 'things.parts.inner', 'type': 'true or false', 'description': 'Deep.'}", NULL},
    {"things.parts",
     "{'path': 'things.parts', 'type': 'list of text, or mapping', 'unordered': true,"
     " 'keys': [{'key': 'inner', 'type': 'true or false', 'description': 'Deep.'}]}",
     NULL},
    {"thinks", NULL, "unknown key 'thinks' (did you mean 'things'?)"},
    {"things.sise", NULL, "unknown key 'sise' (did you mean 'size'?)"},
    {"things.x.sise", NULL, "unknown key 'sise' (did you mean 'size'?)"},
    {"name.first", NULL, "unknown key 'first'"},
};

static void test_explanations(void **state)
{
    (void)state;
    CBK_JSON *json = quick_json(schema_text);
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *schema = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_schema_compile(json, &schema, &err), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_ERROR(said);
        CBK_JSON *explanation = NULL;
        CBK_JSON *expected = rows[i].expected ? quick_json(rows[i].expected) : NULL;
        int r = cbk_schema_explain(schema, rows[i].path, &explanation, &said);
        assert_int_equal(r, expected ? 0 : CBK_E_NOT_FOUND);
        if (!expected) {
            assert_string_equal(said.message, rows[i].message);
            continue;
        }
        CBK_STR(text);
        cbk_json_add_canonical(&text, explanation);
        if (!json_equal(explanation, expected))
            fail_msg("'%s': %s", rows[i].path, text.ptr);
    }
}

/* Whatever the stack's schema says, it can be explained, every key by its own path. */
static void explain_below(const char *path, size_t depth)
{
    CBK_JSON *explanation = NULL;
    CBK_ERROR(err);
    if (cbk_schema_explain(cbk_schema_stack(), path, &explanation, &err) < 0)
        fail_msg("'%s': %s", path, err.message);
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(explanation, "keys"), index, row) {
        CBK_CLEANUP(cbk_string_freep)
        char *below = cbk_strf("%s%s%s", path, *path ? "." : "", cbk_json_text_or(row, "key", ""));
        assert_true(depth < 12);
        explain_below(below, depth + 1);
    }
}

static void test_the_whole_stack(void **state)
{
    (void)state;
    explain_below("", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explanations),
        cmocka_unit_test(test_the_whole_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
