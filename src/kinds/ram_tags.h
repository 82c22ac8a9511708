/*
 * Tags of roles and policies, as an attribute of both. Only the tags that git speaks of are compared: one that was
 * applied and has left the declaration is wanted gone (null), what others have put there is theirs.
 */
#ifndef CBK_KINDS_RAM_TAGS_H
#define CBK_KINDS_RAM_TAGS_H

#include "kinds/kind.h"

/* Puts `tags` into object->desired where git or the last apply has any. */
void cbk_ram_tags_desire(struct cbk_object *object);
/* Puts `tags` into the live side of those that have a live side and desire tags. `type` is RAM's: "role", "policy". */
CBK_MUST_CHECK int cbk_ram_tags_read(const struct cbk_env *env, const char *type, struct cbk_object **objects,
                                     size_t count, struct cbk_error *err);
/* Those that should be there. New reference; NULL: none. */
json_t *cbk_ram_tags_wanted(const struct cbk_object *object);
/* Makes the live tags what they should be. */
CBK_MUST_CHECK int cbk_ram_tags_change(const struct cbk_env *env, const char *type, const struct cbk_object *object,
                                       struct cbk_error *err);
/* For export: an array of {id, tags} of these names; tags are left out where there are none. */
CBK_MUST_CHECK int cbk_ram_tags_enumerate(const struct cbk_env *env, const char *type, const json_t *names,
                                          json_t **ret_items, struct cbk_error *err);
/* cbk_object_settle, and what is wanted gone is gone. */
void cbk_ram_tags_settle(struct cbk_object *object, const char *id);

#endif
