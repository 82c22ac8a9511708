/*
 * The world as a file: YAML or JSON in, JSON (which is YAML) out. What --save writes, --world reads back into the same
 * cloud. The keys are described in docs/simulator.md.
 */
#ifndef CBK_SIM_WORLD_FILE_H
#define CBK_SIM_WORLD_FILE_H

#include "config/doc.h"
#include "sim/world/world.h"

/* Reads a world file. Names ending in .json are read as JSON, which is much faster for a large world. *ret_doc is set
 * where errors point into the file's text; the caller frees it once they are printed. */
CBK_MUST_CHECK int sim_world_read(const char *path, struct sim_world **ret, struct cbk_doc **ret_doc,
                                  struct cbk_errors *errors);
/* Makes a world of a tree of that shape. */
CBK_MUST_CHECK int sim_world_load(const json_t *root, struct sim_world **ret, struct cbk_error *err);
/* Everything, new reference; `sorted`: records by key, for reading, instead of by creation. */
json_t *sim_world_dump(const struct sim_world *world, bool sorted);
/* Merges {"instances": [{"id", ...}], ...} into the records of those keys, which must exist; null removes a key. */
CBK_MUST_CHECK int sim_world_patch(struct sim_world *world, const json_t *patch, struct cbk_error *err);

#endif
