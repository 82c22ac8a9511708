#include "render/stacks_text.h"

#include "render/comparison.h"
#include "render/plan_text.h"
#include "render/plan_words.h"

#define DIR_CELLS 36
#define TOUCHED_CELLS 9
#define EXIT_CHANGES 2

static bool is_comparison(const json_t *plan)
{
    return json_object_get(plan, "attention") != NULL;
}

static bool is_failed(const json_t *result)
{
    int64_t code = cbk_json_int(result, "exit", 1);
    return code != 0 && code != EXIT_CHANGES;
}

static void add_plan(const json_t *result, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *plan = json_object_get(result, "plan");
    if (!json_is_object(plan))
        return;
    if (is_comparison(plan))
        cbk_render_comparison_text(plan, style, out);
    else
        cbk_render_plan_text(plan, style, out);
    cbk_str_add_char(out, '\n');
}

static const char *touched_word(const json_t *result)
{
    const json_t *touched = json_object_get(result, "touched");
    if (!json_is_boolean(touched))
        return "touched?";
    return json_is_true(touched) ? "touched" : "";
}

static void add_line(const json_t *result, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *plan = json_object_get(result, "plan");
    CBK_STR(tally);
    if (is_comparison(plan))
        cbk_comparison_add_tally(plan, &tally);
    else if (json_is_object(plan))
        cbk_plan_add_tally(plan, &tally);
    cbk_str_add(out, "  ");
    cbk_style_add_padded(style, out, CBK_PLAIN, cbk_json_text_or(result, "dir", "?"), DIR_CELLS);
    cbk_style_add_padded(style, out, CBK_DIM, touched_word(result), TOUCHED_CELLS);
    if (is_failed(result))
        cbk_style_add(style, out, CBK_RED, tally.len ? "failed; " : "failed");
    cbk_style_add(style, out, CBK_PLAIN, tally.ptr);
    cbk_str_add_char(out, '\n');
}

void cbk_render_stacks_text(const json_t *results, const struct cbk_style *style, struct cbk_str *out)
{
    size_t index, failed = 0;
    json_t *result;
    json_array_foreach((json_t *)results, index, result)
        add_plan(result, style, out);
    cbk_style_add(style, out, CBK_BOLD, "Stacks:");
    cbk_str_add_char(out, '\n');
    json_array_foreach((json_t *)results, index, result) {
        add_line(result, style, out);
        failed += is_failed(result);
    }
    cbk_str_addf(out, "\n%zu %s, %zu failed.\n", json_array_size(results),
                 json_array_size(results) == 1 ? "stack" : "stacks", failed);
}
