/*
 * A string that grows. `ptr` is never NULL and always ends in NUL, so it can be handed to anyone at any time.
 * A ceiling may be set before the first write: what would pass it is dropped and `overflow` stays set, so that a
 * run of writes goes unchecked and is judged once at its end.
 */
#ifndef CBK_BASE_STR_H
#define CBK_BASE_STR_H

#include "base/owned.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

extern char cbk_str_nothing[1];

struct cbk_str {
    char *ptr;
    size_t len;
    size_t cap;     /* bytes allocated; 0: ptr is cbk_str_nothing */
    size_t ceiling; /* most bytes ever kept; 0: no ceiling */
    bool overflow;
};

#define CBK_STR_INIT                                                                                                   \
    {                                                                                                                  \
        .ptr = cbk_str_nothing                                                                                         \
    }
#define CBK_STR(name) CBK_CLEANUP(cbk_str_release) struct cbk_str name = CBK_STR_INIT

void cbk_str_release(struct cbk_str *s);
/* Empties it and keeps the memory. */
void cbk_str_clear(struct cbk_str *s);
/* Cuts it back to a length that it had before. */
void cbk_str_truncate(struct cbk_str *s, size_t len);
void cbk_str_add(struct cbk_str *s, const char *text);
void cbk_str_add_bytes(struct cbk_str *s, const void *bytes, size_t len);
void cbk_str_add_char(struct cbk_str *s, char c);
void cbk_str_add_repeat(struct cbk_str *s, char c, size_t times);
void cbk_str_addf(struct cbk_str *s, const char *fmt, ...) CBK_PRINTF(2, 3);
void cbk_str_vaddf(struct cbk_str *s, const char *fmt, va_list args) CBK_PRINTF(2, 0);
/* Hands the text over (the caller frees it) and leaves `s` empty. */
char *cbk_str_detach(struct cbk_str *s);

bool cbk_str_starts_with(const char *text, const char *prefix);
bool cbk_str_ends_with(const char *text, const char *suffix);
/* NULL equals NULL only. */
bool cbk_str_equal(const char *a, const char *b);
/* Edit distance (Damerau, adjacent swaps count one), for 'did you mean'. */
size_t cbk_str_distance(const char *a, const char *b);
/* The nearest of `count` names that is near enough to be what was meant, or NULL. Borrowed from `names`. */
const char *cbk_str_nearest(const char *word, const char *const *names, size_t count);
/* fnmatch-like glob with `*` and `?` only, as selectors use. */
bool cbk_str_glob(const char *pattern, const char *text);
/* Adds text from outside with C0, C1 controls and invalid UTF-8 escaped (\n, \x1b), so that a terminal can see it. */
void cbk_str_add_visible(struct cbk_str *s, const char *text);
/* May this one character stand on a terminal as it is: no control, no bidirectional control, no broken UTF-8? */
bool cbk_str_is_visible(const char *text, size_t len);
/* How many bytes, from the first on, are valid UTF-8: `len` when all are. */
size_t cbk_str_utf8_span(const char *text, size_t len);
/* Number of code points in valid UTF-8. */
size_t cbk_str_chars(const char *text, size_t len);
/* Number of terminal cells that the UTF-8 text takes (an ideograph takes two). */
size_t cbk_str_cells(const char *text, size_t len);

#endif
