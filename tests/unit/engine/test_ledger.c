/* The ledger: every event that ends something is a row, and the whole is what the state's schema says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/fake_cloud.h"
#include "engine/ledger.h"
#include "quick_json.h"
#include "state/state.h"
#include "strict_schema.h"

static const struct line nothing[] = {{0}};

static void events_become_rows(void **state)
{
    (void)state;
    struct fake_cloud *fake = fake_cloud_start(nothing);
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);
    struct cbk_ledger ledger;
    const struct cbk_object object = {.kind = &cbk_kind_role, .address = "roles.app"};
    CBK_ERROR(taken);
    CBK_ERROR(low);
    CBK_ERROR(stopped);
    (void)cbk_fail(&taken, CBK_E_CONFLICT, "it is there already");
    taken.cloud_code = cbk_strdup("EntityAlreadyExists.Role");
    taken.request_id = cbk_strdup("R-1");
    (void)cbk_fail(&low, CBK_E_DOWNGRADED, "it is too low");
    (void)cbk_fail(&stopped, CBK_E_INTERRUPTED, "interrupted");
    const struct cbk_apply_event events[] = {
        {.type = CBK_APPLY_START, .object = &object, .action = "create"},
        {.type = CBK_APPLY_DONE, .object = &object, .action = "create", .elapsed_ms = 5},
        {.type = CBK_APPLY_FAILED, .object = &object, .action = "update", .elapsed_ms = 6, .error = &taken},
        {.type = CBK_APPLY_PROGRESS, .object = &object, .action = "run", .text = "half of it"},
        {.type = CBK_APPLY_FAILED, .object = &object, .action = "run", .elapsed_ms = 7, .error = &low},
        {.type = CBK_APPLY_FAILED, .object = &object, .action = "delete", .elapsed_ms = 8, .error = &stopped},
        {.type = CBK_APPLY_SKIPPED, .object = &object, .action = "delete", .text = "interrupted"},
    };
    CBK_JSON *json = quick_json("{'digest': 'sha256:1', 'provenance': {'commit': null}}");
    struct cbk_plan plan = {.env.cloud = cloud, .json = json};
    const struct cbk_apply_input input = {.plan = &plan, .operation = "destroy"};
    cbk_ledger_init(&ledger, &input, 5);
    for (size_t i = 0; i < CBK_ARRAY_LEN(events); i++) {
        size_t before = json_array_size(ledger.rows);
        const json_t *row = cbk_ledger_enter(&ledger, &events[i]);
        assert_ptr_equal(row, json_array_get(ledger.rows, before));
    }
    assert_same_json(
        ledger.rows,
        "[{'address': 'roles.app', 'action': 'create', 'outcome': 'done', 'ms': 5},"
        " {'address': 'roles.app', 'action': 'update', 'outcome': 'failed', 'ms': 6, 'request_id': 'R-1',"
        "  'error': {'id': 'conflict', 'message': 'it is there already', 'cloud_code': 'EntityAlreadyExists.Role'}},"
        " {'address': 'roles.app', 'action': 'run', 'outcome': 'downgraded', 'ms': 7,"
        "  'error': {'id': 'downgraded', 'message': 'it is too low'}},"
        " {'address': 'roles.app', 'action': 'delete', 'outcome': 'interrupted', 'ms': 8,"
        "  'error': {'id': 'interrupted', 'message': 'interrupted'}},"
        " {'address': 'roles.app', 'action': 'delete', 'outcome': 'not_tried', 'why': 'interrupted'}]");

    CBK_JSON *whole = cbk_state_new("web");
    json_object_set_new(whole, "last_apply", cbk_ledger_close(&ledger, &input, /* interrupted= */ true));
    assert_strictly_valid("state", whole);
    assert_string_equal(cbk_json_text(whole, "last_apply.operation"), "destroy");
    assert_true(cbk_json_bool(whole, "last_apply.interrupted", false));
    cbk_ledger_release(&ledger);
    cbk_cloud_free(cloud);
    fake_cloud_stop(fake);
}

static void nothing_done_is_no_ledger(void **state)
{
    (void)state;
    struct cbk_ledger ledger = {.rows = json_array()};
    assert_null(cbk_ledger_close(&ledger, NULL, false));
    cbk_ledger_release(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_become_rows),
        cmocka_unit_test(nothing_done_is_no_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
