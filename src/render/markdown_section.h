/*
 * Parts of a comment that has to stay below a length: rows with something before and after them. Where not all fit,
 * whole rows are left out and counted; nothing is cut inside.
 */
#ifndef CBK_RENDER_MARKDOWN_SECTION_H
#define CBK_RENDER_MARKDOWN_SECTION_H

#include "base/str.h"
#include "base/vec.h"

CBK_VEC(cbk_offsets, size_t)

struct cbk_section {
    struct cbk_str before, after; /* written where there are rows to be shown */
    struct cbk_str rows;
    struct cbk_offsets ends; /* of each row, in `rows` */
    const char *what;        /* how what is left out is called: "changes" */
    size_t share;            /* it takes no more than this part of the room, 1: all of it, 2: half; 0 is 1 */
};

void cbk_section_release(struct cbk_section *section);
#define CBK_SECTION(name)                                                                                              \
    CBK_CLEANUP(cbk_section_release)                                                                                   \
    struct cbk_section name = {.before = CBK_STR_INIT, .after = CBK_STR_INIT, .rows = CBK_STR_INIT}

/* What has been added to `rows` since the last row is one, too. */
void cbk_section_end_row(struct cbk_section *section);
/* Folds the section away as it is by now, under a line that tells how many rows it has; `heading` is HTML. */
void cbk_section_fold(struct cbk_section *section, const char *heading, bool open);
/* Adds the sections, in order, within `room` (cbk_markdown_length): each that has rows at least by its count, as long
 * as that fits. */
void cbk_sections_add(struct cbk_section *const *sections, size_t count, size_t room, struct cbk_str *out);

#endif
