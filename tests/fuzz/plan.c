/* Any JSON as a saved plan: it reads as lines that a terminal may see, and can be held against a plan. */
#include "engine/saved_plan.h"
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
    struct cbk_plan now = {.json = plan};
    (void)!cbk_plan_restrict(&now, plan, &err);
    return 0;
}
