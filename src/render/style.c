#include "render/style.h"

static const char *const codes[CBK_COLOUR_COUNT] = {
    [CBK_PLAIN] = "",         [CBK_BOLD] = "\033[1m",    [CBK_DIM] = "\033[2m",   [CBK_RED] = "\033[31m",
    [CBK_GREEN] = "\033[32m", [CBK_YELLOW] = "\033[33m", [CBK_CYAN] = "\033[36m",
};

void cbk_style_add(const struct cbk_style *style, struct cbk_str *out, enum cbk_colour colour, const char *text)
{
    bool coloured = style->colour && colour != CBK_PLAIN && *text;
    if (coloured)
        cbk_str_add(out, codes[colour]);
    cbk_str_add_visible(out, text);
    if (coloured)
        cbk_str_add(out, "\033[0m");
}

void cbk_style_add_padded(const struct cbk_style *style, struct cbk_str *out, enum cbk_colour colour, const char *text,
                          size_t cells)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, text);
    size_t width = cbk_str_cells(visible.ptr, visible.len);
    cbk_style_add(style, out, colour, text);
    cbk_str_add_repeat(out, ' ', width < cells ? cells - width : 1);
}
