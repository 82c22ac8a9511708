#include "sim/front/page_fault.h"

#include "sim/action/action.h"

/* Puts the lists of `source` where `answer` has some; NULL: empty ones. What is inside of an item stays as it is. */
static void exchange_lists(json_t *answer, const json_t *source)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(answer, next, key, value)
    {
        json_t *other = json_object_get(source, key);
        if (json_is_array(value))
            json_object_set_new(answer, key, json_is_array(other) ? json_deep_copy(other) : json_array());
        else if (json_is_object(value))
            exchange_lists(value, other);
    }
}

/* Answers the same call for the first page: *ret is its answer. */
static int answer_first_page(struct sim_call *call, json_t **ret)
{
    static const char *const positions[] = {"NextToken", "Marker", "PageNumber"};
    json_t *params = call->params, *answer = call->answer;
    call->params = json_copy(params);
    call->answer = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(positions); i++)
        json_object_del(call->params, positions[i]);
    int r = call->action->handler(call);
    *ret = call->answer;
    json_decref(call->params);
    call->params = params;
    call->answer = answer;
    return r;
}

int sim_page_fault(struct sim_call *call, enum sim_fault fault)
{
    CBK_JSON *first = NULL;
    int r = 0;
    if (fault != SIM_FAULT_PAGE_EMPTY && fault != SIM_FAULT_PAGE_AGAIN)
        return 0;
    if (fault == SIM_FAULT_PAGE_AGAIN)
        r = answer_first_page(call, &first);
    json_t *answer = json_deep_copy(call->answer); /* its lists may be the world's own */
    exchange_lists(answer, first);
    json_decref(call->answer);
    call->answer = answer;
    return r;
}
