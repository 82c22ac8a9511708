#include "render/guards.h"

#define ID_CELLS 20

static void add_guard(const json_t *guard, const struct cbk_style *style, struct cbk_str *out)
{
    bool allowed = cbk_json_bool(guard, "allowed", false);
    const char *id = cbk_json_text_or(guard, "id", "");
    CBK_STR(tail);
    cbk_str_addf(&tail, "   %s --allow-%s", allowed ? "allowed by" : "refused without", id);
    cbk_str_add(out, "  ");
    cbk_style_add_padded(style, out, allowed ? CBK_YELLOW : CBK_RED, id, ID_CELLS);
    cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(guard, "message", ""));
    cbk_style_add(style, out, CBK_DIM, tail.ptr);
    cbk_str_add_char(out, '\n');
}

void cbk_render_guards(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *guards = json_object_get(plan, "guards");
    if (!json_array_size(guards))
        return;
    cbk_style_add(style, out, CBK_BOLD, "Guards:");
    cbk_str_add_char(out, '\n');
    size_t index;
    json_t *guard;
    json_array_foreach(guards, index, guard)
        add_guard(guard, style, out);
    cbk_str_add_char(out, '\n');
}
