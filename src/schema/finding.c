#include "schema/finding.h"

static void release(struct cbk_finding *finding)
{
    free(finding->pointer);
    free(finding->message);
    free(finding->hint);
}

void cbk_findings_release(struct cbk_finding_vec *findings)
{
    for (size_t i = 0; i < findings->len; i++)
        release(&findings->items[i]);
    cbk_finding_vec_release(findings);
}

void cbk_findings_move(struct cbk_finding_vec *to, struct cbk_finding_vec *from)
{
    for (size_t i = 0; i < from->len; i++)
        cbk_finding_vec_push(to, from->items[i]);
    cbk_finding_vec_release(from);
}
