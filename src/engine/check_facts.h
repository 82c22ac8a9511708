/*
 * What the checks of a plan know, read once for all of them and in bulk: roles and documents as they will be, what is
 * mounted inside instances, whether Cloud Backup may act at all.
 */
#ifndef CBK_ENGINE_CHECK_FACTS_H
#define CBK_ENGINE_CHECK_FACTS_H

#include "engine/objects.h"

enum cbk_service_role { CBK_SERVICE_ROLE_PRESENT, CBK_SERVICE_ROLE_MISSING, CBK_SERVICE_ROLE_UNKNOWN };

struct cbk_checker {
    const struct cbk_env *env;
    const struct cbk_objects *objects;
    struct cbk_map *attachments; /* instance -> its struct cbk_object *; as declared, or about to go (desired NULL) */
    struct cbk_map *scripts;     /* likewise, as declared */
    json_t *roles;               /* name in the cloud -> {trust, policies}, as it will be; owned */
    json_t *documents;           /* "Custom/NAME" or "System/NAME" -> document, as it will be; owned */
    json_t *bound;               /* address of a backup policy -> how many instances are bound to it; owned */
    enum cbk_service_role service;
};

/*
 * Collects all that the objects' checks need, and those of `others` (an array of instance ids that nobody backs up;
 * NULL: none). Reads nothing when there is nothing to judge.
 */
CBK_MUST_CHECK int cbk_checker_init(struct cbk_checker *checker, const struct cbk_env *env,
                                    const struct cbk_objects *objects, const json_t *others, struct cbk_error *err);
void cbk_checker_release(struct cbk_checker *checker);

/* The RAM role that the instance will carry once the plan is applied, or NULL. Borrowed. */
const char *cbk_checker_carried_role(const struct cbk_checker *checker, const struct cbk_instance *instance);

#endif
