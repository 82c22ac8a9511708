/*
 * The trace. Rooms below cli return errors; what they say here is for someone who asked (--log-level, CBK_LOG), and
 * never holds a secret. One line each, to stderr or to a file: time, level, text.
 */
#ifndef CBK_BASE_LOG_H
#define CBK_BASE_LOG_H

#include "base/error.h"

#include <stdbool.h>

enum cbk_log_level { CBK_LOG_ERROR, CBK_LOG_WARN, CBK_LOG_INFO, CBK_LOG_DEBUG, CBK_LOG_TRACE, CBK_LOG_LEVEL_COUNT };

/* Text from outside is made visible (controls escaped) here. Thread-safe. */
void cbk_log(enum cbk_log_level level, const char *fmt, ...) CBK_PRINTF(2, 3);
/* Default: CBK_LOG_WARN. */
void cbk_log_set_level(enum cbk_log_level level);
/* From now on lines are added to this file instead, which is made for its owner alone; before there is a second thread.
 * CBK_E_IO. */
CBK_MUST_CHECK int cbk_log_open(const char *path, struct cbk_error *err);
bool cbk_log_enabled(enum cbk_log_level level);
/* Reads "error", "warn", "info", "debug" or "trace"; false on anything else. */
bool cbk_log_parse_level(const char *text, enum cbk_log_level *ret_level);

#endif
