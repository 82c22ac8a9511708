/*
 * What the renderings of a plan (text, markdown, html) say alike. All of them see its JSON alone, which may come from a
 * file and hold anything.
 */
#ifndef CBK_RENDER_PLAN_WORDS_H
#define CBK_RENDER_PLAN_WORDS_H

#include "base/json.h"
#include "render/style.h"

/* How a change is marked. */
struct cbk_mark {
    const char *first, *second; /* words of `actions`; second may be NULL */
    const char *flag;           /* or a flag of the change; NULL: none */
    const char *symbol;
    enum cbk_colour colour;
    const char *name; /* one word: what is done */
    bool is_change;   /* it counts; otherwise it is only worth saying */
};

/* NULL: there is nothing to show. */
const struct cbk_mark *cbk_plan_mark(const json_t *change);
/* How people know the object: its instance's name, or its own. Borrowed. */
const char *cbk_plan_title(const json_t *change);
/* "drift: changed outside of git since the last apply"; NULL for no known cause. */
const char *cbk_cause_words(const char *cause);
/* Adds "commit 4f2c9a1 (clean)", or nothing outside of a work tree. */
void cbk_plan_add_commit(const json_t *plan, struct cbk_str *out);
/* Adds "requires application, foreseen: crash" of a job or binding; nothing of another. */
void cbk_plan_add_foreseen(const json_t *change, struct cbk_str *out);
/* Adds what is to be said of a change as a whole: where it was, what is foreseen, why, and who
 * moved git, by date, since these renderings are read long after they were made; joined by semicolons. */
void cbk_plan_add_notes(const json_t *change, struct cbk_str *out);
/* How many changes are refused; with `action`, of those that would do that. */
size_t cbk_plan_refused(const json_t *plan, const char *action);
/* How many of what is shown are changes. */
size_t cbk_plan_changed(const json_t *plan);
/* Adds "Plan: 1 to add, 0 to change, 0 to destroy, 2 jobs to run, 3 to forget, 1 skipped, 1 refused.", or that there
 * are no changes, and in what. */
void cbk_plan_add_tally(const json_t *plan, struct cbk_str *out);

#endif
