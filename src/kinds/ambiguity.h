/*
 * Calls whose answer was lost: RAM knows no ClientToken, so the only way to know is to look. What stands under the name
 * now, was not there when the plan was made and is what was sent, is ours.
 */
#ifndef CBK_KINDS_AMBIGUITY_H
#define CBK_KINDS_AMBIGUITY_H

#include "kinds/kind.h"

struct cbk_certainty {
    /* The call, which says CBK_E_AMBIGUOUS when nobody knows what it did. */
    int (*call)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    /* Fills in the live side of an object that has none yet, if it lives. */
    int (*read)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    const char *const *sent; /* the attributes that the call sends, ended by NULL */
};

/*
 * Calls; where the answer is in doubt it looks, and calls again when nothing is there. It succeeds when what was sent
 * lives. A name that is taken by something else is the conflict that the cloud says it is; where the doubt stays,
 * CBK_E_AMBIGUOUS.
 */
CBK_MUST_CHECK int cbk_until_certain(const struct cbk_env *env, const struct cbk_certainty *certainty,
                                     struct cbk_object *object, struct cbk_error *err);

#endif
