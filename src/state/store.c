#include "state/store.h"

void cbk_store_free(struct cbk_store *store)
{
    if (store)
        store->ops->free(store);
}

int cbk_store_read(struct cbk_store *store, json_t **ret_state, struct cbk_error *err)
{
    return store->ops->read(store, ret_state, err);
}

int cbk_store_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err)
{
    return store->ops->lock(store, info, err);
}

int cbk_store_append(struct cbk_store *store, const json_t *entry, struct cbk_error *err)
{
    return store->ops->append(store, entry, err);
}

int cbk_store_write(struct cbk_store *store, const json_t *state, int64_t expected_serial, struct cbk_error *err)
{
    return store->ops->write(store, state, expected_serial, err);
}

void cbk_store_unlock(struct cbk_store *store)
{
    store->ops->unlock(store);
}
