/*
 * Hostile text in markdown: in every place where text may stand, cmark-gfm (GitHub's own parser) must give it back
 * letter by letter, with the same elements around it as around a harmless word, and nothing that a host would take for
 * a mention, a reference or a link.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/markdown.h"
#include "scratch.h"

#include <regex.h>
#include <stdio.h>

#define INVISIBLE "\xe2\x80\x8b" /* U+200B */

static const char *const hostile[] = {
    "x",
    " ",
    "  two spaces  ",
    "    indented",
    "*emphasis* **strong** _a_ __b__ ~~struck~~",
    "*/\\*",
    "a\\b \\* \\\\ \\",
    "\\| \\\\| |",
    "a | b | c",
    "|||",
    "|---|",
    "a|me@example.com",
    "|https://example.com|www.example.com|ftp://x|",
    "`",
    "``",
    "```",
    "```` x",
    "`code` `",
    " `tick` ",
    "``` diff\\n```",
    "~~~ x",
    "# heading",
    "#1",
    "####### x",
    "> quote",
    ">>> x",
    "- item",
    "* item",
    "+ item",
    "1. one",
    "12) twelve",
    "=====",
    "---",
    "***",
    "- - -",
    "[ ] task",
    "- [x] task",
    "[link](https://example.com)",
    "![image](x)",
    "[ref]",
    "[ref]: https://example.com",
    "[^1]",
    "[^1]: note",
    "[[wiki]]",
    "[TOC]",
    "[[_TOC_]]",
    "[vulnerability:1]",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "<!-- -->",
    "-->",
    "</details>",
    "<details open>",
    "</summary>",
    "</code>",
    "<a href='x'>",
    "<img src=x onerror=alert(1)>",
    "<https://example.com>",
    "&lt;b&gt;",
    "&amp;",
    "&#60;",
    "&copy;",
    "&",
    "&&amp;amp;",
    "@octocat",
    "me@example.com",
    "mailto:me@example.com",
    "xmpp:me@example.com/x",
    "@org/team @all",
    "@",
    "a@",
    "\"@x\"",
    "#12",
    "owner/repo#12",
    "owner/repo@0123abc",
    "!7",
    "&5",
    "%3",
    "%\"next\"",
    "~bug",
    "~\"a b\"",
    "$9",
    "^alert#4",
    "GH-12",
    "gh-12",
    "*iteration:3",
    ":rocket:",
    "acs:ram::123:role/x",
    ":ram:",
    ":+1:",
    "::a::b::",
    "https://example.com/a?b=c&d=e",
    "HTTP://EXAMPLE.COM",
    "ftp://x",
    "www.example.com",
    "WWW.example.com",
    "data://x",
    "4f2c9a1",
    "4F2C9A1B 0123456789abcdef0123456789abcdef01234567",
    "sha256:0123abcd",
    "1234567890123456",
    "defaced",
    "$x^2$",
    "$$x$$",
    "$`x`$",
    "a $ b",
    "{+ added +} {- gone -} [+ a +] [- b -]",
    "/merge",
    "/close",
    "{{x}}",
    "{% x %}",
    "::: x",
    "line\nbreak",
    "two\n\n# paragraphs",
    "tab\there",
    "carriage\rreturn",
    "\n",
    "\n```\n",
    "\n</details>\n\n- x",
    "a\n| b |",
    "\x1b[2J\x1b]0;owned\x07",
    "\x7f",
    "\xc2\x9b"
    "31m",
    "bad \xff utf-8 \xe2\x82",
    "\xe2\x80\xae"
    "desrever",
    "\xe2\x81\xa6"
    "isolated",
    "emoji \xf0\x9f\x90\xac",
    "\xe6\x95\xb0\xe6\x8d\xae\xe5\xba\x93",
    "e\xcc\x81",
    "snapshot_jobs.mysql[\"i-bp1abc\"]",
    "it's \"quoted\"",
    "100% of 3",
    "a #b c! d~ e% f: g@ h",
};

