#include "schema/schema.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* schemas/stack.schema.json, embedded by cmake */
extern const char cbk_stack_schema_json[];

static struct cbk_schema *stack_schema;

/* The schema is part of the program: that it compiles is a matter of the tests. */
static void compile_stack(void)
{
    CBK_ERROR(err);
    CBK_JSON *json = NULL;
    const char *text = cbk_stack_schema_json;
    if (cbk_json_parse("stack.schema.json", text, strlen(text), &json, &err) == 0 &&
        cbk_schema_compile(json, &stack_schema, &err) == 0)
        return;
    (void)fprintf(stderr, "cbk: the embedded stack schema is broken: %s\n", err.message);
    abort();
}

const struct cbk_schema *cbk_schema_stack(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, compile_stack);
    return stack_schema;
}
