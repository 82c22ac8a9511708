/* What an apply tells while it works and at its end: in words, and as one JSON event a line. */
#ifndef CBK_RENDER_APPLY_TEXT_H
#define CBK_RENDER_APPLY_TEXT_H

#include "engine/apply.h"
#include "render/style.h"

/* Adds one line (a failure: the whole error) about an event. */
void cbk_render_event_text(const struct cbk_apply_event *event, const struct cbk_style *style, struct cbk_str *out);
/* Adds the last line: what was done, what failed, what was not tried. */
void cbk_render_result_text(const struct cbk_apply_result *result, const struct cbk_style *style, struct cbk_str *out);

/* The same as events {"@level", "@message", "@timestamp", "type", ...}; each call adds one line. */
void cbk_render_event_json(const struct cbk_apply_event *event, struct cbk_str *out);
void cbk_render_result_json(const struct cbk_apply_result *result, struct cbk_str *out);
/* The whole ledger, as an event of its own; nothing for NULL. */
void cbk_render_ledger_json(const json_t *ledger, struct cbk_str *out);
/* The first event, {"type": "version"}, and one for each change and for the plan's summary. */
void cbk_render_plan_events(const json_t *plan, struct cbk_str *out);
/* An error as an event {"type": "diagnostic"}. */
void cbk_render_diagnostic(const struct cbk_error *err, struct cbk_str *out);

#endif
