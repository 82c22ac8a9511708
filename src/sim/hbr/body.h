/*
 * What the plug-in does to an instance, as a table: a virtual instance and a guest with real disks degrade by the same
 * decisions (plugin.c), they differ in how a step is done.
 */
#ifndef CBK_SIM_BODY_H
#define CBK_SIM_BODY_H

#include <stdbool.h>
#include <stdint.h>

struct sim_body;

/* All are required; each answers whether it went well. */
struct sim_body_ops {
    bool (*agent_runs)(struct sim_body *body);
    /* Collects the mount points; false: a device has two. */
    bool (*find_mounts)(struct sim_body *body);
    /* A file of root's with mode 0700 exactly? */
    bool (*script_is_fit)(struct sim_body *body, const char *path);
    bool (*run_script)(struct sim_body *body, const char *path, bool before_the_freeze);
    /* All file systems; on failure none is frozen. */
    bool (*freeze)(struct sim_body *body, int64_t timeout_s);
    /* The disks that are backed up, as they are now. */
    bool (*copy)(struct sim_body *body);
    /* False: they had thawed before the order came. */
    bool (*thaw)(struct sim_body *body);
};

struct sim_body {
    const struct sim_body_ops *ops;
};

#endif
