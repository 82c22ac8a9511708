/* The changes of a plan's page. */
#include "render/html.h"
#include "render/plan_html_parts.h"
#include "render/plan_lines.h"
#include "render/plan_words.h"

#include <string.h>

/* What changes are called, in the order of the boxes; the names of the marks. */
static const char *const names[] = {"refused", "destroy", "replace", "create",  "update",     "run",
                                    "adopt",   "note",    "forget",  "skipped", "passed-over"};

/* How a change is shown; NULL: not at all. */
static const char *name_of(const json_t *change)
{
    const struct cbk_mark *mark = cbk_plan_mark(change);
    if (!mark)
        return NULL;
    return cbk_json_bool(change, "refused", false) ? "refused" : mark->name;
}

static size_t count_of(const json_t *changes, const char *name)
{
    size_t count = 0, index;
    json_t *change;
    json_array_foreach((json_t *)changes, index, change)
        count += cbk_str_equal(name_of(change), name);
    return count;
}

/* The boxes come before what they hide, so that style can tell them. */
static void add_boxes(const json_t *changes, struct cbk_str *out)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        size_t count = count_of(changes, names[i]);
        if (count)
            cbk_str_addf(out,
                         "<input type=\"checkbox\" id=\"show-%s\" checked><label class=\"badge %s\" for=\"show-%s\">"
                         "%zu %s</label>\n",
                         names[i], names[i], names[i], count, names[i]);
    }
}

static void add_side(struct cbk_str *out, const char *tag, const char *text)
{
    cbk_str_add(out, "<td>");
    if (text)
        cbk_html_add_element(out, tag, NULL, text);
    cbk_str_add(out, "</td>");
}

static void add_line(void *context, const struct cbk_plan_line *line)
{
    struct cbk_str *out = context;
    const char *cause = cbk_cause_words(line->cause);
    cbk_str_add(out, "<tr><td><code>");
    cbk_html_add_text(out, line->path);
    cbk_str_add(out, "</code></td>");
    add_side(out, "del", line->before);
    add_side(out, "ins", line->after);
    cbk_str_add(out, "<td>");
    if (line->widens)
        cbk_html_add_element(out, "b", "danger", "WIDENS what is allowed");
    if (line->shortens)
        cbk_html_add_element(out, "b", "danger", "SHORTENS what is kept");
    if (cause)
        cbk_html_add_element(out, "span", "dim", cause);
    cbk_str_add(out, "</td></tr>\n");
}

static void add_lines(struct cbk_str *out, const json_t *change)
{
    CBK_STR(rows);
    cbk_plan_each_line(change, add_line, &rows);
    if (rows.len)
        cbk_str_addf(out, "<div class=\"wide\"><table class=\"lines\"><tbody>\n%s</tbody></table></div>\n", rows.ptr);
}

static void add_place(struct cbk_str *out, const json_t *change)
{
    const char *file = cbk_json_text(change, "file");
    CBK_STR(place);
    if (!file)
        return;
    cbk_str_addf(&place, "%s:%lld", file, (long long)cbk_json_int(change, "line", 0));
    cbk_html_add_element(out, "code", "place dim", place.ptr);
}

static void add_change(struct cbk_str *out, const json_t *change, const char *name)
{
    const char *refusal = cbk_json_text(change, "refusal");
    CBK_STR(notes);
    cbk_plan_add_notes(change, &notes);
    cbk_str_addf(out, "<details open class=\"change %s\"><summary><span class=\"badge %s\">%s</span> ", name, name,
                 name);
    cbk_html_add_element(out, "code", NULL, cbk_json_text_or(change, "address", ""));
    cbk_str_add_char(out, ' ');
    cbk_html_add_element(out, "span", NULL, cbk_plan_title(change));
    cbk_str_add_char(out, ' ');
    add_place(out, change);
    cbk_str_add(out, "</summary>\n");
    if (refusal)
        cbk_html_add_element(out, "p", "danger", refusal);
    if (notes.len)
        cbk_html_add_element(out, "p", "dim", notes.ptr);
    add_lines(out, change);
    cbk_str_add(out, "</details>\n");
}

static void add_unchanged(struct cbk_str *out, const json_t *changes)
{
    size_t index, count = 0;
    json_t *change;
    CBK_STR(rows);
    json_array_foreach((json_t *)changes, index, change) {
        if (name_of(change))
            continue;
        count++;
        cbk_str_add(&rows, "<li>");
        cbk_html_add_element(&rows, "code", NULL, cbk_json_text_or(change, "address", "?"));
        cbk_str_add_char(&rows, ' ');
        cbk_html_add_text(&rows, cbk_plan_title(change));
        if (cbk_json_bool(change, "left_out", false))
            cbk_str_add(&rows, " <b>left out of this plan</b>");
        cbk_str_add(&rows, "</li>\n");
    }
    if (count)
        cbk_str_addf(
            out, "<details class=\"unchanged\"><summary>%zu without a change</summary>\n<ul>\n%s</ul>\n</details>\n",
            count, rows.ptr);
}

void cbk_plan_html_add_changes(const json_t *plan, struct cbk_str *out)
{
    const json_t *changes = json_object_get(plan, "changes");
    size_t index;
    json_t *change;
    CBK_STR(shown);
    json_array_foreach((json_t *)changes, index, change) {
        const char *name = name_of(change);
        if (name)
            add_change(&shown, change, name);
    }
    if (json_array_size(changes))
        cbk_str_add(out, "<h2>Changes</h2>\n<div class=\"changes\">\n");
    if (shown.len)
        add_boxes(changes, out);
    cbk_str_add(out, shown.ptr);
    add_unchanged(out, changes);
    if (json_array_size(changes))
        cbk_str_add(out, "</div>\n");
}
