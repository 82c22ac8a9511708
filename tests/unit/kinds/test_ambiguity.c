/* A call whose answer was lost: what is then looked at, and what is taken for ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/ambiguity.h"
#include "quick_json.h"

#include <string.h>

#define SENT "{'name': 'R', 'trust': 'a'}"
#define OTHER "{'name': 'R', 'trust': 'b'}"

/* A world in a few words: what each call answers, and what is seen under the name before the next one. */
static const struct story {
    const char *what;
    int answers[4];      /* of the calls in turn; what is not told is 0 */
    const char *seen[4]; /* NULL: nothing */
    int looks_fail;      /* the code of every look; 0: none fails */
    int outcome, calls;
} stories[] = {
    {.what = "all is well", .calls = 1},
    {.what = "refused", .answers = {CBK_E_VALIDATION}, .seen = {SENT}, .outcome = CBK_E_VALIDATION, .calls = 1},
    {.what = "taken by someone, which is no doubt of ours",
     .answers = {CBK_E_CONFLICT},
     .seen = {SENT},
     .outcome = CBK_E_CONFLICT,
     .calls = 1},
    {.what = "lost after its effect", .answers = {CBK_E_AMBIGUOUS}, .seen = {SENT}, .calls = 1},
    {.what = "lost before its effect", .answers = {CBK_E_AMBIGUOUS, 0}, .calls = 2},
    {.what = "lost, and seen late", .answers = {CBK_E_AMBIGUOUS, CBK_E_CONFLICT}, .seen = {NULL, SENT}, .calls = 2},
    {.what = "lost, and seen later still",
     .answers = {CBK_E_AMBIGUOUS, CBK_E_CONFLICT, CBK_E_CONFLICT},
     .seen = {NULL, NULL, SENT},
     .calls = 3},
    {.what = "lost, and somebody else's is there",
     .answers = {CBK_E_AMBIGUOUS, CBK_E_CONFLICT, CBK_E_CONFLICT, CBK_E_CONFLICT},
     .seen = {OTHER, OTHER, OTHER, OTHER},
     .outcome = CBK_E_CONFLICT,
     .calls = 4},
    {.what = "lost again and again",
     .answers = {CBK_E_AMBIGUOUS, CBK_E_AMBIGUOUS, CBK_E_AMBIGUOUS, CBK_E_AMBIGUOUS},
     .outcome = CBK_E_AMBIGUOUS,
     .calls = 4},
    {.what = "lost, and nobody can look",
     .answers = {CBK_E_AMBIGUOUS},
     .seen = {SENT},
     .looks_fail = CBK_E_NETWORK,
     .outcome = CBK_E_AMBIGUOUS,
     .calls = 1},
};

static const struct story *story;
static int calls;

static int call(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    (void)object;
    int answer = story->answers[calls++];
    return answer ? cbk_fail(err, (enum cbk_error_code)answer, "call %d", calls) : 0;
}

static int look(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    if (story->looks_fail)
        return cbk_fail(err, (enum cbk_error_code)story->looks_fail, "cannot look");
    assert_null(object->live);
    object->live = quick_json(story->seen[calls - 1]);
    return 0;
}

static bool never(void)
{
    return false;
}

static void stories_end_as_they_should(void **state)
{
    static const char *const sent[] = {"name", "trust", "description", NULL};
    static const struct cbk_certainty certainty = {call, look, sent};
    const struct cbk_cloud_options options = {.region = "r", .endpoint = "http://127.0.0.1:1"};
    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *cloud = NULL;
    CBK_ERROR(none);
    (void)state;
    assert_int_equal(setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1), 0);
    assert_int_equal(setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1), 0);
    assert_int_equal(cbk_cloud_new(&options, &cloud, &none), 0);
    const struct cbk_env env = {.cloud = cloud, .is_interrupted = never};
    for (size_t i = 0; i < CBK_ARRAY_LEN(stories); i++) {
        story = &stories[i];
        calls = 0;
        CBK_JSON *desired = quick_json(SENT);
        struct cbk_object object = {.address = "roles.r", .desired = desired};
        CBK_ERROR(err);
        int r = cbk_until_certain(&env, &certainty, &object, &err);
        if (r != story->outcome || calls != story->calls || err.code != r)
            fail_msg("%s: %d after %d calls", story->what, r, calls);
        assert_null(object.live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stories_end_as_they_should)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