/* Where text may stand, as a whole document. */
static void in_paragraph(struct cbk_str *out, const char *text)
{
    cbk_markdown_add_text(out, text);
    cbk_str_add(out, "\n");
}

static void in_sentence(struct cbk_str *out, const char *text)
{
    cbk_str_add(out, "Here: **");
    cbk_markdown_add_text(out, text);
    cbk_str_add(out, "**\nThere.\n");
}

static void in_item(struct cbk_str *out, const char *text)
{
    cbk_str_add(out, "- ");
    cbk_markdown_add_text(out, text);
    cbk_str_add(out, "\n");
}

static void in_code(struct cbk_str *out, const char *text)
{
    cbk_str_add(out, "- ");
    cbk_markdown_add_code(out, text);
    cbk_str_add(out, " there\n");
}

static void in_cells(struct cbk_str *out, const char *text)
{
    CBK_STR(cell);
    CBK_STR(code);
    cbk_markdown_add_text(&cell, text);
    cbk_markdown_add_code(&code, text);
    const char *const cells[] = {cell.ptr, "mid", code.ptr};
    static const char *const titles[] = {"a", "b", "c"};
    cbk_markdown_add_head(out, titles, CBK_ARRAY_LEN(titles));
    cbk_markdown_add_row(out, cells, CBK_ARRAY_LEN(cells));
    cbk_markdown_add_row(out, titles, CBK_ARRAY_LEN(titles));
}

static void in_fence(struct cbk_str *out, const char *text)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, text);
    cbk_markdown_add_fence(out, "diff", visible.ptr);
    cbk_str_add(out, "after\n");
}

static void in_details(struct cbk_str *out, const char *text)
{
    CBK_STR(summary);
    cbk_markdown_add_html(&summary, text);
    cbk_markdown_begin_details(out, summary.ptr);
    cbk_str_add(out, "inside\n");
    cbk_markdown_end_details(out);
}

static const struct place {
    const char *name;
    void (*write)(struct cbk_str *out, const char *text);
    const char *before, *between, *after; /* what else is read there; between: where the text stands twice */
    bool is_code;                         /* hosts look for nothing there */
} places[] = {
    {"paragraph", in_paragraph, "", NULL, "", false},
    {"sentence", in_sentence, "Here: ", NULL, "\nThere.", false},
    {"item", in_item, "", NULL, "", false},
    {"code", in_code, "", NULL, " there", true},
    {"cells", in_cells, "a b c ", " mid ", " a b c", false},
    {"fence", in_fence, "", NULL, " after", true},
    {"details", in_details, "", NULL, " inside", false},
};

/* ---- reading what was rendered ---- */

static void render(const char *dir, const char *markdown, size_t len, struct cbk_str *html)
{
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, "text.md");
    CBK_CLEANUP(cbk_string_freep)
    char *command =
        cbk_strf("cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tasklist -e footnotes %s", path);
    assert_int_equal(cbk_file_replace(path, markdown, len, 0644, &err), 0);
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): the test's own file */
    assert_non_null(pipe);
    for (int c; (c = fgetc(pipe)) != EOF;)
        cbk_str_add_char(html, (char)c);
    assert_int_equal(pclose(pipe), 0);
}

static const struct entity {
    const char *entity;
    char c;
} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};

static size_t add_decoded(struct cbk_str *out, const char *at)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(entities); i++) {
        if (!cbk_str_starts_with(at, entities[i].entity))
            continue;
        cbk_str_add_char(out, entities[i].c);
        return strlen(entities[i].entity);
    }
    char *end = NULL;
    unsigned long point = cbk_str_starts_with(at, "&#") ? strtoul(at + 2, &end, 10) : 0;
    if (point == 0x200b)
        cbk_str_add(out, INVISIBLE);
    else
        cbk_str_add_char(out, point ? (char)point : *at);
    return point ? (size_t)(end + 1 - at) : 1;
}

