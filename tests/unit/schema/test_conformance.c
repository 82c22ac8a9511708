/*
 * The validator against the official JSON-Schema-Test-Suite, as Debian packs it. Its newest draft there is 7; where
 * 2020-12 only renamed a keyword, the schemas are translated; what means something else in 2020-12 or is not claimed
 * (docs/schema-validator.md) is named in the table of groups that are left out, with the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "schema/schema.h"

#include <string.h>
#include <unistd.h>

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7/"

/* How many cases of each file have to agree at least. Not here: definitions and refRemote (other documents), the
 * formats and optional files of what is not claimed, bignum (our numbers are 64 bits and doubles). */
static const struct suite_file {
    const char *name;
    size_t cases;
} files[] = {
    {"additionalItems", 9},
    {"additionalProperties", 14},
    {"allOf", 14},
    {"anyOf", 14},
    {"boolean_schema", 18},
    {"const", 12},
    {"contains", 13},
    {"default", 4},
    {"dependencies", 15},
    {"enum", 9},
    {"exclusiveMaximum", 4},
    {"exclusiveMinimum", 4},
    {"if-then-else", 18},
    {"items", 17},
    {"maxItems", 4},
    {"maxLength", 5},
    {"maxProperties", 6},
    {"maximum", 4},
    {"minItems", 4},
    {"minLength", 5},
    {"minProperties", 6},
    {"minimum", 4},
    {"multipleOf", 8},
    {"not", 12},
    {"oneOf", 15},
    {"optional/format/date-time", 9},
    {"optional/zeroTerminatedFloats", 1},
    {"pattern", 4},
    {"patternProperties", 21},
    {"properties", 18},
    {"propertyNames", 10},
    {"ref", 14},
    {"required", 7},
    {"type", 59},
    {"uniqueItems", 13},
};

static const struct left_out {
    const char *file, *group, *reason;
} left_out[] = {
    {"dependencies", "multiple dependencies subschema", "dependentSchemas is not claimed"},
    {"dependencies", "dependencies with boolean subschemas", "dependentSchemas is not claimed"},
    {"ref", "escaped pointer ref", "its schemas stand under unknown keywords; test_schema.c escapes under $defs"},
    {"ref", "ref overrides any sibling keywords", "in 2020-12 siblings of $ref count"},
    {"ref", "remote ref, containing refs itself", "refers to another document"},
    {"ref", "Recursive references between schemas", "refers by $id"},
};

static json_t *translate(const json_t *schema);

static json_t *translate_each(const json_t *value)
{
    if (json_is_array(value)) {
        json_t *array = json_array();
        size_t index;
        json_t *item;
        json_array_foreach(value, index, item)
            json_array_append_new(array, translate(item));
        return array;
    }
    json_t *object = json_object();
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
        json_object_set_new(object, key, translate(member));
    return object;
}

static json_t *translate_ref(const json_t *value)
{
    static const struct {
        const char *old, *new;
    } prefixes[] = {{"#/definitions/", "#/$defs/"}, {"#/items/0", "#/prefixItems/0"}};
    const char *ref = json_string_value(value);
    for (size_t i = 0; ref && i < CBK_ARRAY_LEN(prefixes); i++) {
        if (!cbk_str_starts_with(ref, prefixes[i].old))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *moved = cbk_strf("%s%s", prefixes[i].new, ref + strlen(prefixes[i].old));
        return json_string(moved);
    }
    return json_incref((json_t *)value);
}

static json_t *keep(const json_t *value)
{
    return json_incref((json_t *)value);
}

/* Keywords whose value holds schemas or whose name has changed; `items` is translate_items' matter. */
static const struct renamed {
    const char *old, *new;
    json_t *(*translate)(const json_t *value);
} renamed[] = {
    {"definitions", "$defs", translate_each},
    {"$ref", "$ref", translate_ref},
    {"properties", "properties", translate_each},
    {"patternProperties", "patternProperties", translate_each},
    {"additionalProperties", "additionalProperties", translate},
    {"propertyNames", "propertyNames", translate},
    {"contains", "contains", translate},
    {"not", "not", translate},
    {"if", "if", translate},
    {"then", "then", translate},
    {"else", "else", translate},
    {"allOf", "allOf", translate_each},
    {"anyOf", "anyOf", translate_each},
    {"oneOf", "oneOf", translate_each},
    {"dependencies", "dependentRequired", keep},
};

