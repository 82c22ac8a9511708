#include "schema/keyword.h"

#include "base/owned.h"
#include "schema/checks.h"

#include <math.h>
#include <string.h>

#define STRINGS CBK_TYPE_STRING
#define NUMBERS CBK_TYPE_NUMBER
#define LISTS CBK_TYPE_ARRAY
#define OBJECTS CBK_TYPE_OBJECT
#define ALL CBK_TYPE_ANY

static const struct cbk_keyword keywords[CBK_KEYWORD_COUNT] = {
    [CBK_KEYWORD_TYPE] = {"type", CBK_SHAPE_TYPE, ALL, cbk_check_type, false},
    [CBK_KEYWORD_CONST] = {"const", CBK_SHAPE_ANY, ALL, cbk_check_const, false},
    [CBK_KEYWORD_ENUM] = {"enum", CBK_SHAPE_LIST, ALL, cbk_check_enum, false},
    [CBK_KEYWORD_MIN_LENGTH] = {"minLength", CBK_SHAPE_COUNT_OF, STRINGS, cbk_check_length, false},
    [CBK_KEYWORD_MAX_LENGTH] = {"maxLength", CBK_SHAPE_COUNT_OF, STRINGS, cbk_check_length, false},
    [CBK_KEYWORD_PATTERN] = {"pattern", CBK_SHAPE_PATTERN, STRINGS, cbk_check_pattern, false},
    [CBK_KEYWORD_FORMAT] = {"format", CBK_SHAPE_TEXT, STRINGS, cbk_check_format, false},
    [CBK_KEYWORD_MINIMUM] = {"minimum", CBK_SHAPE_NUMBER, NUMBERS, cbk_check_bound, false},
    [CBK_KEYWORD_MAXIMUM] = {"maximum", CBK_SHAPE_NUMBER, NUMBERS, cbk_check_bound, false},
    [CBK_KEYWORD_EXCLUSIVE_MINIMUM] = {"exclusiveMinimum", CBK_SHAPE_NUMBER, NUMBERS, cbk_check_bound, false},
    [CBK_KEYWORD_EXCLUSIVE_MAXIMUM] = {"exclusiveMaximum", CBK_SHAPE_NUMBER, NUMBERS, cbk_check_bound, false},
    [CBK_KEYWORD_MULTIPLE_OF] = {"multipleOf", CBK_SHAPE_POSITIVE, NUMBERS, cbk_check_multiple, false},
    [CBK_KEYWORD_MIN_ITEMS] = {"minItems", CBK_SHAPE_COUNT_OF, LISTS, cbk_check_length, false},
    [CBK_KEYWORD_MAX_ITEMS] = {"maxItems", CBK_SHAPE_COUNT_OF, LISTS, cbk_check_length, false},
    [CBK_KEYWORD_UNIQUE_ITEMS] = {"uniqueItems", CBK_SHAPE_BOOL, LISTS, cbk_check_unique, false},
    [CBK_KEYWORD_PREFIX_ITEMS] = {"prefixItems", CBK_SHAPE_SCHEMAS, LISTS, cbk_check_prefix_items, false},
    [CBK_KEYWORD_ITEMS] = {"items", CBK_SHAPE_SCHEMA, LISTS, cbk_check_items, false},
    [CBK_KEYWORD_CONTAINS] = {"contains", CBK_SHAPE_SCHEMA, LISTS, cbk_check_contains, false},
    [CBK_KEYWORD_MIN_CONTAINS] = {"minContains", CBK_SHAPE_COUNT_OF, 0, NULL, false},
    [CBK_KEYWORD_MAX_CONTAINS] = {"maxContains", CBK_SHAPE_COUNT_OF, 0, NULL, false},
    [CBK_KEYWORD_MIN_PROPERTIES] = {"minProperties", CBK_SHAPE_COUNT_OF, OBJECTS, cbk_check_length, false},
    [CBK_KEYWORD_MAX_PROPERTIES] = {"maxProperties", CBK_SHAPE_COUNT_OF, OBJECTS, cbk_check_length, false},
    [CBK_KEYWORD_REQUIRED] = {"required", CBK_SHAPE_NAMES, OBJECTS, cbk_check_required, false},
    [CBK_KEYWORD_DEPENDENT_REQUIRED] = {"dependentRequired", CBK_SHAPE_NAMES_BY_NAME, OBJECTS,
                                        cbk_check_dependent_required, false},
    [CBK_KEYWORD_PROPERTY_NAMES] = {"propertyNames", CBK_SHAPE_SCHEMA, OBJECTS, cbk_check_property_names, false},
    [CBK_KEYWORD_PROPERTIES] = {"properties", CBK_SHAPE_SCHEMAS_BY_NAME, OBJECTS, cbk_check_properties, false},
    [CBK_KEYWORD_PATTERN_PROPERTIES] = {"patternProperties", CBK_SHAPE_SCHEMAS_BY_PATTERN, OBJECTS,
                                        cbk_check_pattern_properties, false},
    [CBK_KEYWORD_ADDITIONAL_PROPERTIES] = {"additionalProperties", CBK_SHAPE_SCHEMA, OBJECTS,
                                           cbk_check_additional_properties, false},
    [CBK_KEYWORD_REF] = {"$ref", CBK_SHAPE_REF, ALL, cbk_check_all_of, true},
    [CBK_KEYWORD_ALL_OF] = {"allOf", CBK_SHAPE_SCHEMAS, ALL, cbk_check_all_of, true},
    [CBK_KEYWORD_ANY_OF] = {"anyOf", CBK_SHAPE_SCHEMAS, ALL, cbk_check_any_of, true},
    [CBK_KEYWORD_ONE_OF] = {"oneOf", CBK_SHAPE_SCHEMAS, ALL, cbk_check_one_of, true},
    [CBK_KEYWORD_NOT] = {"not", CBK_SHAPE_SCHEMA, ALL, cbk_check_not, true},
    [CBK_KEYWORD_IF] = {"if", CBK_SHAPE_SCHEMA, ALL, cbk_check_if, true},
    [CBK_KEYWORD_THEN] = {"then", CBK_SHAPE_SCHEMA, 0, NULL, true},
    [CBK_KEYWORD_ELSE] = {"else", CBK_SHAPE_SCHEMA, 0, NULL, true},
    [CBK_KEYWORD_DEFS] = {"$defs", CBK_SHAPE_SCHEMAS_BY_NAME, 0, NULL, false},
    [CBK_KEYWORD_SCHEMA] = {"$schema", CBK_SHAPE_ROOT_TEXT, 0, NULL, false},
    [CBK_KEYWORD_ID] = {"$id", CBK_SHAPE_ROOT_TEXT, 0, NULL, false},
    [CBK_KEYWORD_COMMENT] = {"$comment", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_TITLE] = {"title", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_DESCRIPTION] = {"description", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_EXAMPLES] = {"examples", CBK_SHAPE_LIST, 0, NULL, false},
    [CBK_KEYWORD_DEFAULT] = {"default", CBK_SHAPE_ANY, 0, NULL, false},
    [CBK_KEYWORD_DEPRECATED] = {"deprecated", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_REFERENCE] = {"x-reference", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_X_IMMUTABLE] = {"x-immutable", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_UNORDERED] = {"x-unordered", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_SENSITIVE] = {"x-sensitive", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_COMPUTED] = {"x-computed", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_AS_WRITTEN] = {"x-as-written", CBK_SHAPE_BOOL, 0, NULL, false},
    [CBK_KEYWORD_X_ERROR] = {"x-error", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_X_HINT] = {"x-hint", CBK_SHAPE_TEXT, 0, NULL, false},
    [CBK_KEYWORD_X_DRIFT] = {"x-drift", CBK_SHAPE_TEXT, 0, NULL, false},
};

