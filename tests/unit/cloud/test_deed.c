/* Deeds: a witness is told before anything is sent, can forbid it, and hears what is known afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/deed.h"
#include "fake_cloud.h"
#include "quick_json.h"

#include <string.h>

/* What a witness heard, in words. */
struct testimony {
    struct fake_cloud *fake;
    struct cbk_str said;
    bool forbids;
    int64_t number;
};

static int hear_before(void *context, const struct cbk_deed *deed, int64_t *ret_number, struct cbk_error *err)
{
    struct testimony *testimony = context;
    cbk_str_addf(&testimony->said, "before %s ", deed->action);
    cbk_json_add_canonical(&testimony->said, deed->key);
    assert_int_equal(strlen(deed->digest), 64);
    assert_int_equal(fake_cloud_count(testimony->fake, deed->action), 0);
    if (testimony->forbids)
        return cbk_fail(err, CBK_E_IO, "the disk is full");
    *ret_number = ++testimony->number;
    return 0;
}

static void hear_after(void *context, int64_t number, const struct cbk_deed_outcome *outcome)
{
    static const char *const ends[CBK_DEED_END_COUNT] = {"done", "refused", "unknown"};
    struct testimony *testimony = context;
    assert_int_equal(number, testimony->number);
    cbk_str_addf(&testimony->said, "; after: %s %s %s", ends[outcome->end], outcome->code ? outcome->code : "-",
                 outcome->request_id ? outcome->request_id : "-");
}

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order in which one reads a row */
struct story {
    const struct line *script;
    const char *action;
    unsigned flags;
    int64_t deadline_ms;
    const char *said;
    int outcome;
    size_t sent; /* how often the action came; 0: not counted */
};

static void tell(const struct story *story, bool forbids)
{
    struct fake_cloud *fake = fake_cloud_start(story->script);
    struct cbk_cloud *cloud = fake_cloud_session(fake, story->deadline_ms);
    struct testimony testimony = {.fake = fake, .said = CBK_STR_INIT, .forbids = forbids};
    const struct cbk_cloud_witness witness = {hear_before, hear_after, &testimony};
    struct cbk_cloud *view = cbk_cloud_watched(cloud, &witness);
    CBK_JSON *params = json_pack("{s:s, s:s}", "RoleName", "a", "Description", "not a key");
    CBK_ERROR(err);
    assert_int_equal(cbk_cloud_call(view, CBK_RAM, story->action, story->flags, params, NULL, &err), story->outcome);
    assert_string_equal(testimony.said.ptr, story->said);
    if (story->sent)
        assert_int_equal(fake_cloud_count(fake, story->action), story->sent);
    if (forbids)
        assert_int_equal(fake_cloud_count(fake, NULL), 0);
    cbk_str_release(&testimony.said);
    cbk_cloud_free(view);
    cbk_cloud_free(cloud);
    fake_cloud_stop(fake);
}

#define ROLE "before CreateRole {\"RoleName\":\"a\"}"
#define UPDATE "before UpdateRole {\"RoleName\":\"a\"}"

