/*
 * Files inside instances, seen and removed through Cloud Assistant.
 */
#ifndef CBK_KINDS_GUEST_FILE_H
#define CBK_KINDS_GUEST_FILE_H

#include "cloud/cloud.h"

/*
 * What stands at each of `paths` (absolute, of the characters that the schema allows) on each of `ids`, whose agents
 * are online. *ret_found is an object by instance id: {"files": {PATH: {path, mode: "0700", owner: "root", sha256}}},
 * without what does not exist, or {"error": why} where the instance could not tell. `owner` is "root" or "uid N";
 * `sha256` is absent for what is not a regular file.
 */
CBK_MUST_CHECK int cbk_guest_files(struct cbk_cloud *cloud, const json_t *ids, const json_t *paths, json_t **ret_found,
                                   struct cbk_error *err);
/* Removes the files at `paths`; what is not there counts as removed. */
CBK_MUST_CHECK int cbk_guest_remove(struct cbk_cloud *cloud, const char *instance, const json_t *paths,
                                    struct cbk_error *err);

#endif
