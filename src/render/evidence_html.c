#include "base/time.h"
#include "render/evidence.h"
#include "render/html.h"

#include <string.h>

static const char style[] =
    ".line{white-space:nowrap}.ids{min-width:17rem}.ok{color:var(--good);font-weight:600}.gap{color:var(--bad);"
    "font-weight:600}.why{color:var(--bad)}.note{color:var(--warn)}tr.bad{background:var(--bad-paper)}\n";

static void add_about(struct cbk_str *out, const json_t *evidence)
{
    const char *account = cbk_json_text(evidence, "account");
    const char *commit = cbk_json_text(evidence, "provenance.commit");
    CBK_STR(about);
    cbk_str_addf(&about, "%s%s%sregion %s \u00b7 %s by the cloud's clock", account ? "account " : "",
                 account ? account : "", account ? " \u00b7 " : "", cbk_json_text_or(evidence, "region", "?"),
                 cbk_json_text_or(evidence, "time", "?"));
    if (commit)
        cbk_str_addf(&about, " \u00b7 declared in commit %s%s", commit,
                     cbk_json_bool(evidence, "provenance.dirty", false) ? ", with changes that are not committed" : "");
    CBK_STR(title);
    cbk_str_addf(&title, "Recovery points of %s", cbk_json_text_or(evidence, "stack", "?"));
    cbk_html_add_element(out, "h1", NULL, title.ptr);
    cbk_html_add_element(out, "p", "about", about.ptr);
    cbk_str_add_char(out, '\n');
}

static void add_figures(struct cbk_str *out, const json_t *summary)
{
    static const struct {
        const char *key, *words;
    } figures[] = {{"instances", "instances"},
                   {"application", "proven application-consistent"},
                   {"ok", "with all demands met"},
                   {"gaps", "with a gap"},
                   {"uncovered", "without job and binding"}};
    cbk_str_add(out, "<div class=\"figures\">");
    for (size_t i = 0; i < CBK_ARRAY_LEN(figures); i++)
        cbk_str_addf(out, "<div class=\"figure\"><b>%lld</b>%s</div>",
                     (long long)cbk_json_int(summary, figures[i].key, 0), figures[i].words);
    cbk_str_add(out, "</div>\n");
}

static void add_verdict(struct cbk_str *out, const json_t *evidence)
{
    CBK_STR(words);
    cbk_evidence_add_verdict(evidence, &words);
    cbk_str_add_char(&words, ' ');
    cbk_evidence_add_oldest(evidence, &words);
    cbk_html_add_element(out, "p", cbk_json_int(evidence, "summary.gaps", 0) > 0 ? "verdict gaps" : "verdict",
                         words.ptr);
    cbk_str_add_char(out, '\n');
}

/* ---- the table ---- */

static void add_lines(struct cbk_str *out, const json_t *texts, const char *class)
{
    size_t index;
    json_t *text;
    json_array_foreach((json_t *)texts, index, text)
        cbk_html_add_element(out, "div", class, json_string_value(text));
}

static void add_who(struct cbk_str *out, const json_t *instance)
{
    cbk_str_add(out, "<td>");
    cbk_html_add_element(out, "div", NULL, cbk_json_text_or(instance, "name", ""));
    cbk_html_add_element(out, "code", NULL, cbk_json_text_or(instance, "instance", "?"));
    cbk_str_add(out, "</td>");
}

static void add_demand_cell(struct cbk_str *out, const json_t *demand)
{
    const char *address = cbk_json_text_or(demand, "address", "?");
    CBK_CLEANUP(cbk_string_freep) char *declaration = cbk_strndup(address, strcspn(address, "["));
    int64_t max_age = cbk_json_int(demand, "max_age", 0);
    CBK_STR(words);
    cbk_str_addf(&words, "%s or better", cbk_json_text_or(demand, "require", "?"));
    if (max_age) {
        cbk_str_add(&words, ", no older than ");
        cbk_duration_add(&words, max_age);
    }
    cbk_str_add(out, "<td>");
    cbk_html_add_element(out, "code", "line", declaration);
    cbk_html_add_element(out, "div", "dim", words.ptr);
    cbk_str_add(out, "</td>");
}

static void add_age_cell(struct cbk_str *out, const json_t *point)
{
    int64_t expires = cbk_json_int(point, "expires", 0);
    CBK_STR(taken);
    CBK_STR(words);
    cbk_time_add_utc(&taken, cbk_json_int(point, "time", 0));
    cbk_duration_add_rough(&words, cbk_json_int(point, "age", 0));
    cbk_str_add(&words, expires ? " old, expires " : " old, no end is told");
    if (expires)
        cbk_time_add_utc(&words, expires);
    cbk_str_add(out, "<td>");
    cbk_html_add_element(out, "div", "line", taken.ptr);
    cbk_html_add_element(out, "div", "dim", words.ptr);
    cbk_str_add(out, "</td>");
}

