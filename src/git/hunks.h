/* Where two versions of a text differ, and where lines of the new one stood in the old one. */
#ifndef CBK_GIT_HUNKS_H
#define CBK_GIT_HUNKS_H

#include "base/vec.h"
#include "git/library.h"

/* As git counts: from 1; of no lines at all, the start is the line before them. */
struct cbk_git_hunk {
    size_t old_start, old_lines, new_start, new_lines;
    size_t indent; /* of the first line that was taken away */
};
CBK_VEC(cbk_git_hunks, struct cbk_git_hunk)

/* Lines that belong together, such as a declaration: from `first` to `last`; its further lines stand deeper than
 * `indent` columns. */
struct cbk_git_range {
    size_t first, last, indent;
};

/* Finds where `text` differs from `old`. CBK_E_IO. The caller releases. */
CBK_MUST_CHECK int cbk_git_hunks_of_text(const git_blob *old, const char *text, size_t len, struct cbk_git_hunks *ret,
                                         struct cbk_error *err);
/*
 * Moves the range to where it stood in the old version. False when it was not the same there: a line of it was changed
 * or added, or one was taken away from it, be it its last.
 */
bool cbk_git_range_rewind(const struct cbk_git_hunks *hunks, struct cbk_git_range *range);

#endif
