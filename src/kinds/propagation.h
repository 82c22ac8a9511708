/*
 * RAM is eventually consistent: what was just made may not be known elsewhere yet, what was just detached may still
 * count as attached. These refusals pass with time and are told apart from those that do not by their codes.
 */
#ifndef CBK_KINDS_PROPAGATION_H
#define CBK_KINDS_PROPAGATION_H

#include "kinds/kind.h"

typedef int (*cbk_propagation_call)(const struct cbk_env *env, void *context, struct cbk_error *err);

/* Calls, and calls again while the cloud's refusal is one that passes, for a minute at most. */
CBK_MUST_CHECK int cbk_until_propagated(const struct cbk_env *env, cbk_propagation_call call, void *context,
                                        struct cbk_error *err);

#endif
