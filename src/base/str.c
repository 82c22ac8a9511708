#include "base/str.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* What every empty string points at; never written but with the NUL that it holds already. */
char cbk_str_nothing[1];

void cbk_str_release(struct cbk_str *s)
{
    if (s->cap)
        free(s->ptr);
    *s = (struct cbk_str)CBK_STR_INIT;
}

void cbk_str_clear(struct cbk_str *s)
{
    if (s->cap)
        s->ptr[0] = '\0';
    s->len = 0;
    s->overflow = false;
}

void cbk_str_truncate(struct cbk_str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->ptr[len] = '\0';
}

/* Makes room for `more` bytes and a NUL; answers how many of them may be written under the ceiling. */
static size_t make_room(struct cbk_str *s, size_t more)
{
    if (s->ceiling && more > s->ceiling - s->len) {
        more = s->ceiling - s->len;
        s->overflow = true;
    }
    if (more > SIZE_MAX / 2 - s->len)
        cbk_out_of_memory();
    size_t need = s->len + more + 1;
    if (need <= s->cap)
        return more;
    size_t cap = s->cap ? s->cap : 64;
    while (cap < need)
        cap *= 2;
    s->ptr = cbk_realloc(s->cap ? s->ptr : NULL, cap, 1);
    s->cap = cap;
    return more;
}

void cbk_str_add_bytes(struct cbk_str *s, const void *bytes, size_t len)
{
    if (!len)
        return;
    size_t take = make_room(s, len);
    memcpy(s->ptr + s->len, bytes, take);
    s->len += take;
    s->ptr[s->len] = '\0';
}

void cbk_str_add(struct cbk_str *s, const char *text)
{
    cbk_str_add_bytes(s, text, strlen(text));
}

void cbk_str_add_char(struct cbk_str *s, char c)
{
    cbk_str_add_bytes(s, &c, 1);
}

void cbk_str_add_repeat(struct cbk_str *s, char c, size_t times)
{
    size_t take = make_room(s, times);
    memset(s->ptr + s->len, c, take);
    s->len += take;
    s->ptr[s->len] = '\0';
}

void cbk_str_vaddf(struct cbk_str *s, const char *fmt, va_list args)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_vstrf(fmt, args);
    cbk_str_add(s, text);
}

void cbk_str_addf(struct cbk_str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cbk_str_vaddf(s, fmt, args);
    va_end(args);
}

char *cbk_str_detach(struct cbk_str *s)
{
    char *text = s->cap ? s->ptr : cbk_strdup("");
    *s = (struct cbk_str)CBK_STR_INIT;
    return text;
}

bool cbk_str_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool cbk_str_ends_with(const char *text, const char *suffix)
{
    size_t text_len = strlen(text), suffix_len = strlen(suffix);
    return text_len >= suffix_len && strcmp(text + text_len - suffix_len, suffix) == 0;
}

bool cbk_str_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t cbk_str_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b), width = lb + 1;
    CBK_CLEANUP(cbk_string_freep) char *memory = cbk_alloc(3 * width, sizeof(size_t));
    size_t *before = (size_t *)(void *)memory, *last = before + width, *row = last + width;
    for (size_t j = 0; j <= lb; j++)
        last[j] = j;
    for (size_t i = 1; i <= la; i++) {
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[lb];
}

const char *cbk_str_nearest(const char *word, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t len = strlen(word), best_distance = len / 3 + 2;
    if (len > 64) /* nobody mistypes that much; keeps hostile keys cheap */
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) > 64)
            continue;
        size_t distance = cbk_str_distance(word, names[i]);
        if (distance < best_distance && distance < strlen(names[i])) {
            best_distance = distance;
            best = names[i];
        }
    }
    return best;
}

bool cbk_str_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static void add_escaped(struct cbk_str *s, unsigned char byte)
{
    static const char letters[] = {['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (byte < sizeof(letters) && letters[byte])
        cbk_str_addf(s, "\\%c", letters[byte]);
    else
        cbk_str_addf(s, "\\x%02x", byte);
}

/* Bidirectional controls reorder what a reviewer reads, so they are shown and not obeyed. */
static bool is_bidi_control(utf8proc_int32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x200e ||
           point == 0x200f;
}

static bool is_control(utf8proc_int32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

bool cbk_str_is_visible(const char *text, size_t len)
{
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t took = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &point);
    return took > 0 && (size_t)took == len && !is_control(point) && !is_bidi_control(point);
}

void cbk_str_add_visible(struct cbk_str *s, const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    while (*at) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t len = utf8proc_iterate(at, -1, &point);
        if (len <= 0) {
            add_escaped(s, *at++);
            continue;
        }
        if (point < 0x80 && is_control(point))
            add_escaped(s, (unsigned char)point);
        else if (is_control(point) || is_bidi_control(point))
            cbk_str_addf(s, "\\u%04x", (unsigned)point);
        else
            cbk_str_add_bytes(s, at, (size_t)len);
        at += len;
    }
}

size_t cbk_str_utf8_span(const char *text, size_t len)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    size_t at = 0;
    while (at < len) {
        if (bytes[at] < 0x80) {
            at++;
            continue;
        }
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t took = utf8proc_iterate(bytes + at, (utf8proc_ssize_t)(len - at), &point);
        if (took <= 0)
            return at;
        at += (size_t)took;
    }
    return at;
}

size_t cbk_str_chars(const char *text, size_t len)
{
    size_t chars = 0;
    for (size_t i = 0; i < len; i++)
        chars += ((unsigned char)text[i] & 0xc0) != 0x80;
    return chars;
}

size_t cbk_str_cells(const char *text, size_t len)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    size_t cells = 0;
    while (len) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t took = utf8proc_iterate(at, (utf8proc_ssize_t)len, &point);
        if (took <= 0) {
            took = 1;
            cells += 1;
        } else {
            cells += (size_t)utf8proc_charwidth(point);
        }
        at += took;
        len -= (size_t)took;
    }
    return cells;
}
