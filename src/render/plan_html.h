/* A plan as one page for a browser: what is dangerous first, a picture, the changes, checks and guards. It runs no
 * script; what is done can be chosen by boxes that style alone knows. */
#ifndef CBK_RENDER_PLAN_HTML_H
#define CBK_RENDER_PLAN_HTML_H

#include "base/json.h"

void cbk_render_plan_html(const json_t *plan, struct cbk_str *out);

#endif
