/*
 * Drift (engine/drift.h) for those who read it: people on a terminal or in an issue, code scanners, test reports, the
 * lines of a workflow. All of them see JSON alone, and sort what they tell by severity.
 */
#ifndef CBK_RENDER_DRIFT_H
#define CBK_RENDER_DRIFT_H

#include "base/json.h"
#include "engine/drift_sort.h"
#include "render/style.h"

void cbk_render_drift_text(const json_t *drift, const struct cbk_style *style, struct cbk_str *out);
void cbk_render_drift_markdown(const json_t *drift, struct cbk_str *out);
void cbk_render_drift_sarif(const json_t *drift, struct cbk_str *out);
void cbk_render_drift_junit(const json_t *drift, struct cbk_str *out);
/* Workflow commands of GitHub: one annotation an object, and one with the verdict. */
void cbk_render_drift_github(const json_t *drift, struct cbk_str *out);

/* ---- what the renderers share ---- */

/* One thing that is so: an object as a whole, one attribute of it, something unmanaged, or an unprotected instance. */
struct cbk_drift_finding {
    enum cbk_drift_sort sort;
    enum cbk_severity severity; /* as it counts; none: it is ignored */
    const char *address;
    const json_t *entry; /* the object, or what stands for it; borrowed, as is the rest */
    const json_t *row;   /* of its diff; NULL: it is so as a whole */
};
typedef void (*cbk_drift_visit)(void *context, const struct cbk_drift_finding *finding);
/* Visits all that counts, the objects with the worst first, and then all that is ignored. Instances that nothing
 * protects are among them where they count as drift. */
void cbk_drift_each(const json_t *drift, cbk_drift_visit visit, void *context);
/* The same for one object, or what stands for one, its worst first; nothing where it is as it was applied. */
void cbk_drift_each_of(const json_t *entry, cbk_drift_visit visit, void *context);

/* Does the whole account count, and not the stack's objects alone? */
bool cbk_drift_is_of_account(const json_t *drift);
/* {reason, until} of the entry of drift_ignore that silences the finding, or (`expired`) did; NULL: none does. */
const json_t *cbk_drift_ignored(const struct cbk_drift_finding *finding, bool expired);
/* What is so, in one line without the address; not made visible yet. */
void cbk_drift_add_message(const struct cbk_drift_finding *finding, struct cbk_str *out);
/* "ignored until 2026-12-31: REASON". Not made visible yet. */
void cbk_drift_add_ignored(const json_t *ignored, struct cbk_str *out);
/* "No drift in 9 objects." or "Drift: 1 changed, 1 missing (1 error, 1 warning)." */
void cbk_drift_add_verdict(const json_t *drift, struct cbk_str *out);
/* Is there a state, so that something was compared? */
bool cbk_drift_is_applied(const json_t *drift);
/* "there is no state in 'PLACE': nothing is guarded"; nothing where there is one. Not made visible yet. */
void cbk_drift_add_warning(const json_t *drift, struct cbk_str *out);
/* "3 of 4 instances are backed up." */
void cbk_drift_add_coverage(const json_t *drift, struct cbk_str *out);
/* What to do about drift, and where there is no state, in one line each. */
extern const char cbk_drift_hint[], cbk_drift_unapplied_hint[];

#endif
