/* Roles as an export declares them: the two functions of their kind. */
#ifndef CBK_KINDS_ROLE_EXPORT_H
#define CBK_KINDS_ROLE_EXPORT_H

#include "kinds/kind.h"

CBK_MUST_CHECK int cbk_role_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err);
json_t *cbk_role_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                         const json_t *item, char **ret_remark);

#endif
