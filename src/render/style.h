/* Colours for terminals, and nothing where there is none; and by which clock ages are told. */
#ifndef CBK_RENDER_STYLE_H
#define CBK_RENDER_STYLE_H

#include "base/str.h"

#include <stdint.h>

enum cbk_colour { CBK_PLAIN, CBK_BOLD, CBK_DIM, CBK_RED, CBK_GREEN, CBK_YELLOW, CBK_CYAN, CBK_COLOUR_COUNT };

struct cbk_style {
    bool colour;
    bool automated; /* nobody is there to run something next: it is not told what */
    int64_t now;    /* the cloud's clock, unix seconds; 0: not known, so dates are told instead of ages */
};

/* Adds text from anywhere, made visible, in a colour. */
void cbk_style_add(const struct cbk_style *style, struct cbk_str *out, enum cbk_colour colour, const char *text);
/* The same, and pads with spaces to `cells` terminal cells; never cuts, and leaves one space at least. */
void cbk_style_add_padded(const struct cbk_style *style, struct cbk_str *out, enum cbk_colour colour, const char *text,
                          size_t cells);

#endif
