#include "render/markdown.h"

#include "base/alloc.h"

#include <ctype.h>
#include <string.h>

#define BREAK "&#8203;" /* a space of no width, visible to who reads the source */
#define HASH_CHARS 7    /* of a commit, from which on it becomes a link */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD LETTERS DIGITS "_"

/* Characters that mean something in markdown, in HTML, or to the hosts when one of others comes next. */
static const struct sign {
    char c;
    const char *markdown;
    const char *html;
    const char *broken_before; /* NULL: before nothing; "": before anything */
} signs[] = {
    {'\\', "&#92;", "\\", NULL},
    {'`', "\\`", "`", NULL},
    {'*', "\\*", "*", LETTERS},
    {'_', "\\_", "_", NULL},
    {'[', "\\[", "[", WORD "[+-"},
    {']', "\\]", "]", NULL},
    {'{', "{", "{", "+-"},
    {'<', "&lt;", "&lt;", NULL},
    {'>', "&gt;", "&gt;", NULL},
    {'"', "\"", "&quot;", NULL},
    {'&', "&amp;", "&amp;", DIGITS},
    {'|', "&#124;", "|", NULL},
    {'~', "\\~", "~", WORD "\""},
    {'!', "\\!", "!", DIGITS},
    {'#', "\\#", "#", WORD},
    {'%', "%", "%", WORD "\""},
    {'@', "@", "@", ""},
    {'$', "<span>$</span>", "<span>$</span>", NULL}, /* as GitHub says that it is kept from being a formula */
};

/* What begins a block where it begins a line. */
static const struct opening {
    char c;
    const char *markdown;
} openings[] = {{' ', "&#32;"}, {'-', "\\-"}, {'+', "\\+"}, {'=', "\\="}, {'/', "&#47;"}};

static const struct sign *sign_of(char c)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(signs); i++)
        if (signs[i].c == c)
            return &signs[i];
    return NULL;
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* "https://", "www." and ":emoji:", which the character alone does not tell. */
static bool begins_link(const char *at)
{
    return cbk_str_starts_with(at, "://") || (*at == ':' && at[1 + strspn(at + 1, WORD "+-")] == ':' && at[1] != ':');
}

/* Is this the last character of "www", before a dot, or of "GH-", before a digit? */
static bool ends_lead(const char *text, const char *at)
{
    size_t before = (size_t)(at - text);
    return (before >= 2 && strncasecmp(at - 2, "www.", 4) == 0) ||
           (before >= 2 && strncasecmp(at - 2, "GH-", 3) == 0 && is_one_of(at[1], DIGITS));
}

/* How many hexadecimal digits stand here as one word that could be a commit; 0: none. */
static size_t hash_at(const char *text, const char *at)
{
    size_t run = strspn(at, DIGITS "abcdefABCDEF");
    bool is_word = (at == text || !is_one_of(at[-1], WORD)) && !is_one_of(at[run], WORD);
    bool is_number = strspn(at, DIGITS) == run; /* an account, more likely */
    return is_word && !is_number && run >= HASH_CHARS ? run : 0;
}

static void add_hash(struct cbk_str *out, const char *at, size_t run)
{
    for (size_t i = 0; i < run; i++) {
        if (i && i % (HASH_CHARS - 1) == 0)
            cbk_str_add(out, BREAK);
        cbk_str_add_char(out, at[i]);
    }
}

static void add_sign(struct cbk_str *out, const char *text, const char *at, bool in_markdown)
{
    const struct sign *sign = sign_of(*at);
    if (sign)
        cbk_str_add(out, in_markdown ? sign->markdown : sign->html);
    else
        cbk_str_add_char(out, *at);
    const char *broken_before = sign ? sign->broken_before : NULL;
    if ((broken_before && at[1] && (!*broken_before || strchr(broken_before, at[1]))) || begins_link(at) ||
        ends_lead(text, at))
        cbk_str_add(out, BREAK);
}

/* Adds what only the beginning of a text is in danger of, and answers how much of it that was. */
static size_t add_opening(struct cbk_str *out, const char *text)
{
    size_t digits = strspn(text, DIGITS);
    if (digits && is_one_of(text[digits], ".)")) {
        cbk_str_add_bytes(out, text, digits);
        cbk_str_addf(out, "\\%c", text[digits]);
        return digits + 1;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(openings); i++) {
        if (*text != openings[i].c)
            continue;
        cbk_str_add(out, openings[i].markdown);
        return 1;
    }
    return 0;
}

