/* The ledger and what was settled, as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "render/ledger.h"
#include "render/settled.h"

static const struct cbk_style plain = {.colour = false};

static const char kept[] =
    "{'operation': 'apply', 'by': 'ci@runner', 'started': 0, 'ended': 60, 'plan_digest': 'sha256:1', 'interrupted': "
    "true,"
    " 'provenance': {'commit': '0123456789', 'dirty': true}, 'rows': ["
    " {'address': 'roles.a', 'action': 'create', 'outcome': 'done', 'ms': 1},"
    " {'address': 'roles.b', 'action': 'replace', 'outcome': 'failed', 'ms': 1, 'request_id': 'R-1',"
    "  'error': {'id': 'conflict', 'message': 'it is there', 'cloud_code': 'EntityAlreadyExists.Role'}},"
    " {'address': 'roles.c', 'action': 'create', 'outcome': 'not_tried', 'why': 'interrupted'}]}";

#define FAILED_ROWS                                                                                                    \
    "  replace failed      roles.b: it is there (EntityAlreadyExists.Role), request R-1\n"                             \
    "  create  not tried   roles.c: interrupted\n"

static void a_ledger_reads(void **state)
{
    (void)state;
    CBK_JSON *ledger = quick_json(kept);
    CBK_STR(all);
    CBK_STR(failures);
    CBK_STR(none);
    cbk_render_ledger(ledger, NULL, &plain, &all);
    assert_string_equal(all.ptr,
                        "apply by ci@runner, 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, commit 0123456 with "
                        "changes that are not committed, interrupted\nplan sha256:1\n"
                        "  create  done        roles.a\n" FAILED_ROWS);
    cbk_render_ledger_failures(ledger, &plain, &failures);
    assert_string_equal(failures.ptr, "\nWhat was not done:\n" FAILED_ROWS "\n");
    json_array_remove(json_object_get(ledger, "rows"), 2);
    json_array_remove(json_object_get(ledger, "rows"), 1);
    cbk_render_ledger_failures(ledger, &plain, &none);
    cbk_render_ledger_failures(NULL, &plain, &none);
    assert_string_equal(none.ptr, "");
}

static void a_ledger_that_was_cut_off_reads(void **state)
{
    (void)state;
    CBK_JSON *ledger =
        quick_json("{'operation': 'destroy', 'by': 'ci@runner', 'started': 0, 'plan_digest': 'sha256:1', "
                   "'steps': 3, 'cut_off': true, 'rows': ["
                   " {'address': 'roles.a', 'action': 'delete', 'outcome': 'done', 'ms': 1}]}");
    CBK_JSON *intents = quick_json("[{'address': 'roles.b', 'action': 'DeleteRole'}]");
    CBK_STR(text);
    cbk_render_ledger(ledger, intents, &plain, &text);
    assert_string_equal(text.ptr,
                        "destroy by ci@runner, 1970-01-01T00:00:00Z, cut off after 1 of 3 steps\nplan sha256:1\n"
                        "  delete  done        roles.a\n"
                        "Calls whose answer was never heard ('cbk plan' tells what became of them):\n"
                        "  DeleteRole roles.b\n");
}

static void what_was_settled_reads(void **state)
{
    (void)state;
    CBK_JSON *plan = quick_json(
        "{'settled': ["
        " {'address': 'roles.a', 'action': 'CreateRole', 'key': {'RoleName': 'A'}, 'verdict': 'done'},"
        " {'address': 'roles.b', 'action': 'AttachInstanceRamRole', 'key': {'RamRoleName': 'B', 'InstanceIds': "
        "['i-1']},"
        "  'verdict': 'not_done'},"
        " {'address': 'roles.c', 'action': 'X', 'key': {}, 'verdict': 'unknown', 'why': 'it is\\u001b[0m stopped'}]}");
    CBK_STR(text);
    CBK_STR(nothing);
    cbk_render_settled(plan, &plain, &text);
    assert_string_equal(text.ptr, "Calls of an earlier apply whose answer was never heard:\n"
                                  "  roles.a  CreateRole RoleName=A was done\n"
                                  "  roles.b  AttachInstanceRamRole InstanceIds=[\"i-1\"] RamRoleName=B was not done\n"
                                  "  roles.c  X  cannot be told: it is\\x1b[0m stopped\n\n");
    json_object_del(plan, "settled");
    cbk_render_settled(plan, &plain, &nothing);
    assert_string_equal(nothing.ptr, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ledger_reads),
        cmocka_unit_test(a_ledger_that_was_cut_off_reads),
        cmocka_unit_test(what_was_settled_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
