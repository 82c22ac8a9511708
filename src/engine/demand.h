/*
 * What a stack demands of an instance's recovery points: by a snapshot job, or by a binding to a policy that makes them
 * on schedule. A plan acts on a job's demand; the evidence judges both.
 */
#ifndef CBK_ENGINE_DEMAND_H
#define CBK_ENGINE_DEMAND_H

#include "engine/objects.h"
#include "kinds/level.h"

/* May the object demand anything of its instance's points? */
bool cbk_demand_is_made(const struct cbk_object *object);
/* The level from which on a point serves. */
enum cbk_level cbk_demand_least(const struct cbk_object *object);
/*
 * How old the newest point may be, in seconds; 0: as old as can be. Of a job it is max_age. Of a binding it is twice
 * the interval of its policy, the shortest of several, where the stack declares one (`every`; of a crontab it is not
 * known): one run may have been missed, or be under way.
 */
int64_t cbk_demand_max_age(const struct cbk_env *env, const struct cbk_object *object);
/*
 * What is wrong with the points in the eyes of the demand: `serving` is the newest that serves, `newest` the newest of
 * all, NULL where there is none. New array of texts, empty when it is met.
 */
json_t *cbk_demand_gaps(const struct cbk_env *env, const struct cbk_object *object, const json_t *newest,
                        const json_t *serving);

#endif
