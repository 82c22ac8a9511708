/*
 * Disk images: files with a file system in them, and copies of such files.
 */
#ifndef CBK_SIM_IMAGE_H
#define CBK_SIM_IMAGE_H

#include "base/error.h"

#include <stdatomic.h>

/* Makes an image with an empty file system in it when there is none; *ret_new tells. It takes room as it fills. */
CBK_MUST_CHECK int sim_image_make(const char *path, int64_t size_mib, const char *filesystem, bool *ret_new,
                                  struct cbk_error *err);
/* Do two files in this folder share blocks when one is copied from the other (FICLONE)? */
bool sim_image_can_share(const char *folder);
/*
 * Copies an image: as it is at one moment where blocks can be shared, else from its beginning to its end. *ret_shared
 * tells which. Refused when there is no room for all of it a second time: disks whose blocks are shared need that room
 * as soon as they are written. `cancel` (or NULL) ends it early.
 */
CBK_MUST_CHECK int sim_image_copy(const char *from, const char *to, const atomic_bool *cancel, bool *ret_shared,
                                  struct cbk_error *err);
/* A copy without a name, which lasts as long as somebody has it open. */
CBK_MUST_CHECK int sim_image_open_copy(const char *from, int *ret_fd, struct cbk_error *err);

#endif
