/*
 * The evidence (engine/evidence.h) for those who read it: on a terminal, in a spreadsheet, in a browser; and the list
 * of recovery points. All of them see JSON alone.
 */
#ifndef CBK_RENDER_EVIDENCE_H
#define CBK_RENDER_EVIDENCE_H

#include "base/json.h"
#include "render/style.h"

void cbk_render_evidence_text(const json_t *evidence, const struct cbk_style *style, struct cbk_str *out);
/* RFC 4180: a header and a row a demand, or an instance that has none; lines end in CR LF. A cell that a spreadsheet
 * would take for a formula is led by an apostrophe. */
void cbk_render_evidence_csv(const json_t *evidence, struct cbk_str *out);
/* One page that needs no network and runs no script. */
void cbk_render_evidence_html(const json_t *evidence, struct cbk_str *out);

void cbk_render_points_text(const json_t *list, const struct cbk_style *style, struct cbk_str *out);

/* What the renderers say alike: "2 of 3 instances ...", and the sentence about the oldest point ("" without one). */
void cbk_evidence_add_verdict(const json_t *evidence, struct cbk_str *out);
void cbk_evidence_add_oldest(const json_t *evidence, struct cbk_str *out);

#endif
