#include "schema/schema.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* schemas/NAME.schema.json, embedded by cmake */
extern const char cbk_stack_schema_json[];
extern const char cbk_plan_schema_json[];
extern const char cbk_state_schema_json[];

static struct cbk_schema *stack_schema, *plan_schema, *state_schema;

static const struct embedded {
    const char *name;
    const char *text;
    struct cbk_schema **schema;
} all[] = {
    {"stack", cbk_stack_schema_json, &stack_schema},
    {"plan", cbk_plan_schema_json, &plan_schema},
    {"state", cbk_state_schema_json, &state_schema},
};

/* The schemas are part of the program: that they compile is a matter of the tests. */
static void compile_all(void)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(all); i++) {
        CBK_ERROR(err);
        CBK_JSON *json = NULL;
        if (cbk_json_parse(all[i].name, all[i].text, strlen(all[i].text), &json, &err) == 0 &&
            cbk_schema_compile(json, all[i].schema, &err) == 0)
            continue;
        (void)fprintf(stderr, "cbk: the embedded schema '%s' is broken: %s\n", all[i].name, err.message);
        abort();
    }
}

static const struct cbk_schema *compiled(struct cbk_schema *const *schema)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, compile_all);
    return *schema;
}

const struct cbk_schema *cbk_schema_stack(void)
{
    return compiled(&stack_schema);
}

const struct cbk_schema *cbk_schema_plan(void)
{
    return compiled(&plan_schema);
}

const struct cbk_schema *cbk_schema_state(void)
{
    return compiled(&state_schema);
}
