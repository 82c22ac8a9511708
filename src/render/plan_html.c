#include "render/plan_html.h"

#include "render/html.h"
#include "render/plan_command.h"
#include "render/plan_dangers.h"
#include "render/plan_facts.h"
#include "render/plan_html_parts.h"
#include "render/plan_scope.h"
#include "render/plan_words.h"
#include "render/svg.h"

/* `.badge` and `.node` are coloured by what is done; a box that is not checked hides its changes. */
static const char style[] =
    ".badge{display:inline-block;border-radius:.3rem;padding:0 .5rem;font-size:.85rem;font-weight:600;"
    "color:var(--dim);background:var(--soft)}\n"
    ".create,.adopt{--tone:var(--good);--tint:var(--good-paper)}.update,.run,.note{--tone:var(--info);"
    "--tint:var(--info-paper)}\n"
    ".destroy,.replace,.refused{--tone:var(--bad);--tint:var(--bad-paper)}.skipped,.mixed{--tone:var(--warn);"
    "--tint:var(--warn-paper)}\n"
    ".none,.forget,.passed-over{--tone:var(--dim);--tint:var(--soft)}\n"
    ".badge{color:var(--tone);background:var(--tint)}.danger{color:var(--bad);display:block}.caution{color:var(--warn)}"
    "tr.bad{background:var(--bad-paper)}\n"
    ".change,.unchanged{border:1px solid var(--line);border-left:.3rem solid var(--tone,var(--line));"
    "border-radius:.3rem;margin:.5rem 0;padding:.4rem .8rem;break-inside:avoid}\n"
    "summary{cursor:pointer;overflow-wrap:anywhere}.place{float:right}.change p{margin:.3rem 0}"
    ".lines{table-layout:fixed}.lines td:first-child,.lines td:last-child{width:14rem}.lines tr:last-child "
    "td{border:0}\n"
    "del{color:var(--bad);background:var(--bad-paper)}ins{color:var(--good);background:var(--good-paper);"
    "}del::before{content:\"- \"}ins::before{content:\"+ \"}del,ins{text-decoration:none;font:12px/1.5 "
    "ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}\n"
    "input[type=checkbox]{position:absolute;opacity:0}label{margin-right:.5rem;cursor:pointer}"
    "label::before{content:\"\\2713\\a0\"}input:focus-visible+label{outline:2px solid var(--info)}\n"
    "#show-refused:not(:checked)~.refused,#show-destroy:not(:checked)~.destroy,#show-replace:not(:checked)~.replace,"
    "#show-create:not(:checked)~.create,#show-update:not(:checked)~.update,#show-run:not(:checked)~.run,"
    "#show-adopt:not(:checked)~.adopt,#show-note:not(:checked)~.note,#show-forget:not(:checked)~.forget,"
    "#show-skipped:not(:checked)~.skipped,#show-passed-over:not(:checked)~.passed-over{display:none}\n"
    "label.badge{display:inline-block!important}input:not(:checked)+label{opacity:.6}"
    "input:not(:checked)+label::before{content:\"\\2717\\a0\"}\n"
    "svg rect{fill:var(--tint);stroke:var(--tone);stroke-width:1.5}svg path{fill:none;stroke:var(--dim);opacity:.6}"
    "svg text{fill:var(--ink);font:11px ui-monospace,monospace}svg .second{fill:var(--tone);font:11px "
    "system-ui,sans-serif}.picture{border:1px solid "
    "var(--line);border-radius:.3rem;padding:.5rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--dim)}dd{margin:0}\n"
    "pre{background:var(--soft);padding:.8rem 1rem;border-radius:.3rem;white-space:pre-wrap}\n"
    "@media (max-width:40rem){body{margin:1rem auto}.figure{min-width:5rem;padding:.3rem .7rem}.place{float:none;"
    "display:block}.lines td,.lines tr{display:block;width:auto!important;border:0;padding:.1rem 0}}\n"
    "@media print{label.badge{display:none!important}svg{max-width:100%;height:auto}}\n";

static void add_about(const json_t *plan, struct cbk_str *out)
{
    const char *account = cbk_json_text(plan, "account");
    CBK_STR(title);
    CBK_STR(about);
    CBK_STR(commit);
    cbk_str_addf(&title, "Plan of %s", cbk_json_text_or(plan, "stack", "?"));
    cbk_plan_add_commit(plan, &commit);
    cbk_str_addf(&about, "%s%s%sregion %s%s%s", account ? "account " : "", account ? account : "",
                 account ? " \u00b7 " : "", cbk_json_text_or(plan, "region", "?"), commit.len ? " \u00b7 " : "",
                 commit.ptr);
    cbk_html_add_element(out, "h1", NULL, title.ptr);
    cbk_html_add_element(out, "p", "about", about.ptr);
    cbk_str_add_char(out, '\n');
}

