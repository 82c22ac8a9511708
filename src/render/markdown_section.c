#include "render/markdown_section.h"

#include "render/markdown.h"

void cbk_section_release(struct cbk_section *section)
{
    cbk_str_release(&section->before);
    cbk_str_release(&section->after);
    cbk_str_release(&section->rows);
    cbk_offsets_release(&section->ends);
}

void cbk_section_end_row(struct cbk_section *section)
{
    cbk_offsets_push(&section->ends, section->rows.len);
}

void cbk_section_fold(struct cbk_section *section, const char *heading, bool open)
{
    CBK_CLEANUP(cbk_string_freep) char *before = cbk_str_detach(&section->before);
    cbk_str_addf(&section->before, "<details%s><summary><b>%s</b> (%zu)</summary>\n\n%s", open ? " open" : "", heading,
                 section->ends.len, before);
    cbk_markdown_end_details(&section->after);
    cbk_str_add(&section->after, "\n");
}

static size_t length_of(const struct cbk_str *text)
{
    return cbk_markdown_length(text->ptr, text->len);
}

static void add_notice(const struct cbk_section *section, size_t left_out, struct cbk_str *out)
{
    cbk_str_addf(out, "**%zu of %zu %s left out: there is no room for them here.**\n\n", left_out, section->ends.len,
                 section->what);
}

/* The longest that the notice can be; nothing where there is nothing to leave out. */
static size_t notice_length(const struct cbk_section *section)
{
    CBK_STR(notice);
    if (section->ends.len)
        add_notice(section, section->ends.len, &notice);
    return length_of(&notice);
}

/* Adds the rows that fit, each of them whole, and answers how many do not. */
static size_t add_rows(const struct cbk_section *section, size_t room, struct cbk_str *out)
{
    size_t left_out = 0, begin = 0;
    for (size_t i = 0; i < section->ends.len; i++) {
        size_t end = section->ends.items[i], length = cbk_markdown_length(section->rows.ptr + begin, end - begin);
        if (length <= room) {
            cbk_str_add_bytes(out, section->rows.ptr + begin, end - begin);
            room -= length;
        } else {
            left_out++;
        }
        begin = end;
    }
    return left_out;
}

static void add_section(const struct cbk_section *section, size_t room, struct cbk_str *out)
{
    size_t around = length_of(&section->before) + length_of(&section->after), notice = notice_length(section);
    bool is_whole = around + length_of(&section->rows) <= room;
    size_t for_rows = is_whole ? room - around : room > around + notice ? room - around - notice : 0;
    CBK_STR(rows);
    size_t left_out = add_rows(section, for_rows, &rows);
    if (rows.len)
        cbk_str_addf(out, "%s%s%s", section->before.ptr, rows.ptr, section->after.ptr);
    if (left_out && notice <= room)
        add_notice(section, left_out, out);
}

/* What a section may take of the room: its share, and its count at least. */
static size_t room_of(const struct cbk_section *section, size_t room)
{
    size_t share = room / (section->share ? section->share : 1), notice = notice_length(section);
    return share < notice ? (notice < room ? notice : room) : share;
}

void cbk_sections_add(struct cbk_section *const *sections, size_t count, size_t room, struct cbk_str *out)
{
    size_t reserved = 0; /* for the counts of those that come later */
    for (size_t i = 0; i < count; i++)
        reserved += notice_length(sections[i]);
    for (size_t i = 0; i < count; i++) {
        size_t before = out->len;
        reserved -= notice_length(sections[i]);
        if (sections[i]->ends.len)
            add_section(sections[i], room_of(sections[i], room > reserved ? room - reserved : 0), out);
        size_t took = cbk_markdown_length(out->ptr + before, out->len - before);
        room -= took < room ? took : room;
    }
}
