/*
 * The evidence: per instance of a stack, the newest recovery points with the level that is proven of them, held against
 * what the stack demands. It is plain data (schemas/evidence.schema.json) for people who were not there. Reads only.
 */
#ifndef CBK_ENGINE_EVIDENCE_H
#define CBK_ENGINE_EVIDENCE_H

#include "engine/plan.h"

/* How far back recovery points are looked for: those that are kept longest, too. */
#define CBK_EVIDENCE_BACK_S ((int64_t)3660 * 86400)

/* A sketch (cbk_plan_sketch) for those who only look: no guard keeps them from it. */
CBK_MUST_CHECK int cbk_evidence_sketch(const struct cbk_plan_input *input, struct cbk_plan **ret,
                                       struct cbk_errors *errors);
/* Fails like cbk_plan_make. A gap is no failure. New reference. */
CBK_MUST_CHECK int cbk_evidence_make(const struct cbk_plan_input *input, json_t **ret_evidence,
                                     struct cbk_errors *errors);
/* Is there an instance whose demands are not all met, or that nothing covers? */
bool cbk_evidence_has_gaps(const json_t *evidence);

/*
 * All recovery points of the instances of a stack, or of those of `address` alone (of a declaration, or of one
 * instance's share; NULL: all): {format_version, stack, region, time, points: [...]}, newest first. An address that the
 * stack does not declare is an error.
 */
CBK_MUST_CHECK int cbk_evidence_points(const struct cbk_plan_input *input, const char *address, json_t **ret_list,
                                       struct cbk_errors *errors);

#endif
