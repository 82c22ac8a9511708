/* Long lists of ids, in pieces as large as an action takes, worked on in parallel. */
#ifndef CBK_CLOUD_BATCHES_H
#define CBK_CLOUD_BATCHES_H

#include "cloud/cloud.h"

/* Works on one batch: `ids` is an array of at most `size`, results go into the array `items`. Any thread. */
typedef int (*cbk_batch_fn)(void *context, size_t batch, const json_t *ids, json_t *items, struct cbk_error *err);

/* *ret_items is a new array of what all batches gave, in the order of `ids`; nothing is called for no ids. */
CBK_MUST_CHECK int cbk_batches_run(struct cbk_cloud *cloud, const json_t *ids, size_t size, cbk_batch_fn work,
                                   void *context, json_t **ret_items, struct cbk_error *err);

#endif
