/* Any JSON as a saved plan: it reads as lines that a terminal may see, as a comment that is no longer than allowed, as
 * a page, and can be held against a plan. */
#include "engine/saved_plan.h"
#include "render/markdown.h"
#include "render/plan_html.h"
#include "render/plan_markdown.h"
#include "render/plan_text.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_visible(const struct cbk_str *text)
{
    for (size_t at = 0, step; at < text->len; at += step) {
        for (step = 1; at + step < text->len && ((unsigned char)text->ptr[at + step] & 0xc0) == 0x80;)
            step++;
        assert(text->ptr[at] == '\n' || cbk_str_is_visible(text->ptr + at, step));
    }
}

static void check_comment(const json_t *plan, size_t max)
{
    CBK_STR(comment);
    cbk_render_plan_markdown(plan, max, &comment);
    assert(comment.len && cbk_markdown_length(comment.ptr, comment.len) <= max);
    check_visible(&comment);
}

static void check_page(const json_t *plan)
{
    CBK_STR(page);
    cbk_render_plan_html(plan, &page);
    assert(cbk_str_ends_with(page.ptr, "</body>\n</html>\n"));
    check_visible(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(err);
    CBK_JSON *plan = NULL;
    if (cbk_json_parse("fuzz", (const char *)data, size, &plan, &err) < 0)
        return 0;
    const struct cbk_style plain = {.colour = false}, coloured = {.colour = true};
    CBK_STR(text);
    CBK_STR(other);
    cbk_render_plan_text(plan, &plain, &text);
    cbk_render_plan_text(plan, &coloured, &other);
    assert(text.len && other.len >= text.len);
    check_visible(&text);
    check_comment(plan, CBK_PLAN_MARKDOWN_LEAST);
    check_comment(plan, 65536);
    check_page(plan);
    struct cbk_plan now = {.json = plan};
    CBK_ERROR(changed);
    (void)!cbk_plan_restrict(&now, plan, &err);
    (void)!cbk_saved_plan_check(plan, "fuzz", &changed);
    return 0;
}
