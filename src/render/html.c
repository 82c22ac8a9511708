#include "render/html.h"

static const char policy[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char common[] =
    ":root{color-scheme:light dark;--ink:#1d2430;--paper:#fff;--dim:#5b6577;--line:#d5d9e0;--soft:#f4f6f8;"
    "--good:#0f6b4d;--good-paper:#f0faf5;--bad:#b42318;--bad-paper:#fef3f2;--warn:#8a5207;--warn-paper:#fff8ec;"
    "--info:#1d5fb8;--info-paper:#eff5fd}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--paper:#14181f;--dim:#9aa5b5;--line:#343c49;"
    "--soft:#1d232c;--good:#5dd3a4;--good-paper:#12291f;--bad:#ff8f85;--bad-paper:#321614;--warn:#f0b45a;"
    "--warn-paper:#2e2310;--info:#8ab8f5;--info-paper:#14253c}}\n"
    "*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
    "max-width:75rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.5rem;margin:0 0 .2rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n"
    ".about,.dim{color:var(--dim)}p,dd{overflow-wrap:anywhere}\n"
    ".verdict{font-size:1.15rem;border-left:.35rem solid var(--good);background:var(--good-paper);padding:.7rem 1rem;"
    "margin:1.2rem 0}.verdict.gaps{border-color:var(--bad);background:var(--bad-paper)}"
    ".verdict.work{border-color:var(--info);background:var(--info-paper)}\n"
    ".figures{display:flex;flex-wrap:wrap;gap:.8rem}.figure{border:1px solid var(--line);border-radius:.4rem;"
    "padding:.5rem 1rem;min-width:8rem}.figure b{display:block;font-size:1.6rem;line-height:1.3}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.45rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}\n"
    "th{font-size:.8rem;text-transform:uppercase;letter-spacing:.03em;color:var(--dim);overflow-wrap:normal}\n"
    "code,pre{font:12px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    "@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}\n";

void cbk_html_add_text(struct cbk_str *out, const char *text)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    CBK_STR(visible);
    cbk_str_add_visible(&visible, text);
    for (const char *at = visible.ptr; *at; at++) {
        const char *entity = NULL;
        for (size_t i = 0; i < CBK_ARRAY_LEN(entities); i++)
            if (entities[i].c == *at)
                entity = entities[i].entity;
        if (entity)
            cbk_str_add(out, entity);
        else
            cbk_str_add_char(out, *at);
    }
}

void cbk_html_add_element(struct cbk_str *out, const char *tag, const char *class, const char *text)
{
    cbk_str_addf(out, "<%s%s%s%s>", tag, class ? " class=\"" : "", class ? class : "", class ? "\"" : "");
    cbk_html_add_text(out, text);
    cbk_str_addf(out, "</%s>", tag);
}

void cbk_html_add_head(struct cbk_str *out, const char *const *titles, size_t count)
{
    cbk_str_add(out, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        cbk_html_add_element(out, "th", NULL, titles[i]);
    cbk_str_add(out, "</tr></thead>\n");
}

void cbk_html_begin_page(struct cbk_str *out, const char *title, const char *style)
{
    cbk_str_add(out, policy);
    cbk_html_add_element(out, "title", NULL, title);
    cbk_str_addf(out, "\n<style>\n%s%s</style>\n</head>\n<body>\n", common, style);
}

void cbk_html_end_page(struct cbk_str *out)
{
    cbk_str_add(out, "</body>\n</html>\n");
}
