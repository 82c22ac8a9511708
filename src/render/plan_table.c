#include "render/plan_table.h"

#include "render/markdown.h"
#include "render/plan_dangers.h"
#include "render/settled.h"

void cbk_plan_table_dangers(const json_t *plan, struct cbk_section *section)
{
    static const char *const titles[] = {"", "What", "Why"};
    CBK_JSON *dangers = cbk_plan_dangers(plan);
    size_t index;
    json_t *danger;
    cbk_str_add(&section->before, "#### Look at this first\n\n");
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
    json_array_foreach(dangers, index, danger) {
        const char *title = cbk_json_text_or(danger, "title", "");
        CBK_STR(label);
        CBK_STR(subject);
        CBK_STR(why);
        cbk_str_addf(&label, "**%s**", cbk_json_text_or(danger, "label", ""));
        cbk_markdown_add_code(&subject, cbk_json_text_or(danger, "subject", ""));
        if (*title)
            cbk_str_add_char(&subject, ' ');
        cbk_markdown_add_text(&subject, title);
        cbk_markdown_add_text(&why, cbk_json_text_or(danger, "why", ""));
        const char *const cells[] = {label.ptr, subject.ptr, why.ptr};
        cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
        cbk_section_end_row(section);
    }
}

/* What is found of an instance twice, for a job and for a binding, is told once. */
static bool is_told(json_t *told, const json_t *finding)
{
    CBK_STR(key);
    cbk_str_addf(&key, "%s\n%s\n%s", cbk_json_text_or(finding, "instance", ""), cbk_json_text_or(finding, "id", ""),
                 cbk_json_text_or(finding, "message", ""));
    bool known = json_object_get(told, key.ptr) != NULL;
    json_object_set_new(told, key.ptr, json_true());
    return known;
}

static void add_finding(const json_t *finding, struct cbk_section *section)
{
    const char *name = cbk_json_text_or(finding, "instance_name", "");
    CBK_STR(who);
    CBK_STR(message);
    CBK_STR(hint);
    cbk_markdown_add_code(&who, cbk_json_text_or(finding, "instance", "?"));
    if (*name)
        cbk_str_add_char(&who, ' ');
    cbk_markdown_add_text(&who, name);
    cbk_markdown_add_text(&message, cbk_json_text_or(finding, "message", ""));
    cbk_markdown_add_text(&hint, cbk_json_text_or(finding, "hint", ""));
    CBK_STR(id);
    cbk_markdown_add_text(&id, cbk_json_text_or(finding, "id", ""));
    const char *const cells[] = {who.ptr, id.ptr, message.ptr, hint.ptr};
    cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
    cbk_section_end_row(section);
}

static void add_findings(const json_t *plan, const char *severity, struct cbk_section *section)
{
    static const char *const titles[] = {"Instance", "Check", "What is wrong", "What to do"};
    CBK_JSON *told = json_object();
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(plan, "checks"), index, finding)
        if (!cbk_json_bool(finding, "ok", true) &&
            cbk_str_equal(cbk_json_text_or(finding, "severity", "error"), severity) && !is_told(told, finding))
            add_finding(finding, section);
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
}

void cbk_plan_table_unfit(const json_t *plan, struct cbk_section *section)
{
    cbk_str_add(&section->before, "#### Not fit for application consistency\n\n");
    add_findings(plan, "error", section);
}

void cbk_plan_table_settled(const json_t *plan, struct cbk_section *section)
{
    static const char *const titles[] = {"Whose", "Call", "What became of it"};
    size_t index;
    json_t *row;
    cbk_str_add(&section->before, "#### " CBK_SETTLED_HEADING "\n\n");
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
    json_array_foreach(json_object_get(plan, "settled"), index, row) {
        CBK_STR(call);
        CBK_STR(verdict);
        CBK_STR(whose);
        CBK_STR(what);
        CBK_STR(became);
        cbk_settled_add_call(row, &call);
        cbk_settled_add_verdict(row, &verdict);
        cbk_markdown_add_code(&whose, cbk_json_text_or(row, "address", "?"));
        cbk_markdown_add_code(&what, call.ptr);
        cbk_markdown_add_text(&became, verdict.ptr);
        const char *const cells[] = {whose.ptr, what.ptr, became.ptr};
        cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
        cbk_section_end_row(section);
    }
}

void cbk_plan_table_warnings(const json_t *plan, struct cbk_section *section)
{
    add_findings(plan, "warning", section);
    cbk_str_clear(&section->after);
    cbk_section_fold(section, "Worth a look", /* open= */ false);
}
