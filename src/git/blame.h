/*
 * Which commit touched some lines of a file last: changed one of them, added one, or took one away. Found by walking
 * back from the newest commit, as far as a fixed amount of work goes, so that a long history or a huge file costs no
 * more; renames of files are not followed.
 */
#ifndef CBK_GIT_BLAME_H
#define CBK_GIT_BLAME_H

#include "base/error.h"

#include <jansson.h>

struct cbk_git_lines {
    size_t first, last; /* as they stand in the text, from 1, both included */
    size_t indent;      /* columns; deeper lines that were taken away behind the last were theirs, too */
    json_t *touch;      /* what was found; NULL: nothing within bounds. The caller's reference */
};

/*
 * Finds for each of `count` ranges of the file at `path` who touched it last. With `revision`, `path` is
 * "REVISION:PATH" and the text is that commit's; NULL: it is a file of a work tree, and `text` what it holds now, which
 * may differ from HEAD. A touch is {commit, author, time, summary}, or {uncommitted: true}; boundary: true is added
 * where a shallow clone ends, so that it may have been an older commit. What git does not tell is no touch.
 */
void cbk_git_blame(const char *dir, const char *revision, const char *path, const char *text, size_t len,
                   struct cbk_git_lines *lines, size_t count);

#endif
