/*
 * Errors. A function that can fail returns 0 or one of the negative codes below, must be checked, and takes a
 * `struct cbk_error *err` last, which it fills on failure and leaves alone on success:
 *
 *     return cbk_fail_at(err, span, CBK_E_SCHEMA, "unknown key '%s'", key);
 *     ...
 *     if (r < 0)
 *         return cbk_wrap(err, "refresh %s", address);
 *
 * Messages are lower case, without a full stop, failure first, subject in single quotes. What to do about it goes
 * into the hint. An expected answer is no error: reading what is gone succeeds and says so. Text from outside is made
 * visible (controls escaped) when the error is formatted, never before.
 */
#ifndef CBK_BASE_ERROR_H
#define CBK_BASE_ERROR_H

#include "base/source.h"
#include "base/vec.h"

#include <jansson.h>
#include <stdbool.h>

/* name, value, stable id, what the user can do when nothing better is known */
#define CBK_ERROR_CODES(X)                                                                                             \
    X(INTERNAL, -1, "internal", "this is a bug in cbk: please report it with the command and its output")              \
    X(USAGE, -2, "usage", NULL)                                                                                        \
    X(IO, -3, "io", NULL)                                                                                              \
    X(SYNTAX, -4, "syntax", NULL)                                                                                      \
    X(SCHEMA, -5, "schema", NULL)                                                                                      \
    X(REFERENCE, -6, "reference", NULL)                                                                                \
    X(CYCLE, -7, "cycle", NULL)                                                                                        \
    X(LIMIT, -8, "limit", NULL)                                                                                        \
    X(NETWORK, -9, "network", NULL)                                                                                    \
    X(AMBIGUOUS, -10, "ambiguous", NULL)                                                                               \
    X(AUTH, -11, "auth", NULL)                                                                                         \
    X(NOT_FOUND, -12, "not-found", NULL)                                                                               \
    X(CONFLICT, -13, "conflict", NULL)                                                                                 \
    X(THROTTLED, -14, "throttled", "the cloud asked for a slower pace: try again later or with fewer workers")         \
    X(RETRYABLE, -15, "retryable", "the cloud could not answer right now: try again")                                  \
    X(QUOTA, -16, "quota", NULL)                                                                                       \
    X(VALIDATION, -17, "validation", NULL)                                                                             \
    X(ACCOUNT, -18, "account", NULL)                                                                                   \
    X(STATE, -19, "state", NULL)                                                                                       \
    X(LOCKED, -20, "locked", NULL)                                                                                     \
    X(STALE_PLAN, -21, "stale-plan", "make a new plan, read it, and apply that one")                                   \
    X(CHECK, -22, "check", NULL)                                                                                       \
    X(DOWNGRADED, -23, "downgraded", NULL)                                                                             \
    X(DECLINED, -24, "declined", NULL)                                                                                 \
    X(INTERRUPTED, -25, "interrupted", NULL)                                                                           \
    X(TIMEOUT, -26, "timeout", NULL)                                                                                   \
    X(GUARD, -27, "guard", NULL)

enum cbk_error_code {
#define X(name, value, id, hint) CBK_E_##name = (value),
    CBK_ERROR_CODES(X)
#undef X
};

struct cbk_note {
    struct cbk_span span;
    char *text;
};
CBK_VEC(cbk_notes, struct cbk_note)

/* Bytes of a message; what stands behind is cut, for a file may name things at any length. */
#define CBK_ERROR_MAX_MESSAGE ((size_t)4000)

struct cbk_error {
    int code; /* 0: no error */
    struct cbk_span span;
    char *message;
    char *hint;       /* may be NULL */
    char *cloud_code; /* the API's own code, such as EntityNotExist.Role; NULL when the error is ours */
    char *request_id; /* the API's request id; may be NULL */
    struct cbk_notes notes;
};

#define CBK_ERROR(name) CBK_CLEANUP(cbk_error_release) struct cbk_error name = {0}

void cbk_error_release(struct cbk_error *err);
/* Moves `from` into `to` (released first) and leaves `from` empty. Returns the code. */
int cbk_error_move(struct cbk_error *to, struct cbk_error *from);
/* Makes `to` (released first) say what `from` says: one failure that several are told of. Returns the code. */
int cbk_error_copy(struct cbk_error *to, const struct cbk_error *from);

/* Fills `err` (what it held before is released) and returns `code`. */
int cbk_fail(struct cbk_error *err, enum cbk_error_code code, const char *fmt, ...) CBK_PRINTF(3, 4);
int cbk_fail_at(struct cbk_error *err, struct cbk_span span, enum cbk_error_code code, const char *fmt, ...)
    CBK_PRINTF(4, 5);
/* Like cbk_fail, with `: strerror(errno_value)` at its end. */
int cbk_fail_errno(struct cbk_error *err, int errno_value, const char *fmt, ...) CBK_PRINTF(3, 4);
/* "unknown WHAT 'WORD'", and "(did you mean 'NAME'?)" where one of `count` names is near. */
int cbk_fail_unknown(struct cbk_error *err, struct cbk_span span, enum cbk_error_code code, const char *what,
                     const char *word, const char *const *names, size_t count);
/* Puts `context: ` before the message and returns err's code. */
int cbk_wrap(struct cbk_error *err, const char *fmt, ...) CBK_PRINTF(2, 3);
/* Gives err a place if it has none yet, and returns its code. */
int cbk_error_locate(struct cbk_error *err, struct cbk_span span);
/* Sets the hint, and returns err's code. */
int cbk_error_hint(struct cbk_error *err, const char *fmt, ...) CBK_PRINTF(2, 3);
/* Adds another place with a text of its own ("first declared here"), and returns err's code. */
int cbk_error_note(struct cbk_error *err, struct cbk_span span, const char *fmt, ...) CBK_PRINTF(3, 4);

/* The stable id of a code, such as "stale-plan". */
const char *cbk_error_id(int code);
/* Adds the error as people read it: place, message, quoted line with carets, notes, hint, request id. */
void cbk_error_format(const struct cbk_error *err, struct cbk_str *out);
/* The same as a JSON object {id, message, file, line, column, hint, cloud_code, request_id, notes}; new reference. */
json_t *cbk_error_json(const struct cbk_error *err);

/* Errors gathered in one run. */
CBK_VEC(cbk_error_list, struct cbk_error)
struct cbk_errors {
    struct cbk_error_list list;
};
#define CBK_ERRORS(name) CBK_CLEANUP(cbk_errors_release) struct cbk_errors name = {0}
void cbk_errors_release(struct cbk_errors *errors);
/* A fresh error in the list, to be filled at once by cbk_fail and its kin. Borrowed until the next one is added. */
struct cbk_error *cbk_errors_add(struct cbk_errors *errors);
/* Sorts by place (file, line, column), those without a place last, and drops exact repetitions. */
void cbk_errors_sort(struct cbk_errors *errors);
/* 0 when there are none, else the code of the first. */
int cbk_errors_code(const struct cbk_errors *errors);

#endif
