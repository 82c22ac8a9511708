/*
 * Bindings of backup policies to data sources, as records: who is backed up by what, and in which way. A data source
 * has one binding at most, so (source type, data source) is its key; the cloud's own key adds the policy.
 */
#ifndef CBK_SIM_BINDING_H
#define CBK_SIM_BINDING_H

#include "sim/world/world.h"

/* Completes a record: id, times, the settings that hold where nothing else was said. */
void sim_binding_fill(struct sim_world *world, json_t *binding);
/* The binding of a data source to any policy, or NULL. Borrowed. */
json_t *sim_binding_find(const struct sim_world *world, const char *source_type, const char *data_source_id);
/* The bindings of a policy, new reference. */
json_t *sim_bindings_of(const struct sim_world *world, const char *policy_id);
/* Takes all bindings of a policy away. */
void sim_bindings_drop(struct sim_world *world, const char *policy_id);
/* What a run of the binding orders: its UdmDetail with the camelCase keys of a job's Detail. New reference. */
json_t *sim_binding_order(const json_t *binding);

/* Makes and drops the bindings that TAG rules ask for, by the instances' tags of this moment. */
void sim_bindings_follow_tags(struct sim_world *world);

#endif