static void add_row_of_ids(struct cbk_str *out, const char *what, const char *id)
{
    if (!id)
        return;
    cbk_str_addf(out, "<div><span class=\"dim\">%s</span> ", what);
    cbk_html_add_element(out, "code", NULL, id);
    cbk_str_add(out, "</div>");
}

static void add_ids_cell(struct cbk_str *out, const json_t *point)
{
    size_t index;
    json_t *disk;
    cbk_str_add(out, "<td class=\"ids\">");
    add_row_of_ids(out, "point", cbk_json_text(point, "snapshot_id"));
    add_row_of_ids(out, "job", cbk_json_text(point, "job_id"));
    json_array_foreach(json_object_get(point, "disk_snapshots"), index, disk)
        add_row_of_ids(out, "disk", json_string_value(disk));
    add_row_of_ids(out, "pre-freeze", cbk_json_text(point, "scripts.pre_freeze"));
    add_row_of_ids(out, "post-thaw", cbk_json_text(point, "scripts.post_thaw"));
    cbk_str_add(out, "</td>");
}

static void add_point_cells(struct cbk_str *out, const json_t *point)
{
    if (!json_is_object(point)) {
        cbk_str_add(out, "<td class=\"why\">none</td><td></td><td></td>");
        return;
    }
    cbk_html_add_element(out, "td", NULL, cbk_json_text_or(point, "level", "?"));
    add_age_cell(out, point);
    add_ids_cell(out, point);
}

static void add_mark(struct cbk_str *out, bool ok)
{
    cbk_str_addf(out, "<tr%s><td class=\"%s\">%s</td>", ok ? "" : " class=\"bad\"", ok ? "ok" : "gap",
                 ok ? "ok" : "GAP");
}

static void add_demand(struct cbk_str *out, const json_t *instance, const json_t *demand)
{
    add_mark(out, cbk_json_bool(demand, "ok", false));
    add_who(out, instance);
    add_demand_cell(out, demand);
    add_point_cells(out, json_object_get(demand, "point"));
    cbk_str_add(out, "<td>");
    add_lines(out, json_object_get(demand, "gaps"), "why");
    add_lines(out, json_object_get(demand, "notes"), "note");
    cbk_str_add(out, "</td></tr>\n");
}

static void add_instance(struct cbk_str *out, const json_t *instance)
{
    size_t index;
    json_t *demand;
    json_array_foreach(json_object_get(instance, "demands"), index, demand)
        add_demand(out, instance, demand);
    if (index)
        return;
    add_mark(out, false);
    add_who(out, instance);
    cbk_str_add(out, "<td class=\"why\">no job and no binding</td>");
    add_point_cells(out, json_object_get(instance, "newest"));
    cbk_str_add(out, "<td></td></tr>\n");
}

static void add_table(struct cbk_str *out, const json_t *evidence)
{
    static const char *const titles[] = {"", "Instance", "Demand", "Level", "Taken", "Identified by", "Remarks"};
    size_t index;
    json_t *instance;
    cbk_str_add(out, "<h2>Each instance</h2>\n<div class=\"wide\"><table>\n");
    cbk_html_add_head(out, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(out, "<tbody>\n");
    json_array_foreach(json_object_get(evidence, "instances"), index, instance)
        add_instance(out, instance);
    cbk_str_add(out, "</tbody>\n</table></div>\n");
}

static const char how[] =
    "<h2>How to read this</h2>\n"
    "<p>A level is <em>proven</em> where two witnesses agree: what Cloud Backup tells of the recovery point, and the "
    "tags "
    "on its disk snapshots. Where they do not, or say what is not understood, it is <em>unproven</em>, which counts "
    "for "
    "nothing. A job that the service calls complete proves nothing by itself. Ages are by the cloud's clock. The "
    "hashes "
    "of the freeze and thaw scripts (SHA-256) are those that stood on the instance when they were last read before the "
    "job; of points that a schedule made none are known.</p>\n";

void cbk_render_evidence_html(const json_t *evidence, struct cbk_str *out)
{
    CBK_STR(title);
    cbk_str_addf(&title, "Recovery points of %s, %s", cbk_json_text_or(evidence, "stack", "?"),
                 cbk_json_text_or(evidence, "time", "?"));
    cbk_html_begin_page(out, title.ptr, style);
    add_about(out, evidence);
    add_verdict(out, evidence);
    add_figures(out, json_object_get(evidence, "summary"));
    add_table(out, evidence);
    cbk_str_add(out, how);
    cbk_html_end_page(out);
}
