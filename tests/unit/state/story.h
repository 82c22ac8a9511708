/*
 * A story of three applies on a local store, step by step: a whole one that makes the directory, one that dies, and one
 * that takes over. Tests let it break off anywhere and look at what is left.
 */
#ifndef CBK_TESTS_STATE_STORY_H
#define CBK_TESTS_STATE_STORY_H

#include "state/store.h"

struct story {
    const char *dir; /* of the store */
    struct cbk_store *store;
    json_t *state;    /* as it should be read now; JSON's null: there is none yet */
    json_t *expected; /* the same behind each step that was taken, an array */
};

extern const size_t story_steps;
const char *story_step_name(size_t step);

/* The caller releases, and may begin it again. */
void story_begin(struct story *story, const char *dir);
CBK_MUST_CHECK int story_take(struct story *story, size_t step, struct cbk_error *err);
void story_release(struct story *story);

/*
 * Reads the store as any command would, and goes on from it as the next apply would. What is read must be what the
 * story expects behind `step` or, unless it `is_done`, before it; CBK_E_STATE when it is neither.
 */
CBK_MUST_CHECK int story_check(const struct story *story, const char *dir, size_t step, bool is_done,
                               struct cbk_error *err);

#endif
