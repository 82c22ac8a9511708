/*
 * Loop devices: files as disks. A device that is attached here goes by itself when its last user does (autoclear):
 * nothing stays behind, however the simulator ends.
 */
#ifndef CBK_SIM_LOOP_H
#define CBK_SIM_LOOP_H

#include "base/error.h"

/* Attaches the open file. The device (its path; the caller frees) lives as long as *ret_fd, a mount, or anybody else
 * has it open. */
CBK_MUST_CHECK int sim_loop_attach(int image, char **ret_device, int *ret_fd, struct cbk_error *err);
/* The device that has this file attached (the caller frees), and it open, so that it stays; or NULL. */
char *sim_loop_find(const char *image, int *ret_fd);
/* Waits until no device has the image attached, `timeout_ms` at most: it goes a moment after its last user. */
bool sim_loop_wait(const char *image, int64_t timeout_ms);

#endif
