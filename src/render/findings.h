/*
 * What the checks have found, as people read it.
 */
#ifndef CBK_RENDER_FINDINGS_H
#define CBK_RENDER_FINDINGS_H

#include "base/json.h"
#include "render/style.h"

/* Adds `checks` of a plan that are not ok: those that lower a level, then those that are worth a look. */
void cbk_render_findings(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);
/* "id (name)", or the id alone where the name is empty. */
void cbk_render_instance(const char *id, const char *name, struct cbk_str *out);

#endif
