/*
 * What the world says of a guest, made into disks and into what guest-init is told (programs.h).
 *
 *     guest: {boot: shell text, share: [path], copy_ms: N, script_timeout_ms: N}
 *     disks: [{..., filesystem: ext4, mount: /data, image_mib: 512}]
 */
#ifndef CBK_SIM_LAYOUT_H
#define CBK_SIM_LAYOUT_H

#include "base/json.h"
#include "sim/real/pool.h"

/* The spec of an instance's guest, new reference; its disks are made where they are not there. *ret_new: the system
 * disk was. */
CBK_MUST_CHECK int sim_layout_make(const struct sim_pool *pool, const json_t *instance, json_t **ret_spec,
                                   bool *ret_new, struct cbk_error *err);

#endif
