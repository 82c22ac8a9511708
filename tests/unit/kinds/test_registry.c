/* Every kind is complete, and the stack's schema and the kinds know of each other, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "cloud/deed.h"
#include "kinds/kind.h"

#include <string.h>

static json_t *schema;

static int read_schema(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (cbk_file_read(CBK_SOURCE_DIR "/schemas/stack.schema.json", 1 << 24, &text, &len, &err) < 0)
        return -1;
    return cbk_json_parse("schema", text, len, &schema, &err);
}

static int drop_schema(void **state)
{
    (void)state;
    json_decref(schema);
    return 0;
}

static void claim(bool holds, const struct cbk_kind *kind, const char *words)
{
    if (!holds)
        fail_msg("kind '%s': %s", kind->name, words);
}

static void every_kind_has_what_it_needs(void **state)
{
    (void)state;
    for (size_t i = 0; i < cbk_kind_count; i++) {
        const struct cbk_kind *kind = cbk_kinds[i];
        bool decides = kind->decide != NULL;
        claim(kind->section && *kind->section && kind->name && *kind->name, kind, "it has a section and a name");
        claim(kind->desire && kind->refresh, kind, "desire and refresh are required");
        claim(decides == (kind->run != NULL), kind, "decide and run come together");
        claim(decides || (kind->create && kind->update), kind, "create and update are required without decide");
        claim(kind->forgets || kind->destroy, kind, "destroy is required where destroying is not forgetting");
        claim(!kind->exclusive || kind->per_instance, kind, "only what is per instance can be exclusive to one");
        claim(!kind->after_count || kind->per_instance, kind, "only what is per instance comes after another on it");
        claim((kind->after != NULL) == (kind->after_count > 0), kind, "after and its count agree");
        for (size_t j = 0; kind->after && j < kind->after_count; j++)
            claim(kind->after[j]->exclusive && cbk_kind_of_section(kind->after[j]->section) == kind->after[j], kind,
                  "it comes after registered kinds that are exclusive");
    }
}

static void kinds_are_found_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < cbk_kind_count; i++) { /* which also says that no two share one */
        assert_ptr_equal(cbk_kind_of_section(cbk_kinds[i]->section), cbk_kinds[i]);
        assert_ptr_equal(cbk_kind_by_name(cbk_kinds[i]->name), cbk_kinds[i]);
    }
    assert_null(cbk_kind_of_section("role"));
    assert_null(cbk_kind_of_section(""));
    assert_null(cbk_kind_by_name("roles"));
    assert_null(cbk_kind_by_name(NULL));
}

/* The definition of one declaration of the section: what its additionalProperties refer to. */
static const json_t *definition_of(const char *section)
{
    const json_t *rule = json_object_get(json_object_get(schema, "properties"), section);
    const char *ref = cbk_json_text(json_object_get(rule, "additionalProperties"), "$ref");
    return ref && *ref == '#' ? cbk_pointer_get(schema, ref + 1) : NULL;
}

static bool requires_key(const json_t *definition, const char *key)
{
    return cbk_json_array_has(json_object_get(definition, "required"), key);
}

static void every_kind_has_its_section(void **state)
{
    (void)state;
    for (size_t i = 0; i < cbk_kind_count; i++) {
        const struct cbk_kind *kind = cbk_kinds[i];
        const json_t *definition = definition_of(kind->section);
        const json_t *properties = json_object_get(definition, "properties");
        claim(definition != NULL, kind, "its section stands in the schema");
        claim(json_object_get(properties, "lifecycle") && json_object_get(properties, "depends_on"), kind,
              "it takes lifecycle and depends_on");
        claim(kind->per_instance == requires_key(definition, "instances"), kind,
              "'instances' is required exactly where it is per instance");
        claim(!kind->title || json_object_get(properties, kind->title), kind, "its title is an attribute");
    }
}

/* Sections that declare no objects. */
static const char *const no_kinds[] = {"variables", "instances"};

static void every_section_has_its_kind(void **state)
{
    (void)state;
    const char *section;
    json_t *rule;
    size_t sections = 0;
    json_object_foreach(json_object_get(schema, "properties"), section, rule) {
        bool exempt = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(no_kinds); i++)
            exempt = exempt || strcmp(section, no_kinds[i]) == 0;
        if (exempt || !definition_of(section))
            continue;
        sections++;
        if (!cbk_kind_of_section(section))
            fail_msg("no kind for the section '%s'", section);
    }
    assert_int_equal(sections, cbk_kind_count);
}

/* Answers how many x-reference stand under `node`. */
static size_t check_references(const json_t *node)
{
    size_t count = 0, index;
    const char *key, *section = json_string_value(json_object_get(node, "x-reference"));
    json_t *child;
    if (section) {
        count++;
        if (strcmp(section, "*") != 0 && strcmp(section, "instances") != 0 && !cbk_kind_of_section(section))
            fail_msg("x-reference names '%s', which is no section of a kind", section);
    }
    json_object_foreach((json_t *)node, key, child)
        count += check_references(child);
    json_array_foreach((json_t *)node, index, child)
        count += check_references(child);
    return count;
}

static void references_lead_to_sections(void **state)
{
    (void)state;
    assert_true(check_references(schema) >= 5);
}

/* What a kind may do, and not only look at, is a deed with a key to look for. Passing a role on is a right, no call. */
static void every_change_is_a_deed(void **state)
{
    static const char *const others[] = {"Describe", "PassRole"};
    (void)state;
    for (size_t i = 0; i < cbk_kind_count; i++) {
        CBK_CLEANUP(cbk_string_freep) char *actions = cbk_strdup(cbk_kinds[i]->apply_actions);
        char *rest = NULL;
        for (char *action = strtok_r(actions, " ", &rest); action; action = strtok_r(NULL, " ", &rest)) {
            const char *name = strchr(action, ':') + 1;
            bool is_other = cbk_str_starts_with(name, others[0]) || cbk_str_equal(name, others[1]);
            claim(is_other || cbk_deed_row_of(name), cbk_kinds[i], name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_what_it_needs), cmocka_unit_test(kinds_are_found_by_their_names),
        cmocka_unit_test(every_kind_has_its_section),   cmocka_unit_test(every_section_has_its_kind),
        cmocka_unit_test(references_lead_to_sections),  cmocka_unit_test(every_change_is_a_deed),
    };
    return cmocka_run_group_tests(tests, read_schema, drop_schema);
}