static void add_verdict(const json_t *plan, struct cbk_str *out)
{
    CBK_STR(words);
    CBK_STR(verdict);
    cbk_plan_add_tally(plan, &words);
    cbk_plan_add_verdict(plan, &verdict);
    if (verdict.len)
        cbk_str_addf(&words, " %s", verdict.ptr);
    const char *class = verdict.len ? "verdict gaps" : cbk_plan_changed(plan) ? "verdict work" : "verdict";
    cbk_html_add_element(out, "p", class, words.ptr);
    cbk_str_add_char(out, '\n');
}

static void add_scope(const json_t *plan, struct cbk_str *out)
{
    CBK_JSON *lines = cbk_plan_scope_lines(plan);
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line)
        cbk_html_add_element(out, "p", "caution", json_string_value(line));
}

static void add_dangers(const json_t *plan, struct cbk_str *out)
{
    static const char *const titles[] = {"", "What", "Why"};
    CBK_JSON *dangers = cbk_plan_dangers(plan);
    size_t index;
    json_t *danger;
    if (!json_array_size(dangers))
        return;
    cbk_str_add(out, "<h2>Look at this first</h2>\n<div class=\"wide\"><table class=\"dangers\">\n");
    cbk_html_add_head(out, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(out, "<tbody>\n");
    json_array_foreach(dangers, index, danger) {
        cbk_str_add(out, "<tr><td>");
        cbk_html_add_element(out, "b", "danger", cbk_json_text_or(danger, "label", ""));
        cbk_str_add(out, "</td><td>");
        cbk_html_add_element(out, "code", NULL, cbk_json_text_or(danger, "subject", ""));
        cbk_str_add_char(out, ' ');
        cbk_html_add_text(out, cbk_json_text_or(danger, "title", ""));
        cbk_str_add(out, "</td>");
        cbk_html_add_element(out, "td", NULL, cbk_json_text_or(danger, "why", ""));
        cbk_str_add(out, "</tr>\n");
    }
    cbk_str_add(out, "</tbody>\n</table></div>\n");
}

static void add_picture(const json_t *plan, struct cbk_str *out)
{
    CBK_CLEANUP(cbk_picture_freep) struct cbk_picture *picture = cbk_picture_new(plan);
    if (!picture) {
        if (json_array_size(json_object_get(plan, "changes")))
            cbk_str_add(out, "<p class=\"dim\">There is too much, or nothing, for a picture of what needs what.</p>\n");
        return;
    }
    cbk_str_addf(out,
                 "<h2>What needs what</h2>\n<p class=\"dim\">This shows %s. What is needed stands left; lines that "
                 "follow from others are left out.</p>\n",
                 picture->what);
    cbk_str_add(out, "<div class=\"wide picture\">\n");
    cbk_svg_add(picture, out);
    cbk_str_add(out, "</div>\n");
}

static void add_fact(void *out, const char *what, const char *value)
{
    cbk_str_add(out, "<dt>");
    cbk_html_add_text(out, what);
    cbk_str_add(out, "</dt><dd>");
    cbk_html_add_element(out, "code", NULL, value);
    cbk_str_add(out, "</dd>\n");
}

static void add_provenance(const json_t *plan, struct cbk_str *out)
{
    cbk_str_add(out, "<h2>Where it comes from</h2>\n<dl>\n");
    cbk_plan_each_fact(plan, add_fact, out);
    cbk_str_add(out, "</dl>\n");
}

static void add_command(const json_t *plan, struct cbk_str *out)
{
    CBK_STR(command);
    cbk_plan_add_command(plan, &command);
    if (!command.len)
        return;
    cbk_str_add(out, "<h2>To apply this plan and no other</h2>\n");
    cbk_html_add_element(out, "pre", NULL, command.ptr);
    cbk_str_add_char(out, '\n');
}

void cbk_render_plan_html(const json_t *plan, struct cbk_str *out)
{
    CBK_STR(title);
    cbk_str_addf(&title, "Plan of %s", cbk_json_text_or(plan, "stack", "?"));
    cbk_html_begin_page(out, title.ptr, style);
    add_about(plan, out);
    add_verdict(plan, out);
    add_scope(plan, out);
    add_dangers(plan, out);
    add_picture(plan, out);
    cbk_plan_html_add_changes(plan, out);
    cbk_plan_html_add_checks(plan, out);
    add_provenance(plan, out);
    add_command(plan, out);
    cbk_html_end_page(out);
}
