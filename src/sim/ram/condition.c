#include "sim/ram/condition.h"

#include "base/time.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

typedef bool (*test)(const char *own, const char *wanted);

static bool is_equal(const char *own, const char *wanted)
{
    return strcmp(own, wanted) == 0;
}

static bool is_equal_ignoring_case(const char *own, const char *wanted)
{
    return strcasecmp(own, wanted) == 0;
}

static bool is_like(const char *own, const char *wanted)
{
    return cbk_str_glob(wanted, own);
}

static bool is_same_number(const char *own, const char *wanted)
{
    return strtod(own, NULL) - strtod(wanted, NULL) == 0;
}

static bool is_less(const char *own, const char *wanted)
{
    return strtod(own, NULL) < strtod(wanted, NULL);
}

static bool is_greater(const char *own, const char *wanted)
{
    return strtod(own, NULL) > strtod(wanted, NULL);
}

static int64_t moment(const char *text)
{
    CBK_ERROR(err);
    int64_t at = -1;
    return cbk_time_parse(text, &at, &err) < 0 ? -1 : at;
}

static bool is_earlier(const char *own, const char *wanted)
{
    return moment(own) >= 0 && moment(own) < moment(wanted);
}

static bool is_later(const char *own, const char *wanted)
{
    return moment(wanted) >= 0 && moment(own) > moment(wanted);
}

/* "10.0.0.0/8" or a single address; IPv4. */
static bool is_in_network(const char *own, const char *wanted)
{
    struct in_addr mine, theirs;
    CBK_CLEANUP(cbk_string_freep) char *base = cbk_strndup(wanted, strcspn(wanted, "/"));
    const char *slash = strchr(wanted, '/');
    unsigned long bits = slash ? strtoul(slash + 1, NULL, 10) : 32;
    if (inet_pton(AF_INET, own, &mine) != 1 || inet_pton(AF_INET, base, &theirs) != 1 || bits > 32)
        return false;
    uint32_t mask = bits ? ~(uint32_t)0 << (32 - bits) : 0;
    return (ntohl(mine.s_addr) & mask) == (ntohl(theirs.s_addr) & mask);
}

static const struct {
    const char *name;
    test holds;
    bool negated; /* none of the values may hold */
} operators[] = {
    {"StringEquals", is_equal, false},
    {"StringNotEquals", is_equal, true},
    {"StringEqualsIgnoreCase", is_equal_ignoring_case, false},
    {"StringNotEqualsIgnoreCase", is_equal_ignoring_case, true},
    {"StringLike", is_like, false},
    {"StringNotLike", is_like, true},
    {"Bool", is_equal_ignoring_case, false},
    {"NumericEquals", is_same_number, false},
    {"NumericNotEquals", is_same_number, true},
    {"NumericLessThan", is_less, false},
    {"NumericLessThanEquals", is_greater, true},
    {"NumericGreaterThan", is_greater, false},
    {"NumericGreaterThanEquals", is_less, true},
    {"DateLessThan", is_earlier, false},
    {"DateLessThanEquals", is_later, true},
    {"DateGreaterThan", is_later, false},
    {"DateGreaterThanEquals", is_earlier, true},
    {"IpAddress", is_in_network, false},
    {"NotIpAddress", is_in_network, true},
};

static bool any_holds(test holds, const char *own, const json_t *wanted)
{
    size_t index;
    json_t *item;
    if (json_is_string(wanted))
        return holds(own, json_string_value(wanted));
    if (json_is_boolean(wanted))
        return holds(own, json_is_true(wanted) ? "true" : "false");
    json_array_foreach(wanted, index, item)
        if (json_is_string(item) && holds(own, json_string_value(item)))
            return true;
    return false;
}

static bool operator_holds(const char *name, const json_t *keys, const json_t *context)
{
    const char *key;
    json_t *wanted;
    for (size_t i = 0; i < CBK_ARRAY_LEN(operators); i++) {
        if (strcmp(operators[i].name, name) != 0)
            continue;
        json_object_foreach((json_t *)keys, key, wanted) {
            const char *own = json_string_value(json_object_get(context, key));
            if (!own || any_holds(operators[i].holds, own, wanted) == operators[i].negated)
                return false;
        }
        return true;
    }
    return false;
}

bool sim_condition_holds(const json_t *condition, const json_t *context)
{
    const char *name;
    json_t *keys;
    json_object_foreach((json_t *)condition, name, keys)
        if (!operator_holds(name, keys, context))
            return false;
    return true;
}
