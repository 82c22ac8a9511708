/* The stacks below a directory. */
#ifndef CBK_CLI_STACKS_H
#define CBK_CLI_STACKS_H

#include "base/arena.h"
#include "base/error.h"

/* Does something in it differ from the base (cli/touched.h)? */
enum cbk_touched { CBK_TOUCHED_NO = -1, CBK_TOUCHED_UNKNOWN, CBK_TOUCHED_YES };

struct cbk_stack_place {
    const char *dir; /* from where cbk was started */
    enum cbk_touched touched;
};
CBK_VEC(cbk_stack_places, struct cbk_stack_place)

/*
 * Adds the directories with a cbk.yaml in or below `dir`, in no order, copied into `arena`; links are not followed, and
 * directories with a leading dot not entered. CBK_E_NOT_FOUND where there is none.
 */
CBK_MUST_CHECK int cbk_stacks_find(const char *dir, struct cbk_arena *arena, struct cbk_stack_places *ret,
                                   struct cbk_error *err);
/* Those first that are touched, last those that are not; then by name. */
void cbk_stacks_sort(struct cbk_stack_places *places);

#endif
