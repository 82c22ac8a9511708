/* A picture (plan_picture.h) as SVG that stands inside of a page. */
#ifndef CBK_RENDER_SVG_H
#define CBK_RENDER_SVG_H

#include "render/plan_picture.h"

void cbk_svg_add(const struct cbk_picture *picture, struct cbk_str *out);

#endif
