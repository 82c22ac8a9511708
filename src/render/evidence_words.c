/* What the renderers of the evidence say alike. */
#include "base/time.h"
#include "render/evidence.h"

static long long count_of(const json_t *evidence, const char *key)
{
    return cbk_json_int(json_object_get(evidence, "summary"), key, 0);
}

void cbk_evidence_add_verdict(const json_t *evidence, struct cbk_str *out)
{
    if (!count_of(evidence, "instances")) {
        cbk_str_add(out, "The stack selects no instances.");
        return;
    }
    long long gaps = count_of(evidence, "gaps"), uncovered = count_of(evidence, "uncovered");
    cbk_str_addf(out,
                 "%lld of %lld instances have a recovery point that is proven application-consistent and no older than "
                 "allowed.",
                 count_of(evidence, "application"), count_of(evidence, "instances"));
    if (gaps)
        cbk_str_addf(out, " %lld %s a gap", gaps, gaps == 1 ? "has" : "have");
    if (uncovered)
        cbk_str_addf(out, ", %lld of them covered by no job and no binding", uncovered);
    cbk_str_add(out, gaps ? "." : " There are no gaps.");
}

void cbk_evidence_add_oldest(const json_t *evidence, struct cbk_str *out)
{
    const json_t *oldest = cbk_json_at(evidence, "summary.oldest");
    if (!oldest)
        return;
    cbk_str_addf(out, "The oldest point that counts is that of %s, ", cbk_json_text_or(oldest, "instance", "?"));
    cbk_duration_add_rough(out, cbk_json_int(oldest, "age", 0));
    cbk_str_add(out, " old.");
}