static void translate_items(json_t *to, const json_t *from)
{
    const json_t *items = json_object_get(from, "items"), *rest = json_object_get(from, "additionalItems");
    if (json_array_size(items))
        json_object_set_new(to, "prefixItems", translate_each(items));
    else if (items && !json_is_array(items))
        json_object_set_new(to, "items", translate(items));
    if (rest && json_is_array(items))
        json_object_set_new(to, "items", translate(rest));
}

static const struct renamed *find_renamed(const char *key)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(renamed); i++)
        if (strcmp(renamed[i].old, key) == 0)
            return &renamed[i];
    return NULL;
}

/* The draft 7 schema in the words of 2020-12, as a new reference. */
static json_t *translate(const json_t *schema)
{
    if (!json_is_object(schema))
        return keep(schema);
    json_t *to = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)schema, key, value) {
        const struct renamed *row = find_renamed(key);
        if (strcmp(key, "items") == 0 || strcmp(key, "additionalItems") == 0)
            continue;
        json_object_set_new(to, row ? row->new : key, row ? row->translate(value) : keep(value));
    }
    translate_items(to, schema);
    return to;
}

static bool is_left_out(const char *file, const char *group, bool *used)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(left_out); i++)
        if (strcmp(left_out[i].file, file) == 0 && strcmp(left_out[i].group, group) == 0)
            return used[i] = true;
    return false;
}

static void ignore(void *context, const struct cbk_violation *violation)
{
    (void)context;
    assert_true(violation->message[0] != '\0');
}

struct tally {
    size_t agreed, differed;
};

static void run_group(const char *file, const json_t *group, struct tally *tally)
{
    const char *description = cbk_json_text(group, "description");
    CBK_JSON *schema = translate(json_object_get(group, "schema"));
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *compiled = NULL;
    CBK_ERROR(err);
    if (cbk_schema_compile(schema, &compiled, &err) < 0) {
        print_error("%s: %s: %s\n", file, description, err.message);
        tally->differed++;
        return;
    }
    size_t index;
    json_t *test;
    json_array_foreach(json_object_get(group, "tests"), index, test) {
        bool valid = cbk_schema_validate(compiled, json_object_get(test, "data"), ignore, NULL) == 0;
        bool agrees = valid == json_is_true(json_object_get(test, "valid"));
        tally->agreed += agrees;
        tally->differed += !agrees;
        if (!agrees)
            print_error("%s: %s: %s\n", file, description, cbk_json_text(test, "description"));
    }
}

static struct tally run_file(const char *name, bool *used)
{
    struct tally tally = {0};
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(SUITE "%s.json", name);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    CBK_JSON *groups = NULL;
    assert_int_equal(cbk_file_read(path, 1 << 20, &text, &len, &err), 0);
    if (cbk_json_parse(path, text, len, &groups, &err) < 0)
        fail_msg("%s", err.message);
    size_t index;
    json_t *group;
    json_array_foreach(groups, index, group)
        if (!is_left_out(name, cbk_json_text(group, "description"), used))
            run_group(name, group, &tally);
    return tally;
}

static void the_suite_agrees(void **state)
{
    (void)state;
    if (access(SUITE, R_OK) < 0)
        fail_msg("install the package json-schema-test-suite");
    bool used[CBK_ARRAY_LEN(left_out)] = {false};
    size_t wrong = 0, agreed = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(files); i++) {
        struct tally tally = run_file(files[i].name, used);
        wrong += tally.differed;
        agreed += tally.agreed;
        if (tally.agreed >= files[i].cases)
            continue;
        wrong++;
        print_error("{\"%s\", %zu} cases agreed, fewer than %zu\n", files[i].name, tally.agreed, files[i].cases);
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(left_out); i++) {
        wrong += !used[i];
        if (!used[i])
            print_error("%s: no group '%s' to leave out\n", left_out[i].file, left_out[i].group);
    }
    print_message("%zu cases agree\n", agreed);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_suite_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
