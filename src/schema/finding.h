/*
 * What a validation finds, gathered: branches of anyOf and oneOf are tried on the side and weighed before one speaks.
 */
#ifndef CBK_SCHEMA_FINDING_H
#define CBK_SCHEMA_FINDING_H

#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>

/* How strongly a finding says that another branch was meant. */
enum cbk_weight { CBK_WEIGHT_DETAIL = 1, CBK_WEIGHT_SHAPE = 10, CBK_WEIGHT_CHOICE = 100, CBK_WEIGHT_KIND = 10000 };

struct cbk_finding {
    char *pointer; /* owned, as are the texts */
    bool of_key;
    char *message;
    char *hint;     /* may be NULL */
    unsigned types; /* of a wrong type: the bits of those allowed; else 0 */
    enum cbk_weight weight;
};
CBK_VEC(cbk_finding_vec, struct cbk_finding)

void cbk_findings_release(struct cbk_finding_vec *findings);
/* Moves all of `from` behind those of `to`. */
void cbk_findings_move(struct cbk_finding_vec *to, struct cbk_finding_vec *from);

#endif
