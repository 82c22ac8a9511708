/* What Cloud Backup keeps, as an export declares it: the functions of its kinds. */
#ifndef CBK_KINDS_BACKUP_EXPORT_H
#define CBK_KINDS_BACKUP_EXPORT_H

#include "kinds/kind.h"

/* {id} of each item of a list of numbered things. New reference. */
json_t *cbk_backup_export_items(const json_t *list, const char *id_key);

json_t *cbk_vault_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                          const json_t *item, char **ret_remark);
json_t *cbk_backup_policy_declare(const struct cbk_env *env, const struct cbk_map *addresses,
                                  const struct cbk_object *object, const json_t *item, char **ret_remark);
/* Bindings that somebody made: those of tag rules are the rules'. */
CBK_MUST_CHECK int cbk_binding_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err);
json_t *cbk_binding_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                            const json_t *item, char **ret_remark);

#endif
