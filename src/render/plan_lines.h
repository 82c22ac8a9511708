/* What a change does to its object, line by line, for those renderings that show what was beside what will be. */
#ifndef CBK_RENDER_PLAN_LINES_H
#define CBK_RENDER_PLAN_LINES_H

#include "base/json.h"

/* One line of what a change does: an attribute, or an item of one that is a list. */
struct cbk_plan_line {
    const char *path;
    const char *before, *after; /* how they read; NULL: there is none */
    const char *cause;          /* NULL: none */
    bool widens, shortens;
};
/* Calls `visit` for each line of a change, in its order; what a new object will be is lines as well. The texts live as
 * long as the call. */
void cbk_plan_each_line(const json_t *change, void (*visit)(void *context, const struct cbk_plan_line *line),
                        void *context);

/* The attributes of a new object that its title does not tell already, sorted. New reference. */
json_t *cbk_plan_new_keys(const json_t *after);
/* Adds an attribute of a new object as people read it. */
void cbk_plan_add_new_value(struct cbk_str *out, const json_t *value);
/* The path of the file that should be there and is not, of a diff's row that says so; NULL: it does not. */
const char *cbk_plan_lost_file(const json_t *row);

#endif
