/*
 * The settings of a stack that hold plans back: what must not be destroyed, how many instances a selector may match,
 * which level is demanded. One table, for those who tell what a branch has loosened and for those who do not let it.
 */
#ifndef CBK_ENGINE_GUARD_SETTINGS_H
#define CBK_ENGINE_GUARD_SETTINGS_H

#include "base/json.h"

struct cbk_guard_setting {
    bool of_selectors; /* of instances.NAME, or a selector written in place; otherwise of declarations */
    const char *id;
    const char *trail;     /* in the declaration, or in the selector */
    const char *otherwise; /* what counts where nothing stands there; NULL: nothing does */
    /* Does `is` hold back less than `was`? Either may be NULL: not set. */
    bool (*loosens)(const json_t *was, const json_t *is);
    const char *words; /* what it means to loosen it */
};

extern const struct cbk_guard_setting cbk_guard_settings[];
extern const size_t cbk_guard_setting_count;

/* What counts in a declaration, or a selector; NULL: nothing. Borrowed. */
const json_t *cbk_guard_setting_of(const struct cbk_guard_setting *setting, const json_t *value);

/* The entry of drift_ignore that is not among `was`, or is silent for longer than there: the first one from `index` on,
 * whose successor *index becomes; NULL: no more. Borrowed. */
const json_t *cbk_drift_ignore_loosened(const json_t *was, const json_t *is, size_t *index);

#endif