static void add_escaped(struct cbk_str *out, const char *text, bool in_markdown)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, text);
    const char *at = visible.ptr + (in_markdown ? add_opening(out, visible.ptr) : 0);
    while (*at) {
        size_t run = hash_at(visible.ptr, at);
        add_hash(out, at, run);
        at += run;
        if (!*at)
            break;
        if (*at == ' ' && !at[1]) /* two of them before a newline would be a line break */
            cbk_str_add(out, "&#32;");
        else
            add_sign(out, visible.ptr, at, in_markdown);
        at++;
    }
}

void cbk_markdown_add_text(struct cbk_str *out, const char *text)
{
    add_escaped(out, text, /* in_markdown= */ true);
}

void cbk_markdown_add_html(struct cbk_str *out, const char *text)
{
    add_escaped(out, text, /* in_markdown= */ false);
}

/* ---- code ---- */

static size_t longest_run(const char *text, char c)
{
    size_t longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Hosts disagree about how a bar is written in a code span in a table, so it stands in an element instead. Parsers do
 * look for addresses in that. */
static void add_code_element(struct cbk_str *out, const char *visible)
{
    cbk_str_add(out, "<code>");
    for (const char *at = visible; *at; at++) {
        if (ispunct((unsigned char)*at))
            cbk_str_addf(out, "&#%d;", *at);
        else
            cbk_str_add_char(out, *at);
        if (*at == '@' || begins_link(at) || ends_lead(visible, at))
            cbk_str_add(out, BREAK);
    }
    cbk_str_add(out, "</code>");
}

static void add_code_span(struct cbk_str *out, const char *visible)
{
    size_t len = strlen(visible), ticks = longest_run(visible, '`') + 1;
    const char *pad = visible[0] == '`' || visible[len - 1] == '`' ? " " : "";
    cbk_str_add_repeat(out, '`', ticks);
    cbk_str_addf(out, "%s%s%s", pad, visible, pad);
    cbk_str_add_repeat(out, '`', ticks);
}

void cbk_markdown_add_code(struct cbk_str *out, const char *text)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, text);
    if (!visible.len)
        return;
    /* spaces at both ends would be taken for padding */
    bool is_padded = visible.ptr[0] == ' ' && visible.ptr[visible.len - 1] == ' ';
    if (is_padded || strchr(visible.ptr, '|'))
        add_code_element(out, visible.ptr);
    else
        add_code_span(out, visible.ptr);
}

size_t cbk_markdown_fence_ticks(const char *text)
{
    size_t ticks = longest_run(text, '`') + 1;
    return ticks < 3 ? 3 : ticks;
}

void cbk_markdown_add_fence(struct cbk_str *out, const char *language, const char *text)
{
    size_t ticks = cbk_markdown_fence_ticks(text);
    cbk_str_add_repeat(out, '`', ticks);
    cbk_str_addf(out, "%s\n", language);
    while (*text) {
        size_t len = strcspn(text, "\n");
        CBK_CLEANUP(cbk_string_freep) char *line = cbk_strndup(text, len);
        cbk_str_add_visible(out, line);
        cbk_str_add_char(out, '\n');
        text += len + (text[len] == '\n');
    }
    cbk_str_add_repeat(out, '`', ticks);
    cbk_str_add_char(out, '\n');
}

/* ---- what stands around it ---- */

void cbk_markdown_add_marker(struct cbk_str *out, const char *name, const char *subject)
{
    cbk_str_addf(out, "<!-- %s:", name);
    for (const char *at = subject; *at; at++) {
        bool ends_comment = *at == '-' && (at == subject || at[-1] == '-' || !at[1]);
        if (is_one_of(*at, WORD ".-") && !ends_comment)
            cbk_str_add_char(out, *at);
        else
            cbk_str_addf(out, "%%%02X", (unsigned char)*at);
    }
    cbk_str_add(out, " -->\n");
}

void cbk_markdown_add_row(struct cbk_str *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cbk_str_addf(out, "| %s ", cells[i]);
    cbk_str_add(out, "|\n");
}

void cbk_markdown_add_head(struct cbk_str *out, const char *const *titles, size_t count)
{
    cbk_markdown_add_row(out, titles, count);
    for (size_t i = 0; i < count; i++)
        cbk_str_add(out, "|:---");
    cbk_str_add(out, "|\n");
}

void cbk_markdown_begin_details(struct cbk_str *out, const char *summary)
{
    cbk_str_addf(out, "<details><summary>%s</summary>\n\n", summary);
}

void cbk_markdown_end_details(struct cbk_str *out)
{
    cbk_str_add(out, "\n</details>\n");
}

size_t cbk_markdown_length(const char *text, size_t len)
{
    size_t units = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte & 0xc0) != 0x80) /* the first of a character; those of four bytes are two units */
            units += byte >= 0xf0 ? 2 : 1;
    }
    return units;
}
