/*
 * The checks: what has to be true for a backup to be application-consistent, judged per instance before a job runs, on
 * the world as it will be once the plan is applied. A check that fails says what is wrong and to which level the
 * service would fall back without a word. docs/checks.md tells each of them.
 */
#ifndef CBK_ENGINE_CHECKS_H
#define CBK_ENGINE_CHECKS_H

#include "engine/objects.h"
#include "kinds/level.h"

/* What the checks of a plan share. */
struct cbk_checker {
    const struct cbk_env *env;
    const struct cbk_objects *objects;
    struct cbk_map *attachments; /* instance -> its struct cbk_object *; as declared, or about to go (desired NULL) */
    struct cbk_map *scripts;     /* likewise, as declared */
    json_t *documents;           /* "Custom/NAME" or "System/NAME" -> document, as it will be */
};

CBK_MUST_CHECK int cbk_checker_init(struct cbk_checker *checker, const struct cbk_env *env,
                                    const struct cbk_objects *objects, struct cbk_error *err);
/* The document of a policy ("Custom/NAME", "System/NAME") as it will be once the plan is applied, or NULL. Borrowed. */
const json_t *cbk_checker_document(const struct cbk_checker *checker, const char *policy);
void cbk_checker_release(struct cbk_checker *checker);

struct cbk_prediction {
    enum cbk_level level;
    json_t *findings; /* [{id, address, instance, ok, message}], in the order of the ids; owned */
    json_t *reasons;  /* messages of those that failed; owned */
};

/* Judges one snapshot job's object. A check whose prerequisite failed stays silent. */
void cbk_check_job(const struct cbk_checker *checker, const struct cbk_object *job, struct cbk_prediction *ret);
void cbk_prediction_release(struct cbk_prediction *prediction);

#endif
