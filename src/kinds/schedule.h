/*
 * When a backup policy backs up. The service writes "I|unix start|ISO 8601 interval" or "C|unix start|cron"; a stack
 * {every: 1d, from: TIME} or {cron: "0 0 2 ? * 3,5,7", from: TIME}. Both become {every, from} or {cron, from} in one
 * spelling, so that equal meaning is equal JSON: durations in their shortest form, times in UTC, one space in crons.
 *
 * `from` of an interval is its phase and has to be given; that of a cron only holds it back, and may be left out.
 */
#ifndef CBK_KINDS_SCHEDULE_H
#define CBK_KINDS_SCHEDULE_H

#include "base/error.h"

/* Fails with CBK_E_VALIDATION; *ret_key then is the key of `declared` that is wrong. New reference. */
CBK_MUST_CHECK int cbk_schedule_desire(const json_t *declared, json_t **ret, const char **ret_key,
                                       struct cbk_error *err);
/* What this does not understand (an interval of months) stays {text}. New reference. */
json_t *cbk_schedule_read(const char *text);
/* The service's text, be it one that was not understood; a cron without `from` begins at `now` (unix seconds). The
 * caller frees. */
char *cbk_schedule_text(const json_t *schedule, int64_t now);

#endif
