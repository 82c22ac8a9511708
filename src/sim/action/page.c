#include "sim/action/page.h"

#include "base/digest.h"
#include "sim/action/action.h"

#include <string.h>

/* An opaque token: Base64 of "cbk" and the index where the next page begins. */
static void give_token(struct sim_call *call, const char *name, size_t index)
{
    CBK_STR(plain);
    CBK_STR(token);
    cbk_str_addf(&plain, "cbk-sim page %zu", index);
    cbk_base64_add(&token, plain.ptr, plain.len);
    sim_give_text(call, name, token.ptr);
}

static int read_token(struct sim_call *call, const char *name, size_t *ret_index)
{
    const char *token = sim_text(call, name);
    if (!token || !*token)
        return 0;
    CBK_STR(plain);
    if (!cbk_base64_decode(token, strlen(token), &plain) || !cbk_str_starts_with(plain.ptr, "cbk-sim page "))
        return sim_fail(call, "InvalidParameter", "The specified %s is not valid.", name);
    *ret_index = strtoul(plain.ptr + strlen("cbk-sim page "), NULL, 10);
    return 0;
}

static size_t clamp(const struct sim_page_rule *rule, int64_t size)
{
    size_t least = rule->least ? rule->least : 1;
    if (size < (int64_t)least)
        return least;
    return (size_t)size > rule->most ? rule->most : (size_t)size;
}

/* What one walk over the list is to do and has found. */
struct walk {
    size_t begin; /* index in the list */
    size_t skip;  /* matches to pass over */
    size_t size;
    size_t matches;
    size_t next; /* index of the first match behind the page; 0: none */
    json_t *page;
};

static void walk(const struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
                 const void *context, struct walk *walk)
{
    size_t index;
    json_t *record;
    walk->page = json_array();
    if (!keep) { /* everything matches, so there is no need to look */
        walk->matches = json_array_size(list);
        for (index = walk->begin + walk->skip; index < walk->matches && json_array_size(walk->page) < walk->size;
             index++)
            json_array_append(walk->page, json_array_get(list, index));
        walk->next = index < walk->matches ? index : 0;
        return;
    }
    json_array_foreach(list, index, record) {
        if (!keep(call, record, context))
            continue;
        if (rule->cap && walk->matches >= rule->cap)
            break;
        walk->matches++;
        if (index < walk->begin || walk->matches <= walk->skip)
            continue;
        if (json_array_size(walk->page) < walk->size)
            json_array_append(walk->page, record);
        else if (!walk->next)
            walk->next = index;
    }
}

static bool takes(const struct sim_call *call, const char *name)
{
    for (const struct sim_param *param = call->action->params; param->name; param++)
        if (strcmp(param->name, name) == 0)
            return true;
    return false;
}

static int page_by_marker(struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
                          const void *context)
{
    struct walk w = {.size = clamp(rule, sim_int(call, "MaxItems", (int64_t)rule->fallback))};
    int r = read_token(call, "Marker", &w.begin);
    if (r < 0)
        return r;
    walk(call, rule, list, keep, context, &w);
    sim_give_bool(call, "IsTruncated", w.next != 0);
    if (w.next)
        give_token(call, "Marker", w.next);
    sim_give(call, rule->into, w.page);
    return 0;
}

static int page_by_token(struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
                         const void *context)
{
    const char *size = takes(call, "MaxResults") ? "MaxResults" : "PageSize"; /* RAM's tags have the latter */
    struct walk w = {.size = clamp(rule, sim_int(call, size, (int64_t)rule->fallback))};
    int r = read_token(call, "NextToken", &w.begin);
    if (r < 0)
        return r;
    walk(call, rule, list, keep, context, &w);
    sim_give_int(call, "TotalCount", (int64_t)w.matches);
    sim_give_int(call, "MaxResults", (int64_t)w.size);
    sim_give_int(call, "PageNumber", 1);
    sim_give_int(call, "PageSize", (int64_t)w.size);
    if (w.next)
        give_token(call, "NextToken", w.next);
    sim_give(call, rule->into, w.page);
    return 0;
}

static int page_by_number(struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
                          const void *context)
{
    int64_t number = sim_int(call, "PageNumber", 1), size = sim_int(call, "PageSize", (int64_t)rule->fallback);
    if (rule->bad_page && (number < 1 || size < 1 || size > (int64_t)rule->most))
        return sim_fail(call, rule->bad_page, "The specified page number or page size is out of range.");
    if (number < 1)
        number = 1;
    if (number > INT32_MAX)
        number = INT32_MAX;
    struct walk w = {.size = clamp(rule, size)};
    w.skip = (size_t)(number - 1) * w.size;
    walk(call, rule, list, keep, context, &w);
    sim_give_int(call, "TotalCount", (int64_t)w.matches);
    sim_give_int(call, "PageNumber", number);
    sim_give_int(call, "PageSize", (int64_t)w.size);
    sim_give(call, rule->into, w.page);
    return 0;
}

int sim_page(struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
             const void *context)
{
    if (takes(call, "MaxItems"))
        return page_by_marker(call, rule, list, keep, context);
    bool wants_token = sim_param(call, "NextToken") || sim_param(call, "MaxResults");
    /* Where both dialects are spoken, numbers count only when they are all that was asked for (U). */
    bool by_number = takes(call, "PageNumber") && (sim_param(call, "PageNumber") || sim_param(call, "PageSize"));
    if (takes(call, "NextToken") && (wants_token || !by_number))
        return page_by_token(call, rule, list, keep, context);
    return page_by_number(call, rule, list, keep, context);
}
