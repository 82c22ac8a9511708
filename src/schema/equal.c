#include "schema/equal.h"

#include <math.h>

/* Up to here a double holds every whole number. */
#define EXACT 9007199254740992.0

/* The value with whole reals written as integers, as a new reference. */
static json_t *normalise(const json_t *value)
{
    if (json_is_real(value)) {
        double real = json_real_value(value);
        if (floor(real) == real && fabs(real) <= EXACT)
            return json_integer((json_int_t)real);
    }
    if (json_is_array(value)) {
        json_t *array = json_array();
        size_t index;
        json_t *item;
        json_array_foreach(value, index, item)
            json_array_append_new(array, normalise(item));
        return array;
    }
    if (json_is_object(value)) {
        json_t *object = json_object();
        const char *key;
        json_t *member;
        json_object_foreach((json_t *)value, key, member)
            json_object_set_new(object, key, normalise(member));
        return object;
    }
    return json_incref((json_t *)value);
}

void cbk_value_add_key(struct cbk_str *out, const json_t *value)
{
    CBK_JSON *normal = normalise(value);
    cbk_json_add_canonical(out, normal);
}

bool cbk_value_equal(const json_t *a, const json_t *b)
{
    if (json_is_string(a) || json_is_string(b))
        return json_equal(a, b);
    CBK_STR(left);
    CBK_STR(right);
    cbk_value_add_key(&left, a);
    cbk_value_add_key(&right, b);
    return cbk_str_equal(left.ptr, right.ptr);
}
