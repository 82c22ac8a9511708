/*
 * Small builders for the engine's tests: stacks, inventories and objects without a network. JSON is written with single
 * quotes (quick_json.h).
 */
#ifndef CBK_TESTS_ENGINE_BUILD_H
#define CBK_TESTS_ENGINE_BUILD_H

#include "engine/plan.h"

/* Writes `yaml` as cbk.yaml into `dir` and loads it; what is wrong with it fails the test. The caller frees. */
struct cbk_stack *build_stack(const char *dir, const char *yaml);
/* An inventory of these items of DescribeInstances (a JSON array, sorted by id). The caller frees. */
struct cbk_inventory *build_inventory(const char *rows);

/* One object and its sides; each NULL where there is none. */
struct build_sides {
    const struct cbk_kind *kind;
    const char *declared;
    const char *desired, *last, *live;
};
struct built {
    struct cbk_object object; /* at SECTION.app, or SECTION.app["i-1"] where the kind is per instance */
    json_t *declared, *last;  /* what the object borrows */
    char *address, *pointer;
};
/* Fills `ret` in; an object that was applied (`last`) is ours. */
void build_object(const struct build_sides *sides, struct built *ret);
void built_release(struct built *built);

/* All errors as people read them, for messages of failing tests. The caller frees. */
char *build_error_text(struct cbk_errors *errors);

#endif
