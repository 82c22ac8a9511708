/*
 * Points in time (seconds since 1970, UTC) and durations (seconds), as users and the cloud write them.
 */
#ifndef CBK_BASE_TIME_H
#define CBK_BASE_TIME_H

#include "base/error.h"

#include <stdint.h>

/*
 * Parses RFC 3339 ("2026-12-01T02:00:00+08:00", "2026-12-01T02:00:00Z", fractions are dropped) and the cloud's
 * minute form ("2026-12-01T02:00Z"). Fails with CBK_E_VALIDATION on anything else, impossible dates included.
 */
CBK_MUST_CHECK int cbk_time_parse(const char *text, int64_t *ret_unix, struct cbk_error *err);
/* Parses an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT"). */
CBK_MUST_CHECK int cbk_time_parse_http(const char *text, int64_t *ret_unix, struct cbk_error *err);
/* Adds "2026-12-01T02:00:00Z". */
void cbk_time_add_utc(struct cbk_str *out, int64_t unix_time);
/* Adds "Sun, 06 Nov 1994 08:49:37 GMT". */
void cbk_time_add_http(struct cbk_str *out, int64_t unix_time);

/* Parses "30s", "15m", "24h", "7d", "2w" and sums of them, largest first ("1h30m"). Zero is allowed, a sign is not. */
CBK_MUST_CHECK int cbk_duration_parse(const char *text, int64_t *ret_seconds, struct cbk_error *err);
/* Adds the shortest exact form: 86400 is "1d", 5400 is "1h30m", 0 is "0s". */
void cbk_duration_add(struct cbk_str *out, int64_t seconds);

/* Adds what people want to know of it, in one unit: 90000 is "25h", 200000 is "2d"; less than nothing is "0s". */
void cbk_duration_add_rough(struct cbk_str *out, int64_t seconds);

/* This machine's clock: only for signatures and locks; ages are reckoned by the cloud's (cbk_cloud_now). */
int64_t cbk_time_now(void);
/* A clock that never goes back, in milliseconds: for deadlines and pacing. */
int64_t cbk_time_monotonic_ms(void);
void cbk_sleep_ms(int64_t ms);

#endif
