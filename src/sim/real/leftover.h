/*
 * What a simulator that was killed may have left: a guest's file system that nobody has thawed. It lives on without a
 * mount, and its loop device with it, until it is thawed. (One that was not frozen has gone with its mount.)
 */
#ifndef CBK_SIM_LEFTOVER_H
#define CBK_SIM_LEFTOVER_H

#include "base/error.h"

/* Thaws the file systems of all images in the folder that are still attached, and waits until their devices are gone.
 */
CBK_MUST_CHECK int sim_leftovers_clear(const char *folder, struct cbk_error *err);

#endif
