/*
 * Any JSON against the stack's schema: no crash, no hang; filling defaults breaks nothing, and every annotation that a
 * walk finds is found by pointer too.
 */
#include "schema/schema.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_violation(void *instance, const struct cbk_violation *violation)
{
    assert(cbk_pointer_get(instance, violation->pointer));
    assert(violation->message[0]);
    CBK_STR(path);
    cbk_pointer_add_path(&path, violation->pointer);
}

static void check_words(void *instance, const char *pointer, const json_t *value, const json_t *schema)
{
    assert(cbk_pointer_get(instance, pointer) == value);
    assert(cbk_schema_at(cbk_schema_stack(), instance, pointer) == schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(err);
    CBK_JSON *instance = NULL;
    if (cbk_json_parse("fuzz", (const char *)data, size, &instance, &err) < 0)
        return 0;
    size_t wrong = cbk_schema_validate(cbk_schema_stack(), instance, check_violation, instance);
    cbk_schema_walk(cbk_schema_stack(), instance, check_words, instance);
    CBK_JSON *filled = cbk_schema_with_defaults(cbk_schema_stack(), instance);
    CBK_JSON *again = cbk_schema_with_defaults(cbk_schema_stack(), filled);
    if (wrong == 0)
        assert(json_equal(filled, again));
    return 0;
}
