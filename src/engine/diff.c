#include "engine/diff.h"

#include "schema/schema.h"

#include <string.h>

static const char *const cause_names[CBK_CAUSE_COUNT] = {
    [CBK_CAUSE_CONFIG] = "config",
    [CBK_CAUSE_DRIFT] = "drift",
    [CBK_CAUSE_BOTH] = "both",
};

const char *cbk_cause_name(enum cbk_cause cause)
{
    return cause_names[cause];
}

enum cbk_cause cbk_cause_parse(const char *name)
{
    size_t cause = CBK_CAUSE_COUNT;
    while (--cause > CBK_CAUSE_NONE && !cbk_str_equal(cause_names[cause], name)) {
    }
    return (enum cbk_cause)cause;
}

static bool same(const json_t *a, const json_t *b)
{
    if (!a || !b || json_is_null(a) || json_is_null(b))
        return (!a || json_is_null(a)) && (!b || json_is_null(b));
    return json_equal((json_t *)a, (json_t *)b);
}

static enum cbk_cause cause_of(const json_t *desired, const json_t *last, const json_t *live, bool applied)
{
    if (!applied || !last) /* what git did not mention then, nobody knows to have moved */
        return CBK_CAUSE_CONFIG;
    bool desired_moved = !same(desired, last), live_moved = !same(live, last);
    if (desired_moved && live_moved)
        return CBK_CAUSE_BOTH;
    return live_moved ? CBK_CAUSE_DRIFT : CBK_CAUSE_CONFIG;
}

enum cbk_cause cbk_cause_join(enum cbk_cause a, enum cbk_cause b)
{
    if (a == CBK_CAUSE_NONE || a == b)
        return b;
    return b == CBK_CAUSE_NONE ? a : CBK_CAUSE_BOTH;
}

bool cbk_diff_lies_in(const char *path, const char *outer)
{
    size_t len = strlen(outer);
    return strncmp(path, outer, len) == 0 && strchr(".[", path[len]); /* the end of the text counts, too */
}

static bool is_ignored(const struct cbk_object *object, const char *path)
{
    size_t index;
    json_t *item;
    json_array_foreach(cbk_json_at(object->declared, "lifecycle.ignore"), index, item)
        if (cbk_diff_lies_in(path, json_string_value(item)))
            return true;
    return false;
}

static json_t *yielded(const struct cbk_object *object, const char *path, const json_t *desired, const json_t *live)
{
    if (is_ignored(object, path))
        return live ? json_deep_copy(live) : NULL;
    if (!json_is_object(desired) || !json_is_object(live))
        return json_deep_copy(desired);
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)desired, key, value) {
        CBK_CLEANUP(cbk_string_freep) char *inner = *path ? cbk_strf("%s.%s", path, key) : cbk_strdup(key);
        json_t *part = yielded(object, inner, value, json_object_get(live, key));
        if (part)
            json_object_set_new(made, key, part);
    }
    return made;
}

void cbk_diff_yield(struct cbk_object *object)
{
    if (!object->desired || !object->live || !json_array_size(cbk_json_at(object->declared, "lifecycle.ignore")))
        return;
    json_t *desired = yielded(object, "", object->desired, object->live);
    json_decref(object->desired);
    object->desired = desired;
}

/* Is the attribute one that the schema calls immutable? */
static bool is_immutable(const struct cbk_object *object, const char *attribute)
{
    CBK_STR(pointer);
    cbk_str_add(&pointer, object->pointer);
    cbk_pointer_add_key(&pointer, attribute);
    CBK_JSON *wrapped = json_pack("{s:{s:O}}", object->kind->section, object->key, object->declared);
    const json_t *rule = cbk_schema_at(cbk_schema_stack(), wrapped, pointer.ptr);
    return rule && cbk_json_bool(rule, "x-immutable", false);
}

struct diff_walk {
    const struct cbk_object *object;
    struct cbk_diff *diff;
    bool widens, shortens; /* of the attribute under way */
};

