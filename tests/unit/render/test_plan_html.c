/* Plans as pages (golden.h), and the picture in them; tests/browser/run opens them in a browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "quick_json.h"
#include "render/html.h"
#include "render/plan_html.h"
#include "render/plan_picture.h"
#include "render/svg.h"

#define GOLDEN CBK_SOURCE_DIR "/tests/golden/plan-"

static const char *const names[] = {"review", "empty", "hostile"};

static void plans_read_as_pinned(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(GOLDEN "%s.json", names[i]);
        CBK_JSON *plan = golden_plan(path);
        CBK_STR(said);
        cbk_render_plan_html(plan, &said);
        failed += !golden_is(path, "html", &said);
    }
    assert_int_equal(failed, 0);
}

static void text_is_no_markup(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html;
    } rows[] = {{"", ""},
                {"<b>&amp;", "&lt;b&gt;&amp;amp;"},
                {"\"x\" 'y'", "&quot;x&quot; &#39;y&#39;"},
                {"a\nb\x1b", "a\\nb\\x1b"},
                {"\xe6\x95\xb0", "\xe6\x95\xb0"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_STR(out);
        cbk_html_add_text(&out, rows[i].text);
        assert_string_equal(out.ptr, rows[i].html);
    }
}

/* ---- the picture ---- */

/* `instances` times an attachment that needs a role, and a job that needs both; the first `changed` of them change. */
static json_t *fleet(int instances, int changed)
{
    json_t *plan =
        quick_json("{'changes': [{'address': 'roles.r', 'kind': 'role', 'title': 'R', 'actions': ['no-op']}]}");
    json_t *changes = json_object_get(plan, "changes");
    for (int i = 0; i < instances; i++) {
        CBK_CLEANUP(cbk_string_freep) char *attachment = cbk_strf("attachments.a[\"i-%d\"]", i);
        CBK_CLEANUP(cbk_string_freep) char *job = cbk_strf("snapshot_jobs.j[\"i-%d\"]", i);
        const char *action = i < changed ? "update" : "no-op";
        json_array_append_new(changes, json_pack("{s:s, s:s, s:[s], s:[s]}", "address", attachment, "kind",
                                                 "attachment", "actions", action, "depends_on", "roles.r"));
        json_array_append_new(changes, json_pack("{s:s, s:s, s:[s], s:[s, s]}", "address", job, "kind", "snapshot_job",
                                                 "actions", action, "depends_on", "roles.r", attachment));
    }
    return plan;
}

/* Different declarations, which no instances share. */
static json_t *many_declarations(int count)
{
    json_t *plan = quick_json("{'changes': []}");
    for (int i = 0; i < count; i++) {
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("roles.r%d", i);
        json_array_append_new(json_object_get(plan, "changes"),
                              json_pack("{s:s, s:s, s:[s]}", "address", address, "kind", "role", "actions", "create"));
    }
    return plan;
}

static void assert_picture(json_t *plan, size_t nodes, size_t edges, size_t layers, const char *what)
{
    CBK_CLEANUP(cbk_picture_freep) struct cbk_picture *picture = cbk_picture_new(plan);
    assert_non_null(picture);
    assert_string_equal(picture->what, what);
    assert_int_equal(picture->nodes.len, nodes);
    assert_int_equal(picture->edges.len, edges);
    assert_int_equal(picture->layers, layers);
    for (size_t i = 0; i < picture->edges.len; i++)
        assert_true(picture->edges.items[i].need->layer < picture->edges.items[i].user->layer);
    for (size_t i = 0; i < picture->nodes.len; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(picture->nodes.items[i]->layer == picture->nodes.items[j]->layer &&
                         picture->nodes.items[i]->row == picture->nodes.items[j]->row);
    json_decref(plan);
}

static void a_picture_is_as_fine_as_it_can_be(void **state)
{
    (void)state;
    assert_picture(fleet(2, 0), 5, 4, 3, "all objects");
    assert_picture(fleet(29, 29), 59, 58, 3, "all objects");
    assert_picture(fleet(500, 3), 7, 6, 3, "what changes, and what it needs");
    assert_picture(fleet(500, 500), 3, 2, 3, "declarations, not single objects: they are too many");
    assert_picture(many_declarations(60), 60, 0, 1, "all objects");
    assert_picture(many_declarations(61), 1, 0, 1, "kinds, not single objects: they are too many");
    assert_picture(
        quick_json("{'changes': [{'address': 'a', 'actions': ['update'], 'depends_on': ['a', 'nobody', 5]}]}"), 1, 0, 1,
        "all objects");
}

static void what_stands_for_many_says_how_many(void **state)
{
    (void)state;
    CBK_JSON *plan = fleet(500, 40);
    CBK_CLEANUP(cbk_picture_freep) struct cbk_picture *picture = cbk_picture_new(plan);
    CBK_STR(svg);
    assert_int_equal(picture->nodes.items[1]->objects, 500);
    assert_int_equal(picture->nodes.items[1]->changed, 40);
    assert_string_equal(picture->nodes.items[1]->mark, "mixed");
    cbk_svg_add(picture, &svg);
    assert_non_null(strstr(svg.ptr, "40 of 500 change"));
}

/* Only a plan of somebody else's has them: kinds or more declarations than can be drawn, circles, no list of changes.
 */
static void there_may_be_no_picture(void **state)
{
    (void)state;
    CBK_JSON *nothing = quick_json("{'changes': 7}"),
             *circle = quick_json("{'changes': ["
                                  "{'address': 'a', 'depends_on': ['b']}, {'address': 'b', 'depends_on': ['c']}, "
                                  "{'address': 'c', 'depends_on': ['a']}]}");
    CBK_JSON *kinds = many_declarations(100);
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(kinds, "changes"), index, change)
        json_object_set(change, "kind", json_object_get(change, "address"));
    assert_null(cbk_picture_new(nothing));
    assert_null(cbk_picture_new(kinds));
    CBK_CLEANUP(cbk_picture_freep) struct cbk_picture *picture = cbk_picture_new(circle);
    CBK_STR(svg);
    cbk_svg_add(picture, &svg);
    assert_int_equal(picture->nodes.len, 3);
    assert_true(picture->layers <= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_read_as_pinned),
        cmocka_unit_test(text_is_no_markup),
        cmocka_unit_test(a_picture_is_as_fine_as_it_can_be),
        cmocka_unit_test(what_stands_for_many_says_how_many),
        cmocka_unit_test(there_may_be_no_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
