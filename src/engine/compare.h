/*
 * What a branch changes in a stack, told without the cloud: both versions are read and judged as files, and their
 * declarations compared by meaning. Nothing is sent anywhere, so it is safe for a stranger's pull request.
 */
#ifndef CBK_ENGINE_COMPARE_H
#define CBK_ENGINE_COMPARE_H

#include "engine/stack.h"

/* One of the two. */
struct cbk_compared {
    struct cbk_stack *stack; /* NULL: there is no such stack yet */
    const json_t *commit;    /* where it comes from (git/provenance.h); NULL: outside of git; borrowed */
    const char *revision;    /* as it was asked for; NULL: the work tree */
};

/*
 * *ret is what schemas/comparison.schema.json describes, the same bytes for the same inputs. What a declaration cannot
 * be worked out for is in `errors`, and the code of the first is returned. New reference.
 */
CBK_MUST_CHECK int cbk_stack_compare(const struct cbk_compared *base, const struct cbk_compared *head, json_t **ret,
                                     struct cbk_errors *errors);
/* Does it tell any change? */
bool cbk_comparison_is_empty(const json_t *comparison);

#endif
