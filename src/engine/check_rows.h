/*
 * The checks as rows of a table: a new one is a function and a row. docs/checks.md has a section for each id; the
 * numbers are those of the vendor's prerequisites there.
 */
#ifndef CBK_ENGINE_CHECK_ROWS_H
#define CBK_ENGINE_CHECK_ROWS_H

#include "engine/checks.h"

/* One judgement under way: the job, its instance, the role that the job names. */
struct cbk_check_subject {
    const struct cbk_checker *checker;
    const struct cbk_object *job;
    const struct cbk_instance *instance;
    const struct cbk_object *role; /* as declared; NULL: the job names none */
};

struct cbk_check_row {
    const char *id;
    const char *fine; /* what is true when it passes */
    /* NULL when all is well, else what is wrong, which the caller frees. */
    char *(*run)(const struct cbk_check_subject *subject);
    enum cbk_level falls_to; /* what the service would silently make instead */
    const char *needs;       /* the id of the check without which this one has nothing to say, or NULL */
};

extern const struct cbk_check_row cbk_check_rows[];
extern const size_t cbk_check_row_count;

#endif
