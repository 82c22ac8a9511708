#include "engine/scope.h"

#include "engine/graph.h"

#include <string.h>

/* Is the object at the address, or one instance's share of what stands there? */
static bool is_named(const struct cbk_object *object, const char *address)
{
    size_t len = strlen(address);
    return strncmp(object->address, address, len) == 0 && (!object->address[len] || object->address[len] == '[');
}

bool cbk_scope_names(const json_t *scope, const char *key, const struct cbk_object *object)
{
    size_t index;
    json_t *address;
    json_array_foreach(json_object_get(scope, key), index, address)
        if (is_named(object, json_string_value(address)))
            return true;
    return false;
}

bool cbk_scope_is_refresh_only(const json_t *scope)
{
    return cbk_json_bool(scope, "refresh_only", false);
}

static bool is_known(const struct cbk_stack *stack, const struct cbk_objects *objects, const char *address)
{
    if (cbk_map_get(stack->by_address, address)) /* its selector may match nothing now */
        return true;
    for (size_t i = 0; i < objects->list.len; i++)
        if (is_named(objects->list.items[i], address))
            return true;
    return false;
}

static void fail_unknown(const char *option, const char *address, const struct cbk_objects *objects,
                         struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("address after --%s:", option);
    for (size_t i = 0; i < objects->list.len; i++)
        cbk_strings_push(&names, objects->list.items[i]->address);
    struct cbk_error *err = cbk_errors_add(errors);
    (void)cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_USAGE, what, address, names.items, names.len);
    (void)cbk_error_hint(err, "'cbk plan --format json' lists the addresses; without an instance, one is for all");
}

int cbk_scope_check(const json_t *scope, const struct cbk_stack *stack, const struct cbk_objects *objects,
                    struct cbk_errors *errors)
{
    static const char *const options[] = {"target", "exclude", "replace"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(options); i++) {
        size_t index;
        json_t *address;
        json_array_foreach(json_object_get(scope, options[i]), index, address)
            if (!is_known(stack, objects, json_string_value(address)))
                fail_unknown(options[i], json_string_value(address), objects, errors);
    }
    return cbk_errors_code(errors);
}

/* Who has to come along with whom, by places in the plan. */
struct links {
    struct cbk_indices *needs;  /* per change: what it needs */
    struct cbk_indices *needed; /* the other way round */
    struct cbk_indices *pairs;  /* the other address of a move: the two are one change */
    size_t count;
};

static void release_links(struct links *links)
{
    for (size_t i = 0; i < links->count; i++) {
        cbk_indices_release(&links->needs[i]);
        cbk_indices_release(&links->needed[i]);
        cbk_indices_release(&links->pairs[i]);
    }
    free(links->needs);
    free(links->needed);
    free(links->pairs);
}

/* The changes' places by address; `numbers` is what the map borrows from. */
static struct cbk_map *index_places(const struct cbk_plan *plan, size_t *numbers)
{
    struct cbk_map *places = cbk_map_new();
    for (size_t i = 0; i < plan->changes.len; i++) {
        numbers[i] = i;
        cbk_map_set(places, plan->changes.items[i].object->address, &numbers[i]);
    }
    return places;
}

static void link_object(struct links *links, const struct cbk_map *places, size_t at, const struct cbk_object *object)
{
    for (size_t i = 0; i < object->deps.len; i++) {
        const size_t *need = cbk_map_get(places, object->deps.items[i]);
        if (!need || *need == at)
            continue;
        cbk_indices_push(&links->needs[at], *need);
        cbk_indices_push(&links->needed[*need], at);
    }
    const size_t *heir = object->heir ? cbk_map_get(places, object->heir) : NULL;
    if (heir) {
        cbk_indices_push(&links->pairs[at], *heir);
        cbk_indices_push(&links->pairs[*heir], at);
    }
}

static struct links make_links(const struct cbk_plan *plan)
{
    size_t count = plan->changes.len;
    struct links links = {.needs = cbk_alloc(count, sizeof(struct cbk_indices)),
                          .needed = cbk_alloc(count, sizeof(struct cbk_indices)),
                          .pairs = cbk_alloc(count, sizeof(struct cbk_indices)),
                          .count = count};
    size_t *numbers = cbk_alloc(count, sizeof(size_t));
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *places = index_places(plan, numbers);
    for (size_t i = 0; i < count; i++)
        link_object(&links, places, i, plan->changes.items[i].object);
    free(numbers);
    return links;
}

/* Marks `first` and all that `next` leads to from there. */
static void spread(bool *marked, size_t first, const struct cbk_plan *plan, const struct links *links,
                   void (*next)(const struct cbk_plan *plan, const struct links *links, size_t at,
                                struct cbk_indices *ret_open))
{
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices open = {0};
    cbk_indices_push(&open, first);
    while (open.len) {
        size_t at = open.items[--open.len];
        if (marked[at])
            continue;
        marked[at] = true;
        next(plan, links, at, &open);
    }
}

static bool is_wanted(const struct cbk_plan *plan, size_t at)
{
    return plan->changes.items[at].object->desired != NULL;
}

static bool is_deleted(const struct cbk_plan *plan, size_t at)
{
    return plan->changes.items[at].actions & CBK_ACTION_DELETE;
}

/* Adds those of `from` of which `holds` is true. */
static void push_if(struct cbk_indices *to, const struct cbk_indices *from, const struct cbk_plan *plan,
                    bool (*holds)(const struct cbk_plan *plan, size_t at))
{
    for (size_t i = 0; i < from->len; i++)
        if (!holds || holds(plan, from->items[i]))
            cbk_indices_push(to, from->items[i]);
}

/* A target takes along what it needs; where it goes away, also what still uses it, to let go of it. */
static void along_target(const struct cbk_plan *plan, const struct links *links, size_t at,
                         struct cbk_indices *ret_open)
{
    push_if(ret_open, &links->pairs[at], plan, NULL);
    if (is_wanted(plan, at))
        push_if(ret_open, &links->needs[at], plan, is_wanted);
    if (is_deleted(plan, at))
        push_if(ret_open, &links->needed[at], plan, NULL);
}

/* What is excluded takes out what needs it; and what it goes on using cannot go away. */
static void along_exclude(const struct cbk_plan *plan, const struct links *links, size_t at,
                          struct cbk_indices *ret_open)
{
    push_if(ret_open, &links->pairs[at], plan, NULL);
    if (is_wanted(plan, at))
        push_if(ret_open, &links->needed[at], plan, is_wanted);
    push_if(ret_open, &links->needs[at], plan, is_deleted);
}

void cbk_scope_limit(const json_t *scope, struct cbk_plan *plan)
{
    bool has_targets = json_object_get(scope, "target") || json_object_get(scope, "only");
    if (!has_targets && !json_object_get(scope, "exclude"))
        return;
    CBK_CLEANUP(release_links) struct links links = make_links(plan);
    bool *wanted = cbk_alloc(links.count, sizeof(bool)), *unwanted = cbk_alloc(links.count, sizeof(bool));
    for (size_t i = 0; i < links.count; i++) {
        const struct cbk_object *object = plan->changes.items[i].object;
        if (cbk_scope_names(scope, "target", object))
            spread(wanted, i, plan, &links, along_target);
        wanted[i] = wanted[i] || cbk_scope_names(scope, "only", object);
        if (cbk_scope_names(scope, "exclude", object))
            spread(unwanted, i, plan, &links, along_exclude);
    }
    for (size_t i = 0; i < links.count; i++)
        plan->changes.items[i].left_out = unwanted[i] || (has_targets && !wanted[i]);
    free(wanted);
    free(unwanted);
}
