#include "config/scalar.h"

#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum word { WORD_NULL, WORD_TRUE, WORD_FALSE, WORD_NOT_FINITE };

static const struct word_row {
    const char *text;
    enum word word;
} words[] = {
    {"", WORD_NULL},
    {"~", WORD_NULL},
    {"null", WORD_NULL},
    {"Null", WORD_NULL},
    {"NULL", WORD_NULL},
    {"true", WORD_TRUE},
    {"True", WORD_TRUE},
    {"TRUE", WORD_TRUE},
    {"false", WORD_FALSE},
    {"False", WORD_FALSE},
    {"FALSE", WORD_FALSE},
    {".inf", WORD_NOT_FINITE},
    {".Inf", WORD_NOT_FINITE},
    {".INF", WORD_NOT_FINITE},
    {"+.inf", WORD_NOT_FINITE},
    {"+.Inf", WORD_NOT_FINITE},
    {"+.INF", WORD_NOT_FINITE},
    {"-.inf", WORD_NOT_FINITE},
    {"-.Inf", WORD_NOT_FINITE},
    {"-.INF", WORD_NOT_FINITE},
    {".nan", WORD_NOT_FINITE},
    {".NaN", WORD_NOT_FINITE},
    {".NAN", WORD_NOT_FINITE},
};

static int parse_word(enum word word, const char *text, json_t **ret, struct cbk_error *err)
{
    if (word == WORD_NOT_FINITE)
        return cbk_fail(err, CBK_E_SYNTAX, "'%s' is not a finite number (quote it if it is text)", text);
    *ret = word == WORD_NULL ? json_null() : json_boolean(word == WORD_TRUE);
    return 0;
}

static const char decimal[] = "0123456789", octal[] = "01234567", hexadecimal[] = "0123456789abcdefABCDEF";

static bool all_of(const char *text, const char *digits)
{
    return *text && strspn(text, digits) == strlen(text);
}

/* The base in which `text` is an integer, 0 when it is none; *ret_digits is what stands behind the prefix. */
static int integer_base(const char *text, const char **ret_digits)
{
    *ret_digits = text;
    if (all_of(text + (*text == '-' || *text == '+'), decimal))
        return 10;
    if (text[0] != '0')
        return 0;
    *ret_digits = text + 2;
    if (text[1] == 'x' && all_of(text + 2, hexadecimal))
        return 16;
    return text[1] == 'o' && all_of(text + 2, octal) ? 8 : 0;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_float(const char *at)
{
    at += *at == '-' || *at == '+';
    size_t whole = strspn(at, decimal), part = 0;
    at += whole;
    if (*at == '.') {
        part = strspn(at + 1, decimal);
        at += 1 + part;
    }
    if (!whole && !part)
        return false;
    if (*at != 'e' && *at != 'E')
        return *at == '\0';
    at++;
    at += *at == '-' || *at == '+';
    return all_of(at, decimal);
}

#define SHOWN_DIGITS 60

static int too_large(const char *text, struct cbk_error *err)
{
    return cbk_fail(err, CBK_E_SYNTAX, "the number '%.*s%s' is out of range (quote it if it is text)", SHOWN_DIGITS,
                    text, strlen(text) > SHOWN_DIGITS ? "..." : "");
}

static int parse_integer(const char *text, const char *digits, int base, json_t **ret, struct cbk_error *err)
{
    errno = 0;
    long long value = strtoll(digits, NULL, base);
    if (errno)
        return too_large(text, err);
    *ret = json_integer(value);
    return 0;
}

static int parse_float(const char *text, json_t **ret, struct cbk_error *err)
{
    double value = strtod(text, NULL); /* cbk never leaves the C locale for numbers */
    if (!isfinite(value))
        return too_large(text, err);
    *ret = json_real(value);
    return 0;
}

int cbk_scalar_parse(const char *text, json_t **ret, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(words); i++)
        if (strcmp(text, words[i].text) == 0)
            return parse_word(words[i].word, text, ret, err);
    const char *digits = NULL;
    int base = integer_base(text, &digits);
    if (base)
        return parse_integer(text, digits, base, ret, err);
    if (is_float(text))
        return parse_float(text, ret, err);
    *ret = json_string(text);
    return 0;
}