static void add_row(struct diff_walk *walk, const char *path, const json_t *desired, const json_t *last,
                    const json_t *live)
{
    if (is_ignored(walk->object, path))
        return;
    enum cbk_cause cause = cause_of(desired, last, live, walk->object->last != NULL);
    json_t *row = json_pack("{s:s, s:O?, s:O?, s:s}", "path", path, "before", live, "after", desired, "cause",
                            cause_names[cause]);
    if (!live)
        json_object_set_new(row, "before", json_null());
    if (walk->widens)
        json_object_set_new(row, "widens", json_true());
    if (walk->shortens)
        json_object_set_new(row, "shortens", json_true());
    json_array_append_new(walk->diff->rows, row);
    walk->diff->cause = cbk_cause_join(walk->diff->cause, cause);
}

/* Goes down where both sides are objects; lists differ as a whole. */
static void compare(struct diff_walk *walk, const char *path, const json_t *desired, const json_t *last,
                    const json_t *live)
{
    if (same(desired, live) && same(desired, last))
        return;
    if (!json_is_object(desired) || !json_is_object(live)) {
        if (!same(desired, live))
            add_row(walk, path, desired, last, live);
        else if (!is_ignored(walk->object, path))
            walk->diff->moved_alike = walk->object->last != NULL;
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)desired, key, value) {
        CBK_CLEANUP(cbk_string_freep) char *inner = cbk_strf("%s.%s", path, key);
        compare(walk, inner, value, last ? json_object_get(last, key) : NULL, json_object_get(live, key));
    }
}

void cbk_diff_make(const struct cbk_object *object, struct cbk_diff *ret)
{
    *ret = (struct cbk_diff){.rows = json_array()};
    struct diff_walk walk = {.object = object, .diff = ret};
    const char *key;
    json_t *value;
    json_object_foreach(object->desired, key, value) {
        const json_t *live = json_object_get(object->live, key);
        size_t before = json_array_size(ret->rows);
        bool differs = !same(value, live);
        walk.widens = differs && object->kind->widens && object->kind->widens(key, live, value);
        walk.shortens = differs && object->kind->shortens && object->kind->shortens(key, live, value);
        compare(&walk, key, value, object->last ? json_object_get(object->last, key) : NULL, live);
        if (json_array_size(ret->rows) > before && is_immutable(object, key))
            ret->needs_replace = true;
    }
}

void cbk_diff_release(struct cbk_diff *diff)
{
    json_decref(diff->rows);
    *diff = (struct cbk_diff){0};
}

/* ---- drift ---- */

struct drift_walk {
    const struct cbk_object *object;
    json_t *rows;
    bool widens, shortens; /* of the attribute under way */
};

static void add_drift(const struct drift_walk *walk, const char *path, const json_t *applied, const json_t *live,
                      const json_t *wanted)
{
    json_t *row = json_pack("{s:s, s:O, s:O}", "path", path, "before", applied, "after", live ? live : json_null());
    if (wanted && !same(wanted, applied))
        json_object_set(row, "wanted", (json_t *)wanted);
    if (walk->widens)
        json_object_set_new(row, "widens", json_true());
    if (walk->shortens)
        json_object_set_new(row, "shortens", json_true());
    json_array_append_new(walk->rows, row);
}

static void find_drift(const struct drift_walk *walk, const char *path, const json_t *applied, const json_t *live,
                       const json_t *wanted)
{
    if (same(applied, live) || (wanted && same(wanted, live)) || is_ignored(walk->object, path))
        return;
    if (!json_is_object(applied) || !json_is_object(live)) {
        add_drift(walk, path, applied, live, wanted);
        return;
    }
    CBK_JSON *keys = cbk_json_sorted_keys(applied);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        CBK_CLEANUP(cbk_string_freep) char *inner = cbk_strf("%s.%s", path, key);
        find_drift(walk, inner, json_object_get(applied, key), json_object_get(live, key),
                   wanted ? json_object_get(wanted, key) : NULL);
    }
}

json_t *cbk_diff_drift(const struct cbk_object *object, const json_t *wanted)
{
    const struct cbk_kind *kind = object->kind;
    struct drift_walk walk = {.object = object, .rows = json_array()};
    CBK_JSON *keys = cbk_json_sorted_keys(object->last);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        const json_t *applied = json_object_get(object->last, key), *live = json_object_get(object->live, key);
        bool differs = !same(applied, live);
        walk.widens = differs && kind->widens && kind->widens(key, applied, live);
        walk.shortens = differs && kind->shortens && kind->shortens(key, applied, live);
        find_drift(&walk, key, applied, live, wanted ? json_object_get(wanted, key) : NULL);
    }
    return walk.rows;
}
