/* Intents: what is about to be called is in the store before the cloud hears of it; what cannot be kept is not called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/fake_cloud.h"
#include "engine/build.h"
#include "engine/intents.h"
#include "scratch.h"
#include "state/state.h"
#include "strict_schema.h"

#include <string.h>

static const struct cbk_env env = {.stack_name = "web"};

/* A step of a role, its store, and a cloud that answers its calls. */
struct scene {
    const char *dir;
    struct fake_cloud *fake;
    struct cbk_cloud *cloud;
    struct cbk_store *store;
    struct cbk_keeper *keeper;
    struct built role;
    struct cbk_intents *intents;
    json_t *before_answer; /* what another process read when the last request arrived */
};

static json_t *seen(const char *dir)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *reader = cbk_store_local_new(dir, "web");
    json_t *state = NULL;
    CBK_ERROR(err);
    if (cbk_store_read(reader, &state, &err) < 0)
        fail_msg("%s", err.message);
    return state;
}

static void look(void *context)
{
    struct scene *scene = context;
    json_decref(scene->before_answer);
    scene->before_answer = seen(scene->dir);
}

static void begin(struct scene *scene, const char *dir, const struct line *script)
{
    CBK_ERROR(err);
    *scene = (struct scene){.dir = dir, .fake = fake_cloud_start(script), .store = cbk_store_local_new(dir, "web")};
    scene->cloud = fake_cloud_session(scene->fake, 2000);
    assert_int_equal(cbk_store_lock(scene->store, &(struct cbk_lock_info){.operation = "apply", .stack = "web"}, &err),
                     0);
    assert_int_equal(cbk_keeper_new(scene->store, NULL, &env, &scene->keeper, &err), 0);
    build_object(&(struct build_sides){&cbk_kind_role, "{}", "{'name': 'R'}", NULL, NULL}, &scene->role);
    scene->intents = cbk_intents_new(scene->keeper, scene->cloud, &scene->role.object, "roles.app", "create");
}

static void end(struct scene *scene)
{
    json_decref(scene->before_answer);
    cbk_intents_free(scene->intents);
    built_release(&scene->role);
    cbk_keeper_free(scene->keeper);
    cbk_store_free(scene->store);
    cbk_cloud_free(scene->cloud);
    fake_cloud_stop(scene->fake);
}

static int create_role(struct scene *scene, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "RoleName", "R", "Description", "secret words");
    return cbk_cloud_call(cbk_intents_cloud(scene->intents), CBK_RAM, "CreateRole", 0, params, NULL, err);
}

static void a_call_is_in_the_store_before_it_is_sent(void **state)
{
    static const struct line script[] = {{"CreateRole", NULL, 200, "{\"RequestId\": \"R-1\"}", 0}, {0}};
    struct scene scene;
    CBK_ERROR(err);
    begin(&scene, *state, script);
    fake_cloud_on_request(scene.fake, look, &scene);
    assert_int_equal(create_role(&scene, &err), 0);
    assert_strictly_valid("state", scene.before_answer);
    const json_t *intent = json_array_get(cbk_state_intents(scene.before_answer), 0);
    assert_string_equal(cbk_json_text(intent, "address"), "roles.app");
    assert_string_equal(cbk_json_text(intent, "step"), "create");
    assert_string_equal(cbk_json_text(intent, "key.RoleName"), "R");
    assert_non_null(json_object_get(intent, "wanted"));
    assert_null(json_object_get(intent, "before"));
    CBK_STR(text);
    cbk_json_add_canonical(&text, scene.before_answer);
    assert_null(strstr(text.ptr, "secret"));
    assert_int_equal(cbk_intents_end(scene.intents, 0, &err), 0);
    assert_int_equal(cbk_keeper_finish(scene.keeper, NULL, "a note", &err), 0);
    CBK_JSON *last = seen(*state);
    assert_null(cbk_state_intents(last));
    end(&scene);
}

/* A step that looked and succeeded knows more than its call; one that failed does not. */
static void what_nobody_heard_stays_open_unless_the_step_saw_it(void **state)
{
    static const struct line script[] = {{"CreateRole", NULL, DROP, NULL, 0}, {0}};
    struct scene scene;
    CBK_ERROR(err);
    begin(&scene, *state, script);
    assert_int_equal(create_role(&scene, &err), CBK_E_AMBIGUOUS);
    assert_int_equal(cbk_intents_end(scene.intents, CBK_E_AMBIGUOUS, &err), 0);
    assert_int_equal(cbk_keeper_finish(scene.keeper, NULL, "a note", &err), 0);
    CBK_JSON *open = seen(*state);
    assert_strictly_valid("state", open);
    assert_string_equal(cbk_json_text(json_array_get(cbk_state_intents(open), 0), "code"), "ambiguous");
    assert_int_equal(cbk_intents_end(scene.intents, 0, &err), 0);
    assert_int_equal(cbk_keeper_finish(scene.keeper, NULL, "a note", &err), 0);
    CBK_JSON *closed = seen(*state);
    assert_null(cbk_state_intents(closed));
    end(&scene);
}

static void what_cannot_be_written_down_is_not_sent(void **state)
{
    static const struct line script[] = {{"CreateRole", NULL, 200, "{}", 0}, {0}};
    struct scene scene;
    CBK_ERROR(err);
    CBK_ERROR(kept);
    begin(&scene, *state, script);
    CBK_CLEANUP(cbk_string_freep) char *obstacle = cbk_path_join(*state, "web.journal/in the way");
    assert_int_equal(cbk_dir_make(obstacle, &err), 0);
    assert_int_equal(create_role(&scene, &err), CBK_E_IO);
    assert_true(cbk_str_starts_with(err.message, "CreateRole was not sent, since the state cannot be kept: "));
    assert_int_equal(fake_cloud_count(scene.fake, NULL), 0);
    assert_int_equal(cbk_intents_end(scene.intents, CBK_E_IO, &kept), CBK_E_IO);
    end(&scene);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_call_is_in_the_store_before_it_is_sent),
        WITH_SCRATCH(what_nobody_heard_stays_open_unless_the_step_saw_it),
        WITH_SCRATCH(what_cannot_be_written_down_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
