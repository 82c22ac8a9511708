#include "engine/guards.h"

#include "engine/guard_rows.h"

#include <string.h>

static void release_findings(struct cbk_guard_findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        free(findings->items[i].message);
        json_decref(findings->items[i].addresses);
    }
    cbk_guard_findings_release(findings);
}

static void refuse(const struct cbk_guard_row *row, const struct cbk_guard_finding *finding, struct cbk_errors *errors)
{
    struct cbk_error *err = cbk_errors_add(errors);
    (void)cbk_fail_at(err, finding->span, CBK_E_GUARD, "%s", finding->message);
    (void)cbk_error_hint(err, "%s%sif that is what you want, pass --allow-%s", finding->advice ? finding->advice : "",
                         finding->advice ? "; " : "", row->id);
}

void cbk_guards_judge(const struct cbk_plan_input *input, struct cbk_plan *plan, enum cbk_guard_phase phase,
                      struct cbk_errors *errors)
{
    if (!plan->guards)
        plan->guards = json_array();
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++) {
        const struct cbk_guard_row *row = &cbk_guard_rows[i];
        /* A plan that is limited has to be limited first: what is left out of it does not matter to it. */
        if ((input->scope ? CBK_GUARD_OF_CHANGES : row->phase) != phase)
            continue;
        bool allowed = input->allowed && input->allowed[i];
        CBK_CLEANUP(release_findings) struct cbk_guard_findings findings = {0};
        row->judge(input, plan, &findings);
        for (size_t j = 0; j < findings.len; j++) {
            const struct cbk_guard_finding *finding = &findings.items[j];
            json_array_append_new(plan->guards,
                                  json_pack("{s:s, s:s, s:O, s:b}", "id", row->id, "message", finding->message,
                                            "addresses", finding->addresses, "allowed", (int)allowed));
            if (!allowed)
                refuse(row, finding, errors);
        }
    }
}
