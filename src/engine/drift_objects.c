/* What was applied, held against what lives: one entry an object. */
#include "engine/drift_look.h"

/* How an object stands. */
struct standing {
    const char *status; /* "same", "changed", "gone", or the sort of drift that it is as a whole */
    enum cbk_severity severity;
    const char *reason; /* borrowed; NULL: the status says it */
};

static struct standing standing_as(enum cbk_drift_sort sort, const char *reason)
{
    return (struct standing){cbk_drift_sorts[sort].id, cbk_drift_sorts[sort].severity, reason};
}

static const struct standing as_applied = {.status = "same"};

/* What git wants gone, too, is missed by nobody; with an instance that was released it is so of all that was its. */
static struct standing standing_of_missing(const struct cbk_drift_look *look, const struct cbk_object *object)
{
    bool is_orphan = object->instance && !cbk_env_instance(&look->env, object->instance);
    const char *reason = is_orphan ? "its instance is gone, or cannot be seen" : "it is gone";
    if (cbk_drift_wish(look, object)->desired)
        return standing_as(CBK_DRIFT_MISSING, reason);
    return (struct standing){.status = "gone", .reason = reason};
}

/* Fills in what is ignored, and answers the worst of the rows that count. */
static enum cbk_severity settle_rows(struct cbk_drift_look *look, const struct cbk_object *object, json_t *rows)
{
    enum cbk_severity worst = CBK_SEVERITY_NONE;
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        enum cbk_severity severity = cbk_drift_severity_of(object->kind, row);
        json_object_set_new(row, "sort", json_string(cbk_drift_sorts[cbk_drift_sort_of(row)].id));
        severity =
            cbk_drift_ignores_settle(&look->ignores, object->address, cbk_json_text_or(row, "path", ""), severity, row);
        worst = severity > worst ? severity : worst;
    }
    return worst;
}

static struct standing stand(struct cbk_drift_look *look, const struct cbk_object *object, json_t **ret_rows)
{
    if (object->needless)
        return as_applied;
    if (object->unreachable)
        return standing_as(CBK_DRIFT_UNREAD, object->unreachable);
    if (!object->live)
        return standing_of_missing(look, object);
    *ret_rows = cbk_diff_drift(object, cbk_drift_wish(look, object)->desired);
    if (!json_array_size(*ret_rows))
        return as_applied;
    return (struct standing){cbk_drift_sorts[CBK_DRIFT_CHANGED].id, settle_rows(look, object, *ret_rows), NULL};
}

/* Rows have been settled one by one; what is so as a whole has not. */
static void settle(struct cbk_drift_look *look, const struct cbk_object *object, const struct standing *standing,
                   bool has_rows, json_t *json)
{
    const char *severity = cbk_severity_name(standing->severity);
    if (standing->severity && !has_rows)
        (void)cbk_drift_ignores_settle(&look->ignores, object->address, NULL, standing->severity, json);
    else
        json_object_set_new(json, "severity", severity ? json_string(severity) : json_null());
}

static json_t *object_json(struct cbk_drift_look *look, const struct cbk_object *object)
{
    CBK_JSON *rows = NULL;
    const struct standing standing = stand(look, object, &rows);
    const struct cbk_instance *instance = object->instance ? cbk_env_instance(&look->env, object->instance) : NULL;
    json_t *json = json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o}", "address", object->address, "kind", object->kind->name,
                             "title", cbk_object_title(object), "id", object->id, "status", standing.status, "diff",
                             rows ? json_incref(rows) : json_array());
    cbk_json_set_text(json, "instance", object->instance);
    cbk_json_set_text(json, "instance_name", instance ? instance->name : NULL);
    cbk_json_set_text(json, "reason", standing.reason);
    cbk_drift_add_place(look, &object->span, json);
    settle(look, object, &standing, rows != NULL, json);
    return json;
}

json_t *cbk_drift_objects(struct cbk_drift_look *look)
{
    json_t *objects = json_array();
    for (size_t i = 0; i < look->applied->list.len; i++) {
        const struct cbk_object *object = look->applied->list.items[i];
        cbk_drift_ignores_see(&look->ignores, object->address);
        json_array_append_new(objects, object_json(look, object));
    }
    return objects;
}