/* Elements as "<p><code></code></p>", without the spans that formulas need; text, with white space run together. */
static void take_apart(const char *html, struct cbk_str *elements, struct cbk_str *text)
{
    while (*html) {
        size_t tag = *html == '<' ? strcspn(html, ">") + 1 : 0;
        bool is_span = cbk_str_starts_with(html, "<span>") || cbk_str_starts_with(html, "</span>");
        if (tag && !is_span)
            cbk_str_add_bytes(elements, html, tag);
        html += tag ? tag : add_decoded(text, html);
    }
}

static void add_squeezed(struct cbk_str *out, const char *text, bool keep_invisible)
{
    while (*text) {
        if (!keep_invisible && cbk_str_starts_with(text, INVISIBLE)) {
            text += strlen(INVISIBLE);
            continue;
        }
        bool is_space = *text == ' ' || *text == '\n';
        if (!is_space)
            cbk_str_add_char(out, *text);
        else if (out->len && out->ptr[out->len - 1] != ' ')
            cbk_str_add_char(out, ' ');
        text++;
    }
    while (out->len && out->ptr[out->len - 1] == ' ')
        cbk_str_truncate(out, out->len - 1);
}

/* What the hosts look for in text that has been rendered; in code they do not look. */
static const char *const references[] = {
    "(^|[^A-Za-z0-9_])@[A-Za-z0-9_]",
    "#[0-9A-Za-z]",
    "![0-9]",
    "~[A-Za-z0-9\"]",
    "%[A-Za-z0-9\"]",
    ":[A-Za-z0-9_+-]+:",
    "[Gg][Hh]-[0-9]",
    "[a-zA-Z]://",
    "[wW]{3}[.]",
    "[a-zA-Z0-9]@[a-zA-Z0-9]",
    "&[0-9]",
    "[[][a-zA-Z_]",
    "[{][+-]",
};

/* Seven hexadecimal digits are, but for a plain number. */
static void assert_no_commit(const char *text)
{
    static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    while (*text) {
        size_t len = strspn(text, word), hex = strspn(text, "0123456789abcdefABCDEF");
        if (len == hex && len >= 7 && strspn(text, "0123456789") < len)
            fail_msg("a host would find a commit in: %s", text);
        text += len ? len : 1;
    }
}

static void assert_no_reference(const char *text)
{
    assert_no_commit(text);
    for (size_t i = 0; i < CBK_ARRAY_LEN(references); i++) {
        regex_t regex;
        assert_int_equal(regcomp(&regex, references[i], REG_EXTENDED | REG_NOSUB), 0);
        int found = regexec(&regex, text, 0, NULL, 0);
        regfree(&regex);
        if (found == 0)
            fail_msg("a host would find %s in: %s", references[i], text);
    }
}

static void assert_told(const char *dir, const struct place *place, const char *text, const char *elements_of_harmless)
{
    CBK_STR(markdown);
    CBK_STR(html);
    CBK_STR(elements);
    CBK_STR(read);
    CBK_STR(squeezed);
    CBK_STR(expected);
    CBK_STR(whole);
    CBK_STR(visible);
    place->write(&markdown, text);
    render(dir, markdown.ptr, markdown.len, &html);
    take_apart(html.ptr, &elements, &read);
    add_squeezed(&squeezed, read.ptr, /* keep_invisible= */ false);
    cbk_str_add_visible(&visible, text);
    cbk_str_addf(&whole, "%s%s%s%s%s", place->before, visible.ptr, place->between ? place->between : "",
                 place->between ? visible.ptr : "", place->after);
    add_squeezed(&expected, whole.ptr, /* keep_invisible= */ false);
    if (strcmp(elements.ptr, elements_of_harmless) != 0 || strcmp(squeezed.ptr, expected.ptr) != 0)
        fail_msg("%s: %s\n--- markdown\n%s--- html\n%s--- elements\n%s\n%s\n--- read\n%s\n%s", place->name, text,
                 markdown.ptr, html.ptr, elements_of_harmless, elements.ptr, expected.ptr, squeezed.ptr);
    if (!place->is_code && !place->between)
        assert_no_reference(read.ptr);
}

