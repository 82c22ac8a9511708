#include "cli/touched.h"

#include "cli/session.h"
#include "engine/rehearse.h"
#include "git/files.h"

/* The commit to compare with; the ancestor that one has in common with its parent is the parent. The caller frees. */
static int find_base(const struct cbk_args *args, char **ret_commit, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *parent = cbk_strf("%s~1", args->rev ? args->rev : "HEAD");
    return cbk_git_merge_base(args->dir ? args->dir : ".", args->base ? args->base : parent, args->rev, ret_commit,
                              err);
}

/* The digest of a stack that may have been loaded, NULL: it was not, or names a file that is not there. */
static char *digest_of(const struct cbk_stack *stack, int loaded, struct cbk_errors *errors)
{
    if (loaded < 0 || cbk_stack_rehearse(stack, errors) < 0) /* this reads its scripts and documents */
        return NULL;
    return cbk_config_digest(stack->config);
}

static enum cbk_touched touched_since(const struct cbk_cli *cli, const char *dir, const char *base)
{
    struct cbk_args args = *cli->args;
    args.dir = dir;
    args.base = base;
    args.guards_from = NULL;
    const struct cbk_cli alone = {.args = &args};
    CBK_CLEANUP(cbk_session_release) struct cbk_session now = {0}, then = {0};
    CBK_ERRORS(ignored); /* the stack's own plan says them */
    int r = cbk_session_load(&alone, &now, &ignored);
    CBK_CLEANUP(cbk_string_freep) char *is = digest_of(now.stack, r, &ignored);
    r = is ? cbk_session_load_base(&alone, &then, &ignored) : r;
    if (is && r == 0 && !then.stack)
        return CBK_TOUCHED_YES; /* it is new */
    CBK_CLEANUP(cbk_string_freep) char *was = is ? digest_of(then.stack, r, &ignored) : NULL;
    if (!is || !was)
        return CBK_TOUCHED_UNKNOWN;
    return cbk_str_equal(is, was) ? CBK_TOUCHED_NO : CBK_TOUCHED_YES;
}

int cbk_stacks_mark_touched(const struct cbk_cli *cli, struct cbk_stack_places *places, char **ret_why,
                            struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *base = NULL;
    CBK_ERROR(missing);
    int r = find_base(cli->args, &base, &missing);
    if (r < 0 && cli->args->base) {
        (void)cbk_wrap(&missing, "--base");
        return cbk_error_move(err, &missing);
    }
    if (r < 0)
        *ret_why = cbk_strdup(missing.message);
    for (size_t i = 0; base && i < places->len; i++)
        places->items[i].touched = touched_since(cli, places->items[i].dir, base);
    return 0;
}
