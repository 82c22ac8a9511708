/*
 * A binding as requests write it: an item of CreatePolicyBindings' list, or the parameters of UpdatePolicyBinding.
 */
#ifndef CBK_SIM_HBR_BINDING_FIELDS_H
#define CBK_SIM_HBR_BINDING_FIELDS_H

#include "sim/action/fields.h"

extern const struct sim_field sim_hbr_binding_fields[];

/* Puts what was read by these fields into a record, under the record's own keys. */
void sim_hbr_put_binding(const json_t *fields, json_t *binding);

#endif
