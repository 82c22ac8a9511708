/*
 * What a disk may hold after a crash, made of a recording: cut behind every call, and reordered as far as syncs allow.
 *
 *   - What was done to a file before its last sync is there. Of what came later: the beginning, up to any call; and of
 * the call after that a part: its first bytes, or its length with zeros for the last bytes, or for the first.
 *   - What was done to a directory before its last sync is there. Of what came later: anything, also the later without
 *     the earlier.
 *
 * That is more than any file system does, and what POSIX promises.
 */
#ifndef CBK_TESTS_DISK_IMAGES_H
#define CBK_TESTS_DISK_IMAGES_H

#include "state/disk_log.h"

/* Called for each image that differs, with `dir` made like it; `step` is the step of the story that was under way, and
 * `is_done` whether it had ended. Answers whether to go on. */
typedef bool (*disk_image_use)(void *context, const char *dir, int step, bool is_done);

/* Makes every image, one after the other, in `dir`, which is emptied before each. Returns how many there were. */
size_t disk_images(const struct disk_ops *ops, char *dir, disk_image_use use, void *context);

#endif
