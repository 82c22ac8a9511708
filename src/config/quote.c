#include "config/quote.h"

#include "base/json.h"
#include "config/scalar.h"

#include <string.h>
#include <strings.h>

/* What YAML 1.1 takes for something else than text, in small letters; 1.2 does not, and people read both. */
static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "<<", "="};

static bool is_word(const char *text)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Dates, times, versions, numbers of YAML 1.1: text, and easily taken for something else. */
static bool looks_like_number(const char *text)
{
    static const char digits[] = "0123456789";
    if (text[0] == '0' && text[1] && strchr("xXoObB", text[1]))
        return true;
    return strchr("0123456789.+-", *text) && strspn(text, "0123456789_.,:+-TtZzEe ") == strlen(text) &&
           strpbrk(text, digits);
}

static bool reads_as_text(const char *text)
{
    CBK_JSON *value = NULL;
    CBK_ERROR(ignored);
    return cbk_scalar_parse(text, &value, &ignored) == 0 && json_is_string(value) && !is_word(text) &&
           !looks_like_number(text);
}

/* The length of the character at `text`, valid UTF-8, and its code point. */
static size_t decode(const char *text, unsigned *ret_code)
{
    unsigned char first = (unsigned char)*text;
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    unsigned code = len == 1 ? first : first & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3fU);
    *ret_code = code;
    return len;
}

/* What a text file may not hold as it is, or what nobody would see there. */
static bool is_hidden(const char *text, size_t len, unsigned code)
{
    return code == 0xfeff || code == 0x85 || code == 0x2028 || code == 0x2029 || !cbk_str_is_visible(text, len);
}

bool cbk_yaml_is_plain(const char *text, bool in_flow)
{
    static const char never_first[] = ",[]{}#&*!|>'\"%@`-?: ";
    if (!*text || strchr(never_first, *text) || strstr(text, ": ") || strstr(text, " #") ||
        strncmp(text, "...", 3) == 0)
        return false;
    if (in_flow && strpbrk(text, ",[]{}?"))
        return false;
    for (const char *at = text; *at;) {
        unsigned code = 0;
        size_t len = decode(at, &code);
        if (is_hidden(at, len, code))
            return false;
        at += len;
        if (!*at && (at[-1] == ' ' || at[-1] == ':'))
            return false;
    }
    return reads_as_text(text);
}

static const struct escape {
    char c;
    const char *text;
} escapes[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}};

static const char *escape_of(char c)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(escapes); i++)
        if (escapes[i].c == c)
            return escapes[i].text;
    return NULL;
}

/* A character that a text file may not hold as it is, by its number. */
static void add_number(struct cbk_str *out, unsigned code)
{
    if (code > 0xffff)
        cbk_str_addf(out, "\\U%08X", code);
    else
        cbk_str_addf(out, "\\u%04X", code);
}

void cbk_yaml_add_quoted(struct cbk_str *out, const char *text, bool keeps_references)
{
    cbk_str_add_char(out, '"');
    while (*text) {
        const char *escape = escape_of(*text);
        unsigned code = 0;
        size_t len = decode(text, &code);
        if (escape)
            cbk_str_add(out, escape);
        else if (keeps_references && text[0] == '$' && text[1] == '{')
            cbk_str_add(out, "$$");
        else if (is_hidden(text, len, code))
            add_number(out, code);
        else
            cbk_str_add_bytes(out, text, len);
        text += len;
    }
    cbk_str_add_char(out, '"');
}
