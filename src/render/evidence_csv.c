#include "base/time.h"
#include "render/evidence.h"

#include <string.h>

/* Adds a cell as it has to stand; what begins like a formula must not become one in a spreadsheet. */
static void add_cell(struct cbk_str *out, const char *text)
{
    bool is_formula = *text && strchr("=+-@", *text);
    bool needs_quotes = is_formula || strpbrk(text, ",\"") != NULL;
    if (needs_quotes)
        cbk_str_add_char(out, '"');
    if (is_formula)
        cbk_str_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            cbk_str_add_char(out, '"');
        cbk_str_add_char(out, *text);
    }
    if (needs_quotes)
        cbk_str_add_char(out, '"');
}

enum form { TEXT, WHEN, NUMBER, LIST, YES_NO };

/* The columns: where a value stands in {instance, demand, point}, and how it is written. */
static const struct column {
    const char *title, *trail;
    enum form form;
} columns[] = {
    {"instance", "instance.instance", TEXT},
    {"name", "instance.name", TEXT},
    {"address", "demand.address", TEXT},
    {"require", "demand.require", TEXT},
    {"ok", "demand.ok", YES_NO},
    {"level", "point.level", TEXT},
    {"taken", "point.time", WHEN},
    {"age_seconds", "point.age", NUMBER},
    {"max_age_seconds", "demand.max_age", NUMBER},
    {"expires", "point.expires", WHEN},
    {"snapshot_id", "point.snapshot_id", TEXT},
    {"job_id", "point.job_id", TEXT},
    {"disk_snapshots", "point.disk_snapshots", LIST},
    {"pre_freeze_sha256", "point.scripts.pre_freeze", TEXT},
    {"post_thaw_sha256", "point.scripts.post_thaw", TEXT},
    {"gaps", "demand.gaps", LIST},
    {"notes", "demand.notes", LIST},
};

static void add_list(struct cbk_str *cell, const json_t *list)
{
    size_t index;
    json_t *text;
    json_array_foreach((json_t *)list, index, text)
        cbk_str_addf(cell, "%s%s", index ? "; " : "", json_string_value(text));
}

static void add_value(struct cbk_str *cell, const struct column *column, const json_t *row)
{
    const json_t *value = cbk_json_at(row, column->trail);
    if (column->form == YES_NO)
        cbk_str_add(cell, json_is_true(value) ? "yes" : "no");
    else if (column->form == LIST)
        add_list(cell, value);
    else if (column->form == TEXT)
        cbk_str_add(cell, json_is_string(value) ? json_string_value(value) : "");
    else if (column->form == WHEN && json_is_integer(value))
        cbk_time_add_utc(cell, json_integer_value(value));
    else if (json_is_integer(value))
        cbk_str_addf(cell, "%lld", (long long)json_integer_value(value));
}

static void add_row(struct cbk_str *out, const json_t *row)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(columns); i++) {
        CBK_STR(cell);
        CBK_STR(visible); /* a table may be looked at on a terminal, too */
        add_value(&cell, &columns[i], row);
        cbk_str_add_visible(&visible, cell.ptr);
        if (i)
            cbk_str_add_char(out, ',');
        add_cell(out, visible.ptr);
    }
    cbk_str_add(out, "\r\n");
}

static void add_instance(struct cbk_str *out, json_t *instance)
{
    size_t index;
    json_t *demand;
    json_array_foreach(json_object_get(instance, "demands"), index, demand) {
        CBK_JSON *row = json_pack("{s:O, s:O, s:O}", "instance", instance, "demand", demand, "point",
                                  json_object_get(demand, "point"));
        add_row(out, row);
    }
    if (index)
        return;
    CBK_JSON *row = json_pack("{s:O, s:{s:b, s:[s]}, s:O}", "instance", instance, "demand", "ok", 0, "gaps",
                              "covered by no job and no binding", "point", json_object_get(instance, "newest"));
    add_row(out, row);
}

void cbk_render_evidence_csv(const json_t *evidence, struct cbk_str *out)
{
    size_t index;
    json_t *instance;
    for (size_t i = 0; i < CBK_ARRAY_LEN(columns); i++)
        cbk_str_addf(out, "%s%s", i ? "," : "", columns[i].title);
    cbk_str_add(out, "\r\n");
    json_array_foreach(json_object_get(evidence, "instances"), index, instance)
        add_instance(out, instance);
}
