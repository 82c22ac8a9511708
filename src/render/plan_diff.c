#include "render/plan_diff.h"

#include "render/plan_lines.h"
#include "render/plan_words.h"

#include <string.h>

#define NAME_CELLS 9
#define MAX_ADDRESS_CELLS 48
#define TITLE_CELLS 22
#define PATH_CELLS 24

static const struct cbk_style plain = {.colour = false};

/* The sign by which a line is coloured; what has none is not. */
static const struct sign {
    const char *name; /* of the mark */
    char sign;
} signs[] = {
    {"create", '+'}, {"run", '+'},     {"replace", '-'}, {"destroy", '-'},
    {"update", '!'}, {"refused", '!'}, {"skipped", '!'},
};

static char sign_of(const struct cbk_mark *mark)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(signs); i++)
        if (strcmp(signs[i].name, mark->name) == 0)
            return signs[i].sign;
    return ' ';
}

static void end_line(struct cbk_str *out)
{
    while (out->len && out->ptr[out->len - 1] == ' ')
        cbk_str_truncate(out, out->len - 1);
    cbk_str_add_char(out, '\n');
}

/* A line below a change: of an attribute, or of the change as a whole where `path` is NULL. */
static void add_side(struct cbk_str *out, char sign, const char *path, const char *text, const char *remark)
{
    if (!text)
        return;
    cbk_str_addf(out, "%c     ", sign);
    if (path)
        cbk_style_add_padded(&plain, out, CBK_PLAIN, path, PATH_CELLS);
    cbk_str_add_visible(out, text);
    if (*remark)
        cbk_str_add(out, "   # ");
    cbk_str_add_visible(out, remark);
    end_line(out);
}

static void add_line(void *context, const struct cbk_plan_line *line)
{
    CBK_STR(remark);
    cbk_str_addf(&remark, "%s%s%s", line->cause ? line->cause : "", line->widens ? "; WIDENS what is allowed" : "",
                 line->shortens ? "; SHORTENS what is kept" : "");
    add_side(context, '-', line->path, line->before, line->after ? "" : remark.ptr);
    add_side(context, '+', line->path, line->after, remark.ptr);
}

static void add_change(const json_t *change, const struct cbk_mark *mark, size_t address_cells, struct cbk_str *out)
{
    const char *file = cbk_json_text(change, "file");
    bool is_refused = cbk_json_bool(change, "refused", false);
    cbk_str_addf(out, "%c ", is_refused ? '!' : sign_of(mark));
    cbk_style_add_padded(&plain, out, CBK_PLAIN, is_refused ? "refused" : mark->name, NAME_CELLS);
    cbk_style_add_padded(&plain, out, CBK_PLAIN, cbk_json_text_or(change, "address", ""), address_cells + 2);
    cbk_style_add_padded(&plain, out, CBK_PLAIN, cbk_plan_title(change), TITLE_CELLS);
    CBK_STR(place);
    CBK_STR(notes);
    if (file)
        cbk_str_addf(&place, "%s:%lld", file, (long long)cbk_json_int(change, "line", 0));
    cbk_plan_add_notes(change, &notes);
    cbk_str_add_visible(out, place.ptr);
    end_line(out);
    add_side(out, ' ', NULL, notes.len ? notes.ptr : NULL, "");
    cbk_plan_each_line(change, add_line, out);
}

static size_t widest_address(const json_t *plan)
{
    size_t widest = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const char *address = cbk_json_text_or(change, "address", "");
        size_t cells = cbk_str_cells(address, strlen(address));
        if (cbk_plan_mark(change) && cells > widest)
            widest = cells;
    }
    return widest < MAX_ADDRESS_CELLS ? widest : MAX_ADDRESS_CELLS;
}

void cbk_plan_diff_add(const json_t *plan, struct cbk_section *section)
{
    size_t index, address_cells = widest_address(plan);
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const struct cbk_mark *mark = cbk_plan_mark(change);
        if (!mark)
            continue;
        add_change(change, mark, address_cells, &section->rows);
        cbk_section_end_row(section);
    }
}
