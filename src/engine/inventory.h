/*
 * The inventory: the instances that the stack selects or the state remembers, with what plan and checks ask of them.
 * Everything is read in bulk.
 */
#ifndef CBK_ENGINE_INVENTORY_H
#define CBK_ENGINE_INVENTORY_H

#include "base/arena.h"
#include "base/map.h"
#include "cloud/cloud.h"
#include "kinds/instance.h"

struct cbk_inventory {
    struct cbk_arena *arena;
    json_t *rows;              /* items of DescribeInstances; owned */
    struct cbk_map *instances; /* id -> struct cbk_instance *, sorted by id */
    json_t *details;           /* what the instances borrow from; owned */
};

/* Reads the instances of the region: all, or (when `only_ids` is not NULL) those ids. Details are not read yet. */
CBK_MUST_CHECK int cbk_inventory_read(struct cbk_cloud *cloud, const json_t *only_ids, struct cbk_inventory **ret,
                                      struct cbk_error *err);
/*
 * Reads what objects and checks ask about these ids: the agents' status and the roles, and with `with_disks` the disks.
 * Ids that are not in the inventory are passed over.
 */
CBK_MUST_CHECK int cbk_inventory_read_details(struct cbk_inventory *inventory, struct cbk_cloud *cloud,
                                              const json_t *ids, bool with_disks, struct cbk_error *err);
/* NULL is fine. */
void cbk_inventory_free(struct cbk_inventory *inventory);
CBK_DEFINE_OWNED(struct cbk_inventory, cbk_inventory)

const struct cbk_instance *cbk_inventory_get(const struct cbk_inventory *inventory, const char *id);

#endif
