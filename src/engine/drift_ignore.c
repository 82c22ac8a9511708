#include "engine/drift_ignore.h"

#include "base/time.h"
#include "engine/diff.h"

#define DAY_S ((int64_t)86400)

/* The day itself still counts. */
static bool is_over(const char *until, int64_t now)
{
    CBK_CLEANUP(cbk_string_freep) char *midnight = until ? cbk_strf("%sT00:00:00Z", until) : NULL;
    CBK_ERROR(ignored); /* the schema has seen to it that it is a date */
    int64_t day = 0;
    return midnight && cbk_time_parse(midnight, &day, &ignored) == 0 && now >= day + DAY_S;
}

void cbk_drift_ignores_read(const struct cbk_stack *stack, int64_t now, struct cbk_drift_ignores *ret)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(stack->tree, "drift_ignore"), index, entry) {
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/drift_ignore/%zu", index);
        const char *until = cbk_json_text(entry, "until");
        cbk_drift_ignores_push(ret, (struct cbk_drift_ignore){
                                        .address = cbk_json_text_or(entry, "address", ""),
                                        .path = cbk_json_text(entry, "path"),
                                        .reason = cbk_json_text_or(entry, "reason", ""),
                                        .until = until,
                                        .is_over = is_over(until, now),
                                        .span = cbk_config_span(stack->config, pointer, /* of_key= */ false),
                                    });
    }
}

void cbk_drift_ignores_see(struct cbk_drift_ignores *ignores, const char *address)
{
    for (size_t i = 0; i < ignores->len; i++)
        ignores->items[i].is_known = ignores->items[i].is_known || cbk_str_glob(ignores->items[i].address, address);
}

static bool is_about(const struct cbk_drift_ignore *entry, const char *address, const char *path)
{
    return cbk_str_glob(entry->address, address) && (!entry->path || (path && cbk_diff_lies_in(path, entry->path)));
}

/* The entry that a finding falls under: one that holds comes before one that is over; NULL: none. */
static const struct cbk_drift_ignore *find(struct cbk_drift_ignores *ignores, const char *address, const char *path)
{
    struct cbk_drift_ignore *found = NULL;
    for (size_t i = 0; i < ignores->len; i++) {
        struct cbk_drift_ignore *entry = &ignores->items[i];
        if (!is_about(entry, address, path))
            continue;
        entry->matched++;
        if (!found || (found->is_over && !entry->is_over))
            found = entry;
    }
    return found;
}

enum cbk_severity cbk_drift_ignores_settle(struct cbk_drift_ignores *ignores, const char *address, const char *path,
                                           enum cbk_severity severity, json_t *finding)
{
    const struct cbk_drift_ignore *entry = find(ignores, address, path);
    bool is_silenced = entry && !entry->is_over;
    if (entry)
        json_object_set_new(finding, is_silenced ? "ignored" : "expired",
                            json_pack("{s:s, s:s?}", "reason", entry->reason, "until", entry->until));
    json_object_set_new(finding, "severity", is_silenced ? json_null() : json_string(cbk_severity_name(severity)));
    return is_silenced ? CBK_SEVERITY_NONE : severity;
}
