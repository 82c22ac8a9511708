/*
 * A binding's attributes and the fields in which the API has them: AdvancedOptions.UdmDetail, and what stands beside
 * it.
 */
#ifndef CBK_KINDS_BINDING_FIELDS_H
#define CBK_KINDS_BINDING_FIELDS_H

#include "kinds/kind.h"

/* Adds to object->desired what the declaration says of a binding, but for its policy: what `consistency` asks for,
 * `group`, `disks` ("all", {only} or {except}), `disabled`, `description`, `copy_kms_key`, `cross_account`. */
CBK_MUST_CHECK int cbk_binding_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
/* Adds the same, as an item of DescribePolicyBindings has it. */
void cbk_binding_read(const json_t *binding, json_t *attributes);
/* The fields of CreatePolicyBindings' item and of UpdatePolicyBinding, whole: options that are left out may be kept or
 * lost. New reference. */
json_t *cbk_binding_fields(const json_t *attributes);
/* The fields that make a binding anew as DescribePolicyBindings tells it. New reference. */
json_t *cbk_binding_fields_again(const json_t *binding);

#endif