static void a_witness_hears_what_is_known(void **state)
{
    static const struct line answered[] = {{"CreateRole", NULL, 200, "{\"RequestId\": \"R\"}", 0}, {0}};
    static const struct line refused[] = {
        {"CreateRole", NULL, 409, "{\"Code\": \"EntityAlreadyExists.Role\", \"RequestId\": \"R\"}", 0}, {0}};
    static const struct line lost[] = {{"CreateRole", NULL, DROP, NULL, 0}, {0}};
    static const struct line broken[] = {{"CreateRole", NULL, 500, "{\"Code\": \"InternalError\"}", 0}, {0}};
    static const struct line throttled[] = {
        {"CreateRole", NULL, 400, "{\"Code\": \"Throttling.User\"}", 1}, {"CreateRole", NULL, 200, "{}", 0}, {0}};
    static const struct line repeated[] = {
        {"UpdateRole", NULL, DROP, NULL, 1}, {"UpdateRole", NULL, 200, "{}", 0}, {0}};
    static const struct line gone_meanwhile[] = {
        {"UpdateRole", NULL, 500, "{\"Code\": \"InternalError\"}", 1},
        {"UpdateRole", NULL, 404, "{\"Code\": \"EntityNotExist.Role\", \"RequestId\": \"R\"}", 0},
        {0}};
    static const struct story stories[] = {
        {answered, "CreateRole", 0, 0, ROLE "; after: done - R", 0, 1},
        {refused, "CreateRole", 0, 0, ROLE "; after: refused EntityAlreadyExists.Role R", CBK_E_CONFLICT, 1},
        {lost, "CreateRole", 0, 0, ROLE "; after: unknown ambiguous -", CBK_E_AMBIGUOUS, 0},
        {broken, "CreateRole", 0, 0, ROLE "; after: unknown InternalError -", CBK_E_AMBIGUOUS, 1},
        {throttled, "CreateRole", 0, 0, ROLE "; after: done - -", 0, 2},
        {repeated, "UpdateRole", CBK_CALL_IDEMPOTENT, 0, UPDATE "; after: done - -", 0, 0},
        {gone_meanwhile, "UpdateRole", CBK_CALL_IDEMPOTENT, 0, UPDATE "; after: unknown EntityNotExist.Role R",
         CBK_E_NOT_FOUND, 2},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(stories); i++)
        tell(&stories[i], false);
}

static void what_a_witness_forbids_is_not_sent(void **state)
{
    static const struct line script[] = {{"CreateRole", NULL, 200, "{}", 0}, {0}};
    static const struct story story = {script, "CreateRole", 0, 0, ROLE, CBK_E_IO, 0};
    (void)state;
    tell(&story, true);
}

static void reading_is_no_deed(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, 200, "{}", 0}, {0}};
    static const struct story story = {script, "GetRole", CBK_CALL_READ, 0, "", 0, 1};
    (void)state;
    tell(&story, false);
}

static void keys_name_the_thing(void **state)
{
    static const struct {
        const char *action, *params, *key;
    } rows[] = {
        {"AttachPolicyToRole", "{'PolicyType': 'System', 'PolicyName': 'P', 'RoleName': 'R'}",
         "{'PolicyType': 'System', 'PolicyName': 'P', 'RoleName': 'R'}"},
        {"SendFile", "{'InstanceId': ['i-1'], 'TargetDir': '/tmp', 'Name': 'a', 'ClientToken': 't-0', 'Content': 'x'}",
         "{'InstanceId': ['i-1'], 'TargetDir': '/tmp', 'Name': 'a', 'ClientToken': 't-0'}"},
        {"DeletePolicyV2", "{'PolicyId': 'po-1'}", "{'PolicyId': 'po-1'}"},
        {"CreateVault", "{'VaultName': 'v', 'Description': null}", "{'VaultName': 'v'}"},
        {"NobodyKnowsThis", "{'PolicyId': 'po-1'}", "{}"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *params = quick_json(rows[i].params);
        CBK_JSON *key = cbk_deed_key(rows[i].action, params);
        assert_same_json(key, rows[i].key);
    }
    CBK_JSON *params = json_pack("{s:s, s:s}", "PolicyId", "po-1", "PolicyBindingList",
                                 "[{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-1\"}]");
    CBK_JSON *key = cbk_deed_key("CreatePolicyBindings", params);
    assert_same_json(key, "{'PolicyId': 'po-1', 'DataSourceId': ['i-1']}");
    CBK_JSON *broken = json_pack("{s:s}", "PolicyBindingList", "[{");
    CBK_JSON *none = cbk_deed_key("CreatePolicyBindings", broken);
    assert_same_json(none, "{'DataSourceId': []}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_witness_hears_what_is_known),
        cmocka_unit_test(what_a_witness_forbids_is_not_sent),
        cmocka_unit_test(reading_is_no_deed),
        cmocka_unit_test(keys_name_the_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
