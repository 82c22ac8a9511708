/* Checks, predictions, guards, and calls of an earlier apply: tables of a plan's page. */
#include "render/html.h"
#include "render/plan_dangers.h"
#include "render/plan_html_parts.h"
#include "render/plan_words.h"
#include "render/settled.h"

static void begin_table(struct cbk_str *out, const char *heading, const char *class, const char *const *titles,
                        size_t count)
{
    cbk_html_add_element(out, "h2", NULL, heading);
    cbk_str_addf(out, "\n<div class=\"wide\"><table class=\"%s\">\n", class);
    cbk_html_add_head(out, titles, count);
    cbk_str_add(out, "<tbody>\n");
}

static void end_table(struct cbk_str *out)
{
    cbk_str_add(out, "</tbody>\n</table></div>\n");
}

static void add_cell(struct cbk_str *out, const char *tag, const char *text)
{
    cbk_str_add(out, "<td>");
    cbk_html_add_element(out, tag, NULL, text);
    cbk_str_add(out, "</td>");
}

/* ---- findings ---- */

static const struct group {
    const char *severity, *heading, *class;
} groups[] = {
    {"error", "Not fit for application consistency", "findings error"},
    {"warning", "Worth a look", "findings warning"},
};

static void add_finding(struct cbk_str *out, const json_t *finding)
{
    cbk_str_add(out, "<tr><td>");
    cbk_html_add_element(out, "code", NULL, cbk_json_text_or(finding, "instance", ""));
    cbk_str_add_char(out, ' ');
    cbk_html_add_text(out, cbk_json_text_or(finding, "instance_name", ""));
    cbk_str_add(out, "</td>");
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(finding, "id", ""));
    add_cell(out, "code", cbk_json_text_or(finding, "address", ""));
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(finding, "message", ""));
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(finding, "hint", ""));
    cbk_str_add(out, "</tr>\n");
}

static void add_group(const json_t *plan, const struct group *group, struct cbk_str *out)
{
    static const char *const titles[] = {"Instance", "Check", "Of", "What is wrong", "What to do"};
    size_t index, told = 0;
    json_t *finding;
    json_array_foreach(json_object_get(plan, "checks"), index, finding) {
        if (cbk_json_bool(finding, "ok", true) ||
            !cbk_str_equal(cbk_json_text_or(finding, "severity", "error"), group->severity))
            continue;
        if (!told++)
            begin_table(out, group->heading, group->class, titles, CBK_ARRAY_LEN(titles));
        add_finding(out, finding);
    }
    if (told)
        end_table(out);
}

static void add_passed(const json_t *plan, struct cbk_str *out)
{
    size_t index, passed = 0;
    json_t *finding;
    json_array_foreach(json_object_get(plan, "checks"), index, finding)
        passed += cbk_json_bool(finding, "ok", false);
    if (passed)
        cbk_str_addf(out, "<p class=\"dim\">%zu %s passed.</p>\n", passed, passed == 1 ? "check" : "checks");
}

/* ---- predictions ---- */

static void add_prediction(struct cbk_str *out, const json_t *change)
{
    size_t index;
    json_t *reason;
    cbk_str_addf(out, "<tr%s>", cbk_change_is_below(change) ? " class=\"bad\"" : "");
    add_cell(out, "code", cbk_json_text_or(change, "address", ""));
    cbk_html_add_element(out, "td", NULL, cbk_plan_title(change));
    cbk_html_add_element(out, "td", NULL,
                         cbk_json_text_or(change, "after.require", cbk_json_text_or(change, "after.level", "?")));
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(change, "predicted.level", "?"));
    cbk_str_add(out, "<td>");
    json_array_foreach(cbk_json_at(change, "predicted.reasons"), index, reason)
        cbk_html_add_element(out, "div", NULL, json_is_string(reason) ? json_string_value(reason) : "?");
    cbk_str_add(out, "</td></tr>\n");
}

static void add_predictions(const json_t *plan, struct cbk_str *out)
{
    static const char *const titles[] = {"Job or binding", "Instance", "Requires", "Foreseen", "Why"};
    size_t index, told = 0;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        if (!json_object_get(change, "predicted"))
            continue;
        if (!told++)
            begin_table(out, "What backups will be", "predictions", titles, CBK_ARRAY_LEN(titles));
        add_prediction(out, change);
    }
    if (told)
        end_table(out);
}

/* ---- calls of an earlier apply ---- */

static void add_settled(const json_t *plan, struct cbk_str *out)
{
    static const char *const titles[] = {"Whose", "Call", "What became of it"};
    const json_t *rows = json_object_get(plan, "settled");
    size_t index;
    json_t *row;
    if (!json_array_size(rows))
        return;
    begin_table(out, CBK_SETTLED_HEADING, "settled", titles, CBK_ARRAY_LEN(titles));
    json_array_foreach((json_t *)rows, index, row) {
        CBK_STR(call);
        CBK_STR(verdict);
        cbk_settled_add_call(row, &call);
        cbk_settled_add_verdict(row, &verdict);
        cbk_str_add(out, "<tr>");
        add_cell(out, "code", cbk_json_text_or(row, "address", "?"));
        add_cell(out, "code", call.ptr);
        cbk_html_add_element(out, "td", NULL, verdict.ptr);
        cbk_str_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- guards ---- */

static void add_guard(struct cbk_str *out, const json_t *guard)
{
    bool allowed = cbk_json_bool(guard, "allowed", false);
    const char *id = cbk_json_text_or(guard, "id", "?");
    CBK_STR(flag);
    cbk_str_addf(&flag, "%s --allow-%s", allowed ? "allowed by" : "refused without", id);
    cbk_str_addf(out, "<tr%s>", allowed ? "" : " class=\"bad\"");
    add_cell(out, "code", id);
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(guard, "message", ""));
    cbk_html_add_element(out, "td", allowed ? "caution" : "danger", flag.ptr);
    cbk_str_add(out, "</tr>\n");
}

static void add_guards(const json_t *plan, struct cbk_str *out)
{
    static const char *const titles[] = {"Guard", "What it found", ""};
    const json_t *guards = json_object_get(plan, "guards");
    size_t index;
    json_t *guard;
    if (!json_array_size(guards))
        return;
    begin_table(out, "Guards", "guards", titles, CBK_ARRAY_LEN(titles));
    json_array_foreach((json_t *)guards, index, guard)
        add_guard(out, guard);
    end_table(out);
}

void cbk_plan_html_add_checks(const json_t *plan, struct cbk_str *out)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(groups); i++)
        add_group(plan, &groups[i], out);
    add_predictions(plan, out);
    add_passed(plan, out);
    add_guards(plan, out);
    add_settled(plan, out);
}
