/*
 * The keywords that the validator knows, as a table: what stands under each, which values it speaks of, what checks it.
 */
#ifndef CBK_SCHEMA_KEYWORD_H
#define CBK_SCHEMA_KEYWORD_H

#include <jansson.h>
#include <stdbool.h>

/* In the order in which rules are checked: what a value is, before what is in it. */
enum cbk_keyword_id {
    CBK_KEYWORD_TYPE,
    CBK_KEYWORD_CONST,
    CBK_KEYWORD_ENUM,
    CBK_KEYWORD_MIN_LENGTH,
    CBK_KEYWORD_MAX_LENGTH,
    CBK_KEYWORD_PATTERN,
    CBK_KEYWORD_FORMAT,
    CBK_KEYWORD_MINIMUM,
    CBK_KEYWORD_MAXIMUM,
    CBK_KEYWORD_EXCLUSIVE_MINIMUM,
    CBK_KEYWORD_EXCLUSIVE_MAXIMUM,
    CBK_KEYWORD_MULTIPLE_OF,
    CBK_KEYWORD_MIN_ITEMS,
    CBK_KEYWORD_MAX_ITEMS,
    CBK_KEYWORD_UNIQUE_ITEMS,
    CBK_KEYWORD_PREFIX_ITEMS,
    CBK_KEYWORD_ITEMS,
    CBK_KEYWORD_CONTAINS,
    CBK_KEYWORD_MIN_CONTAINS,
    CBK_KEYWORD_MAX_CONTAINS,
    CBK_KEYWORD_MIN_PROPERTIES,
    CBK_KEYWORD_MAX_PROPERTIES,
    CBK_KEYWORD_REQUIRED,
    CBK_KEYWORD_DEPENDENT_REQUIRED,
    CBK_KEYWORD_PROPERTY_NAMES,
    CBK_KEYWORD_PROPERTIES,
    CBK_KEYWORD_PATTERN_PROPERTIES,
    CBK_KEYWORD_ADDITIONAL_PROPERTIES,
    CBK_KEYWORD_REF,
    CBK_KEYWORD_ALL_OF,
    CBK_KEYWORD_ANY_OF,
    CBK_KEYWORD_ONE_OF,
    CBK_KEYWORD_NOT,
    CBK_KEYWORD_IF,
    CBK_KEYWORD_THEN,
    CBK_KEYWORD_ELSE,
    CBK_KEYWORD_DEFS,
    CBK_KEYWORD_SCHEMA,
    CBK_KEYWORD_ID,
    CBK_KEYWORD_COMMENT,
    CBK_KEYWORD_TITLE,
    CBK_KEYWORD_DESCRIPTION,
    CBK_KEYWORD_EXAMPLES,
    CBK_KEYWORD_DEFAULT,
    CBK_KEYWORD_DEPRECATED,
    CBK_KEYWORD_X_REFERENCE,
    CBK_KEYWORD_X_IMMUTABLE,
    CBK_KEYWORD_X_UNORDERED,
    CBK_KEYWORD_X_SENSITIVE,
    CBK_KEYWORD_X_COMPUTED,
    CBK_KEYWORD_X_AS_WRITTEN,
    CBK_KEYWORD_X_ERROR,
    CBK_KEYWORD_X_HINT,
    CBK_KEYWORD_X_DRIFT,
    CBK_KEYWORD_COUNT
};

/* What stands under a keyword. */
enum cbk_shape {
    CBK_SHAPE_ANY,
    CBK_SHAPE_TEXT,
    CBK_SHAPE_BOOL,
    CBK_SHAPE_NUMBER,
    CBK_SHAPE_POSITIVE, /* a number above zero */
    CBK_SHAPE_COUNT_OF, /* a whole number, zero or more */
    CBK_SHAPE_TYPE,     /* a type's name or a list of such */
    CBK_SHAPE_LIST,     /* any values */
    CBK_SHAPE_NAMES,    /* a list of strings */
    CBK_SHAPE_NAMES_BY_NAME,
    CBK_SHAPE_PATTERN,
    CBK_SHAPE_REF,
    CBK_SHAPE_SCHEMA,
    CBK_SHAPE_SCHEMAS, /* a list of at least one */
    CBK_SHAPE_SCHEMAS_BY_NAME,
    CBK_SHAPE_SCHEMAS_BY_PATTERN,
    CBK_SHAPE_ROOT_TEXT, /* text, at the schema's root only */
    CBK_SHAPE_COUNT
};

/* Types as bits, so that a set is a number. An integer is a number whose value is whole, however it is written. */
enum cbk_type_bit {
    CBK_TYPE_NULL = 1,
    CBK_TYPE_BOOLEAN = 2,
    CBK_TYPE_INTEGER = 4,
    CBK_TYPE_NUMBER = 8,
    CBK_TYPE_STRING = 16,
    CBK_TYPE_ARRAY = 32,
    CBK_TYPE_OBJECT = 64,
    CBK_TYPE_ANY = 127
};

struct cbk_run;
struct cbk_node;
struct cbk_rule;
/* Adds what is wrong with `value` to the run's findings. */
typedef void (*cbk_check_fn)(struct cbk_run *run, const struct cbk_node *node, const struct cbk_rule *rule,
                             const json_t *value);

struct cbk_keyword {
    const char *name;
    enum cbk_shape shape;
    unsigned applies;   /* type bits of the values that it speaks of */
    cbk_check_fn check; /* NULL: an annotation, or read by another keyword's check */
    bool in_place;      /* its schemas speak of the same value */
};

const struct cbk_keyword *cbk_keyword_row(enum cbk_keyword_id id);
/* CBK_KEYWORD_COUNT when the validator does not know it. */
enum cbk_keyword_id cbk_keyword_find(const char *name);
/* The bits of a value: an integer has two. */
unsigned cbk_type_bits(const json_t *value);
/* The bit of a type's name; 0 when it is none. */
unsigned cbk_type_named(const char *name);

#endif
