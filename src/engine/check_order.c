/* Checks of what is asked for: scripts, options, writers, batches. */
#include "engine/check_rows.h"

#define BATCH_INSTANCES 99

static char *check_path(const char *asked, const struct cbk_object *scripts, const char *part)
{
    const char *delivered = cbk_json_text(json_object_get(scripts->desired, part), "path");
    if (!asked || cbk_str_equal(asked, delivered))
        return NULL;
    return cbk_strf("'%s' will be run, the script stands at '%s'", asked, delivered ? delivered : "no place");
}

char *cbk_check_scripts(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    if (!subject->order.fs_freeze) /* nothing but the freeze would be left, and that is not wanted */
        *falls_to = CBK_LEVEL_CRASH;
    const struct cbk_object *scripts = cbk_map_get(subject->checker->scripts, subject->instance->id);
    if (!scripts)
        return cbk_strdup("no freeze and thaw scripts are declared for it");
    if (scripts->unreachable)
        return cbk_strf("the scripts cannot be delivered: %s", scripts->unreachable);
    char *complaint = check_path(subject->order.pre_freeze, scripts, "pre_freeze");
    return complaint ? complaint : check_path(subject->order.post_thaw, scripts, "post_thaw");
}

/* The vendor's page (2025-11) says that the two exclude each other; an example of the Terraform provider sets both. */
char *cbk_check_options(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    return subject->order.group ? cbk_strdup("a snapshot group is asked for, which rules application consistency out")
                                : NULL;
}

char *cbk_check_writers(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    return subject->order.writers ? NULL : cbk_strdup("'writers: false' leaves the VSS writers out");
}

/*
 * A snapshot job is one order for one instance, however many run at a time. Of a schedule that serves many instances
 * nobody says whether the service takes them as one batch, which would hold 99 (U).
 */
char *cbk_check_batch(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const char *policy = cbk_json_text(subject->object->declared, "policy");
    json_int_t bound = policy ? json_integer_value(json_object_get(subject->checker->bound, policy)) : 0;
    if (bound <= BATCH_INSTANCES)
        return NULL;
    return cbk_strf("%lld instances are bound to %s, and a batch of the service holds %d", (long long)bound, policy,
                    BATCH_INSTANCES);
}
