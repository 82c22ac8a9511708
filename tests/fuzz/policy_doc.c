/*
 * Two policy documents, a JSON list of them (or one, twice): normalising is done once and for all, and what one allows
 * and the other does not is never said not to widen.
 */
#include "kinds/policy_doc.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const actions[] = {"ecs:A", "ecs:B", "ecs:*", "ram:A", "sts:AssumeRole", "a", "*", "?"};
static const char *const resources[] = {"*", "x", "acs:ecs:*:*:disk/d"};
static const char *const services[] = {"a", "ecs.aliyuncs.com"};

static void check_pair(const json_t *before, const json_t *after)
{
    bool widens = cbk_policy_doc_widens(before, after);
    for (size_t i = 0; i < CBK_ARRAY_LEN(actions); i++)
        for (size_t j = 0; j < CBK_ARRAY_LEN(resources); j++)
            if (cbk_policy_doc_allows(after, actions[i], resources[j]) &&
                !cbk_policy_doc_allows(before, actions[i], resources[j]))
                assert(widens);
    for (size_t i = 0; i < CBK_ARRAY_LEN(services); i++)
        if (cbk_policy_doc_trusts(after, services[i]) && !cbk_policy_doc_trusts(before, services[i]))
            assert(widens);
    assert(!widens || !json_equal((json_t *)before, (json_t *)after));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(err);
    CBK_JSON *pair = NULL;
    if (cbk_json_parse("fuzz", (const char *)data, size, &pair, &err) < 0)
        return 0;
    const json_t *first = json_is_array(pair) ? json_array_get(pair, 0) : pair;
    const json_t *second = json_is_array(pair) ? json_array_get(pair, 1) : pair;
    CBK_JSON *before = cbk_policy_doc_normalise(first), *after = cbk_policy_doc_normalise(second);
    CBK_JSON *again = cbk_policy_doc_normalise(before);
    assert(json_equal(before, again));
    check_pair(before, after);
    check_pair(after, before);
    check_pair(before, before);
    return 0;
}
