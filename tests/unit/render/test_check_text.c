/* What `cbk check` tells people; the JSON that it is told of keeps the schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "quick_json.h"
#include "render/check_text.h"
#include "schema/schema.h"

#define DISK                                                                                                           \
    "{'id': 'CBK102', 'ok': false, 'message': 'disk d-1 is cloud_ssd\\u001b[2J', 'severity': 'error', 'hint': "        \
    "'exchange the disk'}"
#define AGENT "{'id': 'CBK105', 'ok': false, 'message': 'odd', 'severity': 'warning', 'hint': 'restart it'}"
#define FINE "{'id': 'CBK101', 'ok': true, 'message': 'the system is supported'}"
#define ORDER(key, level, required)                                                                                    \
    "{'address': 'snapshot_jobs." key "[\\\"i-1\\\"]', 'level': '" level "', 'required': '" required "'}"
#define INSTANCE(id, name, level, required, fit, orders, findings)                                                     \
    "{'id': '" id "', 'name': '" name "', 'level': '" level "', 'required': " required ", 'fit': " fit                 \
    ", 'orders': [" orders "], 'findings': [" findings "]}"

static const char *const fitness =
    "{'format_version': '1.0', 'stack': 's', 'account': '1', 'region': 'cn-hangzhou', 'fit': false, 'instances': [" //
    INSTANCE("i-1", "db", "application", "'application'", "true", ORDER("a", "application", "application"),
             FINE ", " AGENT) ", " //
    INSTANCE("i-2", "", "crash", "'application'", "false",
             ORDER("a", "crash", "application") ", " ORDER("b", "crash", "crash"), FINE ", " DISK) ", " //
    INSTANCE("i-3", "web", "crash", "null", "true", "", DISK) "]}";

static const char *const expected =
    "cbk check \u00b7 stack s \u00b7 account 1 \u00b7 cn-hangzhou\n"
    "\n"
    "  ok   i-1 (db)                                application  snapshot_jobs.a requires application\n"
    "         CBK105  worth a look: odd\n"
    "                 restart it\n"
    "  NO   i-2                                     crash        snapshot_jobs.a requires application, "
    "snapshot_jobs.b requires crash\n"
    "         CBK102  disk d-1 is cloud_ssd\\x1b[2J\n"
    "                 exchange the disk\n"
    "   -   i-3 (web)                               crash        nothing backs it up\n"
    "         CBK102  disk d-1 is cloud_ssd\\x1b[2J\n"
    "                 exchange the disk\n"
    "\n"
    "Instances: 1 fit, 1 not fit, 1 not backed up from here.\n";

static void test_text(void **state)
{
    (void)state;
    CBK_JSON *json = quick_json(fitness);
    CBK_STR(text);
    const struct cbk_style style = {0};
    cbk_render_check_text(json, &style, &text);
    assert_string_equal(text.ptr, expected);
}

static void tell_violation(void *context, const struct cbk_violation *violation)
{
    (void)context;
    print_error("%s: %s\n", violation->pointer, violation->message);
}

static void test_schema(void **state)
{
    (void)state;
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    CBK_JSON *json = quick_json(fitness), *source = NULL;
    struct cbk_schema *schema = NULL;
    size_t len = 0;
    if (cbk_file_read(CBK_SOURCE_DIR "/schemas/check.schema.json", 1 << 20, &text, &len, &err) < 0 ||
        cbk_json_parse("schema", text, len, &source, &err) < 0 || cbk_schema_compile(source, &schema, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(cbk_schema_validate(schema, json, tell_violation, NULL), 0);
    cbk_schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_schema)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
