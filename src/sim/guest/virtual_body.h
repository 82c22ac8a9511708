/*
 * The body (hbr/body.h) of a virtual instance: its scripts are records that may say with which exit_code they end, its
 * file systems freeze and thaw as they are told, and nothing takes time.
 */
#ifndef CBK_SIM_VIRTUAL_BODY_H
#define CBK_SIM_VIRTUAL_BODY_H

#include "sim/hbr/body.h"

#include "base/json.h"

struct sim_virtual_body {
    struct sim_body base;
    const json_t *instance;
};

/* Borrows the instance. */
struct sim_virtual_body sim_virtual_body(const json_t *instance);

#endif
