/* A saved plan: read from its file, and held against the plan that would be made now. */
#include "engine/plan.h"

#include "base/file.h"
#include "engine/plan_json.h"

#define PLAN_FILE_LIMIT ((size_t)512 * 1024 * 1024)

int cbk_plan_read_file(const char *path, json_t **ret_saved, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    CBK_JSON *plan = NULL;
    size_t len = 0;
    int r = cbk_file_read(path, PLAN_FILE_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("the plan '%s'", path);
    r = cbk_json_parse(what, text, len, &plan, err);
    if (r < 0)
        return r;
    const char *version = cbk_json_text(plan, "format_version");
    if (!version || !json_is_array(json_object_get(plan, "changes"))) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' is not a plan of cbk", path);
        return cbk_error_hint(err, "'cbk plan --out FILE' saves one");
    }
    if (!cbk_str_starts_with(version, "1.")) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "the plan '%s' is of format %s, this cbk knows 1", path, version);
        return cbk_error_hint(err, "use the cbk that made it, or make a new plan");
    }
    *ret_saved = cbk_json_steal(&plan);
    return 0;
}

static json_t *by_address(const json_t *plan)
{
    json_t *map = json_object();
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change)
        json_object_set(map, cbk_json_text_or(change, "address", ""), change);
    return map;
}

static bool does_something(const json_t *change)
{
    return !cbk_json_array_has(json_object_get(change, "actions"), "no-op") || cbk_json_bool(change, "adopt", false) ||
           cbk_json_bool(change, "forget", false);
}

static bool same_at(const json_t *a, const json_t *b, const char *trail)
{
    return json_equal(cbk_json_at(a, trail), cbk_json_at(b, trail));
}

/* What the plan as a whole rests on, and how it is said when it has moved. */
static const struct ground {
    const char *trail;
    const char *moved;
} grounds[] = {
    {"stack", "it is a plan of another stack"},
    {"destroy", "it is a plan of another kind"},
    {"provenance.config_digest", "the stack's files have changed since"},
    {"state.lineage", "it rests on another state"},
    {"state.serial", "the state has changed since"},
};

int cbk_plan_restrict(struct cbk_plan *plan, const json_t *saved, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(grounds); i++)
        if (!same_at(saved, plan->json, grounds[i].trail))
            return cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: %s", grounds[i].moved);
    CBK_JSON *then = by_address(saved), *now = by_address(plan->json);
    for (size_t i = 0; i < plan->changes.len; i++) {
        struct cbk_change *change = &plan->changes.items[i];
        const json_t *planned = json_object_get(then, change->object->address);
        if (!planned || !does_something(planned))
            change->actions = 0; /* moved since, but not part of what was read and approved */
    }
    const char *address;
    json_t *change;
    json_object_foreach(then, address, change) {
        if (!does_something(change))
            continue;
        const json_t *current = json_object_get(now, address);
        CBK_JSON *before = cbk_plan_material(change), *after = cbk_plan_material(current);
        if (!current || !json_equal(before, after))
            return cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: %s has changed since", address);
    }
    return 0;
}
