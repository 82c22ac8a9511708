/*
 * What an instance has mounted, as findmnt tells it.
 */
#ifndef CBK_KINDS_GUEST_MOUNT_H
#define CBK_KINDS_GUEST_MOUNT_H

#include "base/json.h"

/*
 * Shell text that prints one mount a line for cbk_guest_mount_take. It reads the kernel's table and touches no file
 * system, so a dead network share does not hang it. What a container host has by the hundred and no disk is part of is
 * left out: the agent keeps 24 KB of output. Exit code 0 when the table could be read.
 */
extern const char cbk_guest_mount_command[];

/* Takes a line in: adds {source, type, target} to `mounts`. A part of a device that is mounted once more has the
 * device for its source. A line of another form is passed over. `line` is written into. */
void cbk_guest_mount_take(char *line, json_t *mounts);

#endif
