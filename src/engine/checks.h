/*
 * The checks: what has to be true for a backup to be application-consistent, judged per instance before anything is
 * done, on the world as it will be once the plan is applied. A check that fails says what is wrong and to which level
 * the service would fall back without a word. docs/checks.md tells each of them.
 *
 * What is judged is an order for backups of one instance: a snapshot job's, or a binding's. An instance that nobody
 * backs up can be judged too, as if application consistency were asked of it with what is there.
 */
#ifndef CBK_ENGINE_CHECKS_H
#define CBK_ENGINE_CHECKS_H

#include "engine/check_facts.h"
#include "kinds/level.h"

struct cbk_prediction {
    enum cbk_level level;
    json_t *findings; /* [{id, address, instance, instance_name, ok, message, severity, hint}], by id; owned */
    json_t *reasons;  /* messages of those that lower the level; owned */
};

/* Does the object order backups, so that checks have something to say about it? */
bool cbk_check_concerns(const struct cbk_object *object);
/* The level below which the object's backups do not count. */
enum cbk_level cbk_check_requirement(const struct cbk_object *object);
/* Judges what an object orders. A check whose prerequisite failed stays silent. */
void cbk_check_object(const struct cbk_checker *checker, const struct cbk_object *object, struct cbk_prediction *ret);
/* Judges an instance that nobody backs up; the findings have no address. */
void cbk_check_instance(const struct cbk_checker *checker, const struct cbk_instance *instance,
                        struct cbk_prediction *ret);
void cbk_prediction_release(struct cbk_prediction *prediction);

#endif
