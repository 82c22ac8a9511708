/*
 * The admin pages, as their functions see them.
 */
#ifndef CBK_SIM_ADMIN_PAGE_H
#define CBK_SIM_ADMIN_PAGE_H

#include "sim/front/gateway.h"
#include "sim/front/request.h"
#include "sim/real/guests.h"

/* What a page is given and gives back. */
struct sim_visit {
    struct sim_gateway *gateway;
    const struct sim_request *request;
    const json_t *body; /* the posted JSON; NULL without one */
    json_t *answer;     /* new reference; NULL: {"ok": true} */
};

/* Pages about guests: none holds the world's lock while something is done in one. */
CBK_MUST_CHECK int sim_admin_reboot_guest(struct sim_visit *visit, struct sim_guest *guest, struct cbk_error *err);
CBK_MUST_CHECK int sim_admin_run_in_guest(struct sim_visit *visit, struct sim_guest *guest, struct cbk_error *err);
CBK_MUST_CHECK int sim_admin_list_guests(struct sim_visit *visit, struct cbk_error *err);
/* {"snapshot"}: attaches a copy of its image and answers {device, disk_id}. */
CBK_MUST_CHECK int sim_admin_restore_disk(struct sim_visit *visit, struct cbk_error *err);
/* {"device"}: lets go of such a copy. */
CBK_MUST_CHECK int sim_admin_release_disk(struct sim_visit *visit, struct cbk_error *err);

#endif
