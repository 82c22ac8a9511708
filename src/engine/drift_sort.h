/*
 * The sorts of drift, and how much each matters: one table, which the report, its formats and docs/drift.md share.
 */
#ifndef CBK_ENGINE_DRIFT_SORT_H
#define CBK_ENGINE_DRIFT_SORT_H

#include "kinds/kind.h"

/* The higher, the worse. None: it does not count. */
enum cbk_severity {
    CBK_SEVERITY_NONE,
    CBK_SEVERITY_NOTE,
    CBK_SEVERITY_WARNING,
    CBK_SEVERITY_ERROR,
    CBK_SEVERITY_COUNT
};

/* "note", "warning", "error"; NULL for none. */
const char *cbk_severity_name(enum cbk_severity severity);
/* The other way round; none for NULL and unknown words. */
enum cbk_severity cbk_severity_parse(const char *name);

enum cbk_drift_sort {
    CBK_DRIFT_MISSING,
    CBK_DRIFT_WIDENED,
    CBK_DRIFT_SHORTENED,
    CBK_DRIFT_CHANGED,
    CBK_DRIFT_UNREAD,
    CBK_DRIFT_UNMANAGED,
    CBK_DRIFT_UNPROTECTED,
    CBK_DRIFT_SORT_COUNT,
};

struct cbk_drift_sort_row {
    const char *id;
    enum cbk_severity severity; /* where nothing says otherwise */
    const char *title;          /* what is so, in a few words */
    const char *help;           /* what it means, in a sentence or two */
};
extern const struct cbk_drift_sort_row cbk_drift_sorts[CBK_DRIFT_SORT_COUNT];

/* The sort of a row of cbk_diff_drift, and how much it matters for a kind: widened and shortened count as errors, else
 * the schema's x-drift of the attribute has its say. */
enum cbk_drift_sort cbk_drift_sort_of(const json_t *row);
enum cbk_severity cbk_drift_severity_of(const struct cbk_kind *kind, const json_t *row);

#endif
