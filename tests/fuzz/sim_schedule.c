/* Schedules of backup policies: whatever is taken for one has its next time later, and again one after that. */
#include "base/alloc.h"
#include "sim/hbr/schedule.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_schedule schedule;
    int64_t at = 1795824000, next = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strndup((const char *)data, size);
    if (!sim_schedule_parse(text, &schedule))
        return 0;
    for (int i = 0; i < 3 && sim_schedule_next(&schedule, at, &next); i++, at = next)
        if (next <= at)
            abort();
    return 0;
}
