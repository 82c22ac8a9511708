/*
 * The view that a guest has: its own disks at their mount points, the first of them at /, this machine's programs in
 * /usr (read-only), and nothing else of this machine.
 */
#ifndef CBK_SIM_BOOT_H
#define CBK_SIM_BOOT_H

#include "base/json.h"

/* Makes it, in the namespaces of the calling process, which has no threads; spec as in programs.h. */
CBK_MUST_CHECK int sim_boot_view(const json_t *spec, struct cbk_error *err);

#endif