const struct cbk_keyword *cbk_keyword_row(enum cbk_keyword_id id)
{
    return &keywords[id];
}

enum cbk_keyword_id cbk_keyword_find(const char *name)
{
    for (size_t i = 0; i < CBK_KEYWORD_COUNT; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return (enum cbk_keyword_id)i;
    return CBK_KEYWORD_COUNT;
}

static bool is_whole(double value)
{
    return floor(value) == value;
}

unsigned cbk_type_bits(const json_t *value)
{
    static const unsigned bits[] = {
        [JSON_OBJECT] = CBK_TYPE_OBJECT, [JSON_ARRAY] = CBK_TYPE_ARRAY,
        [JSON_STRING] = CBK_TYPE_STRING, [JSON_INTEGER] = CBK_TYPE_NUMBER | CBK_TYPE_INTEGER,
        [JSON_REAL] = CBK_TYPE_NUMBER,   [JSON_TRUE] = CBK_TYPE_BOOLEAN,
        [JSON_FALSE] = CBK_TYPE_BOOLEAN, [JSON_NULL] = CBK_TYPE_NULL,
    };
    unsigned whole = json_is_real(value) && is_whole(json_real_value(value)) ? CBK_TYPE_INTEGER : 0;
    return bits[json_typeof(value)] | whole;
}

unsigned cbk_type_named(const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {
        {"null", CBK_TYPE_NULL},     {"boolean", CBK_TYPE_BOOLEAN}, {"integer", CBK_TYPE_INTEGER},
        {"number", CBK_TYPE_NUMBER}, {"string", CBK_TYPE_STRING},   {"array", CBK_TYPE_ARRAY},
        {"object", CBK_TYPE_OBJECT},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].bit;
    return 0;
}
