/*
 * Instances from within, through Cloud Assistant: one command, which only looks, tells of script files and of what is
 * mounted. Linux only.
 */
#ifndef CBK_KINDS_GUEST_H
#define CBK_KINDS_GUEST_H

#include "kinds/kind.h"

/* Can Cloud Assistant run something there now? NULL when it can, else why not, which the caller frees. */
char *cbk_guest_why_unreachable(const struct cbk_instance *instance);

/*
 * Looks into instances, which can all be reached, and notes what was seen in env->guests. `wanted` is an object by
 * instance id: the paths to look at (absolute, of the characters that the schema allows), none included. Instances with
 * the same paths share a command, 50 at a time, and the commands run side by side. An entry of env->guests is
 *   {"files": {PATH: {path, mode: "0700", owner: "root", sha256}}, "mounts": [{source, type, target}]}
 * without files that do not exist and without `mounts` where the instance could not tell; `owner` is "root" or "uid N",
 * `sha256` is absent for what is not a regular file. Or it is {"error": why}, where the instance did not answer.
 */
CBK_MUST_CHECK int cbk_guests_look(const struct cbk_env *env, const json_t *wanted, struct cbk_error *err);
/* What was seen in the instance, or NULL when nobody looked. Borrowed. */
const json_t *cbk_env_guest(const struct cbk_env *env, const char *instance);

/* Removes the files at `paths`; what is not there counts as removed. */
CBK_MUST_CHECK int cbk_guest_remove(struct cbk_cloud *cloud, const char *instance, const json_t *paths,
                                    struct cbk_error *err);

#endif
