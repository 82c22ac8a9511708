#include "git/hunks.h"

#include <string.h>

static int add_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *hunks)
{
    (void)delta;
    cbk_git_hunks_push(hunks, (struct cbk_git_hunk){.old_start = (size_t)hunk->old_start,
                                                    .old_lines = (size_t)hunk->old_lines,
                                                    .new_start = (size_t)hunk->new_start,
                                                    .new_lines = (size_t)hunk->new_lines});
    return 0;
}

static int note_indent(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *context)
{
    (void)delta;
    struct cbk_git_hunks *hunks = context;
    if (line->origin != GIT_DIFF_LINE_DELETION || line->old_lineno != hunk->old_start)
        return 0;
    size_t indent = 0;
    while (indent < line->content_len && line->content[indent] == ' ')
        indent++;
    hunks->items[hunks->len - 1].indent = indent;
    return 0;
}

int cbk_git_hunks_of_text(const git_blob *old, const char *text, size_t len, struct cbk_git_hunks *ret,
                          struct cbk_error *err)
{
    git_diff_options options;
    if (git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION) < 0)
        return cbk_git_fail(err, CBK_E_INTERNAL, "cannot compare");
    options.context_lines = 0;
    /* a checkout may have put other line ends */
    options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_IGNORE_WHITESPACE_EOL;
    if (git_diff_blob_to_buffer(old, NULL, text, len, NULL, &options, NULL, NULL, add_hunk, note_indent, ret) < 0)
        return cbk_git_fail(err, CBK_E_IO, "cannot compare");
    return 0;
}

static bool touches(const struct cbk_git_hunk *hunk, const struct cbk_git_range *range)
{
    if (hunk->new_lines)
        return hunk->new_start <= range->last && hunk->new_start + hunk->new_lines > range->first;
    if (hunk->new_start == range->last) /* behind the last line: its own only where it stood deeper */
        return hunk->indent > range->indent;
    return hunk->new_start >= range->first && hunk->new_start < range->last;
}

bool cbk_git_range_rewind(const struct cbk_git_hunks *hunks, struct cbk_git_range *range)
{
    size_t added = 0, removed = 0;
    for (size_t i = 0; i < hunks->len; i++) {
        const struct cbk_git_hunk *hunk = &hunks->items[i];
        if (touches(hunk, range))
            return false;
        if (hunk->new_start >= range->first)
            break;
        added += hunk->new_lines;
        removed += hunk->old_lines;
    }
    range->first = range->first + removed - added;
    range->last = range->last + removed - added;
    return true;
}
