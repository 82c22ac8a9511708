/*
 * HBR's Filters.N of list actions: Key, Operator, Values. By rows: what a filter's key is called in a record. Keys that
 * no row names are ignored (U).
 */
#ifndef CBK_SIM_HBR_FILTER_H
#define CBK_SIM_HBR_FILTER_H

#include "sim/action/call.h"

struct sim_hbr_key {
    const char *filter, *key;
};

#define SIM_HBR_FILTERS                                                                                                \
    {                                                                                                                  \
        .name = "Filters", .type = SIM_RECORDS, .fields = "Key Operator Values[]"                                      \
    }

/* Does the record pass all filters of the call? The last row has no filter. */
bool sim_hbr_passes(const struct sim_call *call, const json_t *record, const struct sim_hbr_key *keys);
/* The list, last record first; new reference. */
json_t *sim_hbr_newest_first(const json_t *list);

#endif