static void text_from_anywhere_stays_text(void **state)
{
    for (size_t p = 0; p < CBK_ARRAY_LEN(places); p++) {
        CBK_STR(markdown);
        CBK_STR(html);
        CBK_STR(elements);
        CBK_STR(read);
        places[p].write(&markdown, "harmless");
        render(*state, markdown.ptr, markdown.len, &html);
        take_apart(html.ptr, &elements, &read);
        assert_true(elements.len > 0);
        for (size_t i = 0; i < CBK_ARRAY_LEN(hostile); i++)
            assert_told(*state, &places[p], hostile[i], elements.ptr);
    }
}

/* ---- the words themselves ---- */

static const struct written {
    void (*add)(struct cbk_str *out, const char *text);
    const char *text, *markdown;
} written[] = {
    {cbk_markdown_add_text, "web-db-1 is stopped", "web-db-1 is stopped"},
    {cbk_markdown_add_text, "cloud_efficiency", "cloud\\_efficiency"},
    {cbk_markdown_add_text, "@all", "@&#8203;all"},
    {cbk_markdown_add_text, "ecs:RunCommand on *", "ecs:RunCommand on \\*"},
    {cbk_markdown_add_text, "/merge", "&#47;merge"},
    {cbk_markdown_add_text, "", ""},
    {cbk_markdown_add_html, "a_b <i>", "a_b &lt;i&gt;"},
    {cbk_markdown_add_code, "roles.a", "`roles.a`"},
    {cbk_markdown_add_code, "@all", "`@all`"},
    {cbk_markdown_add_code, "a`b", "``a`b``"},
    {cbk_markdown_add_code, "`", "`` ` ``"},
    {cbk_markdown_add_code, "a|b", "<code>a&#124;b</code>"},
    {cbk_markdown_add_code, "a\nb", "`a\\nb`"},
    {cbk_markdown_add_code, "", ""},
};

static void it_is_readable_as_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(written); i++) {
        CBK_STR(out);
        written[i].add(&out, written[i].text);
        assert_string_equal(out.ptr, written[i].markdown);
    }
}

static void a_fence_is_longer_than_what_it_holds(void **state)
{
    (void)state;
    CBK_STR(out);
    cbk_markdown_add_fence(&out, "diff", "- a\n+ ```` b\n\x1b");
    assert_string_equal(out.ptr, "`````diff\n- a\n+ ```` b\n\\x1b\n`````\n");
    cbk_str_clear(&out);
    cbk_markdown_add_fence(&out, "", "");
    assert_string_equal(out.ptr, "```\n```\n");
}

static const struct marked {
    const char *subject, *marker;
} marked[] = {
    {"mysql-prod", "<!-- cbk:plan:mysql-prod -->\n"}, {"a --> b", "<!-- cbk:plan:a%20-%2D%3E%20b -->\n"},
    {"-->", "<!-- cbk:plan:%2D%2D%3E -->\n"},         {"x-", "<!-- cbk:plan:x%2D -->\n"},
    {"a\nb\xff", "<!-- cbk:plan:a%0Ab%FF -->\n"},
};

static void a_marker_ends_where_it_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(marked); i++) {
        CBK_STR(out);
        cbk_markdown_add_marker(&out, "cbk:plan", marked[i].subject);
        assert_string_equal(out.ptr, marked[i].marker);
    }
}

static void length_is_counted_in_utf16(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t units;
    } rows[] = {{"", 0}, {"abc\n", 4}, {"\xc3\xa9", 1}, {"\xe6\x95\xb0\xe6\x8d\xae", 2}, {"\xf0\x9f\x90\xac", 2}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++)
        assert_int_equal(cbk_markdown_length(rows[i].text, strlen(rows[i].text)), rows[i].units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_from_anywhere_stays_text, scratch_setup, scratch_teardown),
        cmocka_unit_test(it_is_readable_as_it_stands),
        cmocka_unit_test(a_fence_is_longer_than_what_it_holds),
        cmocka_unit_test(a_marker_ends_where_it_ends),
        cmocka_unit_test(length_is_counted_in_utf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
