#include "render/check_text.h"

#include "render/findings.h"

#include <string.h>

#define WHO_CELLS 40
#define LEVEL_CELLS 13
#define ID_CELLS 8

/* How an instance stands. */
enum standing { FIT, UNFIT, UNASKED, STANDING_COUNT };

static const struct standing_row {
    const char *mark;
    enum cbk_colour colour;
    const char *counted; /* in the last line */
} standings[STANDING_COUNT] = {
    [FIT] = {"ok ", CBK_GREEN, "fit"},
    [UNFIT] = {"NO ", CBK_RED, "not fit"},
    [UNASKED] = {" - ", CBK_DIM, "not backed up from here"},
};

static enum standing standing_of(const json_t *instance)
{
    if (!json_array_size(json_object_get(instance, "orders")))
        return UNASKED;
    return cbk_json_bool(instance, "fit", false) ? FIT : UNFIT;
}

static void add_orders(const json_t *instance, struct cbk_str *out)
{
    size_t index;
    json_t *order;
    json_array_foreach(json_object_get(instance, "orders"), index, order) {
        const char *address = cbk_json_text_or(order, "address", "");
        cbk_str_addf(out, "%s%.*s requires %s", index ? ", " : "", (int)strcspn(address, "["), address,
                     cbk_json_text_or(order, "required", "?"));
    }
}

static void add_instance(const json_t *instance, const struct cbk_style *style, struct cbk_str *out)
{
    const struct standing_row *row = &standings[standing_of(instance)];
    CBK_STR(who);
    CBK_STR(orders);
    cbk_render_instance(cbk_json_text_or(instance, "id", ""), cbk_json_text_or(instance, "name", ""), &who);
    add_orders(instance, &orders);
    cbk_str_add(out, "  ");
    cbk_style_add(style, out, row->colour, row->mark);
    cbk_str_add(out, "  ");
    cbk_style_add_padded(style, out, CBK_BOLD, who.ptr, WHO_CELLS);
    cbk_style_add_padded(style, out, row->colour, cbk_json_text_or(instance, "level", "?"), LEVEL_CELLS);
    cbk_style_add(style, out, CBK_DIM, orders.len ? orders.ptr : "nothing backs it up");
    cbk_str_add_char(out, '\n');
}

static void add_finding(const json_t *finding, const struct cbk_style *style, struct cbk_str *out)
{
    const char *severity = cbk_json_text_or(finding, "severity", "error");
    const char *hint = cbk_json_text(finding, "hint");
    bool is_warning = cbk_str_equal(severity, "warning");
    cbk_str_add(out, "         ");
    cbk_style_add_padded(style, out, is_warning ? CBK_YELLOW : CBK_RED, cbk_json_text_or(finding, "id", ""), ID_CELLS);
    cbk_style_add(style, out, CBK_PLAIN, is_warning ? "worth a look: " : "");
    cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(finding, "message", ""));
    cbk_str_add_char(out, '\n');
    if (!hint)
        return;
    cbk_str_add(out, "         ");
    cbk_style_add_padded(style, out, CBK_PLAIN, "", ID_CELLS);
    cbk_style_add(style, out, CBK_DIM, hint);
    cbk_str_add_char(out, '\n');
}

static void add_heading(const json_t *fitness, const struct cbk_style *style, struct cbk_str *out)
{
    const char *account = cbk_json_text(fitness, "account");
    CBK_STR(line);
    cbk_str_addf(&line, "cbk check \u00b7 stack %s", cbk_json_text_or(fitness, "stack", "?"));
    if (account)
        cbk_str_addf(&line, " \u00b7 account %s", account);
    cbk_str_addf(&line, " \u00b7 %s", cbk_json_text_or(fitness, "region", "?"));
    cbk_style_add(style, out, CBK_BOLD, line.ptr);
    cbk_str_add(out, "\n\n");
}

static void add_summary(const size_t *counts, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_STR(line);
    for (size_t i = 0; i < STANDING_COUNT; i++)
        if (counts[i] || i < UNASKED)
            cbk_str_addf(&line, "%s%zu %s", line.len ? ", " : "Instances: ", counts[i], standings[i].counted);
    cbk_str_add_char(&line, '.');
    cbk_str_add_char(out, '\n');
    cbk_style_add(style, out, CBK_BOLD, line.ptr);
    cbk_str_add_char(out, '\n');
}

void cbk_render_check_text(const json_t *fitness, const struct cbk_style *style, struct cbk_str *out)
{
    size_t counts[STANDING_COUNT] = {0}, index, inner;
    json_t *instance, *finding;
    add_heading(fitness, style, out);
    json_array_foreach(json_object_get(fitness, "instances"), index, instance) {
        counts[standing_of(instance)]++;
        add_instance(instance, style, out);
        json_array_foreach(json_object_get(instance, "findings"), inner, finding)
            if (!cbk_json_bool(finding, "ok", true))
                add_finding(finding, style, out);
    }
    add_summary(counts, style, out);
}
