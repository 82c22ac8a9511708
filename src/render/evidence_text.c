#include "base/time.h"
#include "render/evidence.h"

#include <string.h>

#define WHO_CELLS 34
#define ADDRESS_CELLS 30
#define LEVEL_CELLS 14
#define AGE_CELLS 24

/* Everything on its way through one rendering. */
struct page {
    const struct cbk_style *style;
    struct cbk_str *out;
};

static void add(const struct page *page, enum cbk_colour colour, const char *text)
{
    cbk_style_add(page->style, page->out, colour, text);
}

static void pad(const struct page *page, enum cbk_colour colour, const char *text, size_t cells)
{
    cbk_style_add_padded(page->style, page->out, colour, text, cells);
}

static void add_heading(const struct page *page, const json_t *evidence)
{
    const char *account = cbk_json_text(evidence, "account");
    CBK_STR(line);
    cbk_str_addf(&line, "cbk evidence \u00b7 stack %s%s%s \u00b7 %s \u00b7 %s by the cloud's clock",
                 cbk_json_text_or(evidence, "stack", "?"), account ? " \u00b7 account " : "", account ? account : "",
                 cbk_json_text_or(evidence, "region", "?"), cbk_json_text_or(evidence, "time", "?"));
    add(page, CBK_BOLD, line.ptr);
    cbk_str_add(page->out, "\n\n");
}

static void add_who(const struct page *page, const json_t *instance)
{
    const char *name = cbk_json_text_or(instance, "name", "");
    CBK_STR(who);
    cbk_str_add(&who, cbk_json_text_or(instance, "instance", "?"));
    if (*name)
        cbk_str_addf(&who, " (%s)", name);
    pad(page, CBK_PLAIN, who.ptr, WHO_CELLS);
}

/* snapshot_jobs.mysql["i-1"]: the instance has been named already. */
static void add_address(const struct page *page, const json_t *demand)
{
    const char *address = cbk_json_text_or(demand, "address", "?");
    CBK_CLEANUP(cbk_string_freep) char *declaration = cbk_strndup(address, strcspn(address, "["));
    pad(page, CBK_PLAIN, declaration, ADDRESS_CELLS);
}

static void add_point(const struct page *page, const json_t *demand)
{
    const json_t *point = json_object_get(demand, "point");
    int64_t max_age = cbk_json_int(demand, "max_age", 0);
    CBK_STR(age);
    if (!json_is_object(point)) {
        add(page, CBK_RED, "none");
        return;
    }
    cbk_duration_add_rough(&age, cbk_json_int(point, "age", 0));
    cbk_str_add(&age, " old");
    if (max_age) {
        cbk_str_add(&age, ", ");
        cbk_duration_add(&age, max_age);
        cbk_str_add(&age, " allowed");
    }
    pad(page, CBK_PLAIN, cbk_json_text_or(point, "level", "?"), LEVEL_CELLS);
    pad(page, CBK_PLAIN, age.ptr, AGE_CELLS);
    add(page, CBK_DIM, cbk_json_text_or(point, "snapshot_id", ""));
    cbk_str_add_char(page->out, ' ');
    add(page, CBK_DIM, cbk_json_text_or(point, "job_id", ""));
}

static void add_lines(const struct page *page, const json_t *texts, enum cbk_colour colour)
{
    size_t index;
    json_t *text;
    json_array_foreach((json_t *)texts, index, text) {
        cbk_str_add(page->out, "         ");
        add(page, colour, json_string_value(text));
        cbk_str_add_char(page->out, '\n');
    }
}

static void add_mark(const struct page *page, bool ok)
{
    add(page, ok ? CBK_GREEN : CBK_RED, ok ? "  ok   " : "  GAP  ");
}

static void add_demand(const struct page *page, const json_t *instance, const json_t *demand)
{
    add_mark(page, cbk_json_bool(demand, "ok", false));
    add_who(page, instance);
    add_address(page, demand);
    add_point(page, demand);
    cbk_str_add_char(page->out, '\n');
    add_lines(page, json_object_get(demand, "gaps"), CBK_RED);
    add_lines(page, json_object_get(demand, "notes"), CBK_YELLOW);
}

static void add_instance(const struct page *page, const json_t *instance)
{
    size_t index;
    json_t *demand;
    json_array_foreach(json_object_get(instance, "demands"), index, demand)
        add_demand(page, instance, demand);
    if (index)
        return;
    add_mark(page, false);
    add_who(page, instance);
    add(page, CBK_RED, "covered by no job and no binding");
    cbk_str_add_char(page->out, '\n');
}

void cbk_render_evidence_text(const json_t *evidence, const struct cbk_style *style, struct cbk_str *out)
{
    const struct page page = {.style = style, .out = out};
    bool has_gaps = cbk_json_int(evidence, "summary.gaps", 0) > 0;
    size_t index;
    json_t *instance;
    CBK_STR(verdict);
    CBK_STR(oldest);
    add_heading(&page, evidence);
    json_array_foreach(json_object_get(evidence, "instances"), index, instance)
        add_instance(&page, instance);
    cbk_evidence_add_verdict(evidence, &verdict);
    cbk_evidence_add_oldest(evidence, &oldest);
    cbk_str_add_char(out, '\n');
    add(&page, has_gaps ? CBK_RED : CBK_GREEN, verdict.ptr);
    cbk_str_add_char(out, '\n');
    if (oldest.len) {
        add(&page, CBK_PLAIN, oldest.ptr);
        cbk_str_add_char(out, '\n');
    }
}
