#include "base/time.h"
#include "render/evidence.h"

/* The columns of the list. */
static const struct column {
    const char *title;
    size_t cells;
} columns[] = {{"INSTANCE", 34}, {"LEVEL", 14}, {"TAKEN", 22}, {"AGE", 6}, {"EXPIRES", 22}, {"POINT", 26}, {"JOB", 1}};
enum { INSTANCE, LEVEL, TAKEN, AGE, EXPIRES, POINT, JOB };

static void add_time(struct cbk_str *out, const json_t *point, const char *key)
{
    int64_t when = cbk_json_int(point, key, 0);
    if (when)
        cbk_time_add_utc(out, when);
    else
        cbk_str_add_char(out, '-');
}

static enum cbk_colour colour_of(const char *level)
{
    if (cbk_str_equal(level, "application"))
        return CBK_GREEN;
    return cbk_str_equal(level, "unproven") ? CBK_RED : CBK_YELLOW;
}

static void add_point(const json_t *point, const struct cbk_style *style, struct cbk_str *out)
{
    const char *name = cbk_json_text_or(point, "name", ""), *level = cbk_json_text_or(point, "level", "?");
    const char *why = cbk_json_text(point, "why");
    CBK_STR(who);
    CBK_STR(taken);
    CBK_STR(age);
    CBK_STR(expires);
    cbk_str_addf(&who, *name ? "%s (%s)" : "%s%s", cbk_json_text_or(point, "instance", "?"), name);
    add_time(&taken, point, "time");
    cbk_duration_add_rough(&age, cbk_json_int(point, "age", 0));
    add_time(&expires, point, "expires");
    cbk_style_add_padded(style, out, CBK_PLAIN, who.ptr, columns[INSTANCE].cells);
    cbk_style_add_padded(style, out, colour_of(level), level, columns[LEVEL].cells);
    cbk_style_add_padded(style, out, CBK_PLAIN, taken.ptr, columns[TAKEN].cells);
    cbk_style_add_padded(style, out, CBK_PLAIN, age.ptr, columns[AGE].cells);
    cbk_style_add_padded(style, out, CBK_PLAIN, expires.ptr, columns[EXPIRES].cells);
    cbk_style_add_padded(style, out, CBK_PLAIN, cbk_json_text_or(point, "snapshot_id", "?"), columns[POINT].cells);
    cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(point, "job_id", "?"));
    cbk_str_add_char(out, '\n');
    if (!why)
        return;
    cbk_str_add(out, "    ");
    cbk_style_add(style, out, CBK_DIM, why);
    cbk_str_add_char(out, '\n');
}

void cbk_render_points_text(const json_t *list, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *points = json_object_get(list, "points");
    size_t index;
    json_t *point;
    if (!json_array_size(points)) {
        cbk_str_add(out, "There are no recovery points.\n");
        return;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(columns) - 1; i++)
        cbk_style_add_padded(style, out, CBK_BOLD, columns[i].title, columns[i].cells);
    cbk_style_add(style, out, CBK_BOLD, columns[JOB].title);
    cbk_str_add_char(out, '\n');
    json_array_foreach((json_t *)points, index, point)
        add_point(point, style, out);
}
