/* Which instances something backs up. */
#include "cloud/hbr.h"
#include "engine/drift_look.h"
#include "engine/fitness.h"

/* All of the region where that was asked for, else those that are the stack's. */
static json_t *instances_of(const struct cbk_drift_look *look)
{
    if (!look->input->unmanaged)
        return cbk_fitness_instances(&look->input->plan, look->plan);
    json_t *ids = json_array();
    CBK_MAP_FOREACH(entry, look->plan->inventory->instances)
        json_array_append_new(ids, json_string(cbk_map_entry_key(entry)));
    return ids;
}

/* Why an instance is not protected, by id; those that are have no entry. */
static json_t *gaps_of(const struct cbk_drift_look *look, const json_t *ids, const json_t *bindings)
{
    json_t *gaps = json_object();
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)ids, index, item)
        json_object_set_new(gaps, json_string_value(item), json_string("no binding and no job backs it up"));
    json_array_foreach((json_t *)bindings, index, item) {
        const char *id = cbk_json_text_or(item, "DataSourceId", "");
        if (!cbk_json_bool(item, "Disabled", false))
            json_object_del(gaps, id);
        else if (json_object_get(gaps, id))
            json_object_set_new(gaps, id, json_string("its binding is disabled"));
    }
    for (size_t i = 0; i < look->plan->objects->list.len; i++) {
        const struct cbk_object *object = look->plan->objects->list.items[i];
        if (object->kind->run && object->instance && object->last)
            json_object_del(gaps, object->instance);
    }
    return gaps;
}

static json_t *gap_json(struct cbk_drift_look *look, const char *id, const json_t *reason)
{
    const struct cbk_instance *instance = cbk_env_instance(&look->env, id);
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("unprotected.%s", id);
    json_t *json = json_pack("{s:s, s:s, s:s, s:O}", "address", address, "instance", id, "instance_name",
                             instance ? instance->name : "", "reason", reason);
    cbk_drift_ignores_see(&look->ignores, address);
    (void)cbk_drift_ignores_settle(&look->ignores, address, NULL, cbk_drift_sorts[CBK_DRIFT_UNPROTECTED].severity,
                                   json);
    return json;
}

int cbk_drift_coverage(struct cbk_drift_look *look, json_t **ret_coverage, struct cbk_error *err)
{
    CBK_JSON *ids = instances_of(look), *bindings = NULL, *unprotected = json_array();
    CBK_ERROR(failure);
    int r = json_array_size(ids) ? cbk_hbr_list_bindings(look->env.cloud, ids, &bindings, &failure) : 0;
    if (r == CBK_E_AUTH && !look->input->unmanaged) {
        *ret_coverage = json_null();
        return 0;
    }
    if (r < 0) {
        (void)cbk_error_move(err, &failure);
        return cbk_wrap(err, "cannot tell what is backed up");
    }
    CBK_JSON *gaps = gaps_of(look, ids, bindings), *sorted = cbk_json_sorted_keys(gaps);
    size_t index;
    json_t *id;
    json_array_foreach(sorted, index, id)
        json_array_append_new(unprotected,
                              gap_json(look, json_string_value(id), json_object_get(gaps, json_string_value(id))));
    json_int_t count = (json_int_t)json_array_size(ids);
    *ret_coverage = json_pack("{s:I, s:I, s:O}", "instances", count, "protected",
                              count - (json_int_t)json_array_size(unprotected), "unprotected", unprotected);
    return 0;
}
