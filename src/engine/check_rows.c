/* What each check asks. The table at the end is all that checks.c sees. */
#include "engine/check_rows.h"

#include "kinds/policy_doc.h"

#include <string.h>
#include <strings.h>

static const char *required_role(const struct cbk_check_subject *subject)
{
    return cbk_object_text(subject->job->desired, "role");
}

/* Source of the rows: the vendor's page on application-consistent backup (2025-11) and newer ones where said. */
static const struct system_row {
    const char *name; /* how OSNameEn begins, case apart */
    int major, minor; /* the least version; 0, 0: listed by name */
} systems[] = {
    {"CentOS", 7, 6},
    {"Ubuntu", 18, 4},
    {"Alibaba Cloud Linux", 2, 1903}, /* newer pages add 3 */
    {"Windows Server 2012", 0, 0},
    {"Windows Server 2016", 0, 0},
    {"Windows Server 2019", 0, 0},
    {"Windows Server 2022", 0, 0}, /* newer pages */
};

static bool version_suffices(const char *text, const struct system_row *row)
{
    text += strcspn(text, "0123456789");
    char *rest = NULL;
    long major = strtol(text, &rest, 10);
    long minor = rest && *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
    return major > row->major || (major == row->major && minor >= row->minor);
}

static char *check_system(const struct cbk_check_subject *subject)
{
    const char *name = cbk_json_text_or(subject->instance->info, "OSNameEn", "");
    if (!*name)
        name = cbk_json_text_or(subject->instance->info, "OSName", "");
    while (*name == ' ')
        name++;
    for (size_t i = 0; i < CBK_ARRAY_LEN(systems); i++) {
        const struct system_row *row = &systems[i];
        size_t len = strlen(row->name);
        if (strncasecmp(name, row->name, len) == 0 && (!row->major || version_suffices(name + len, row)))
            return NULL;
    }
    return cbk_strf("its operating system '%s' is not one that the service supports", name);
}

static char *check_disks(const struct cbk_check_subject *subject)
{
    static const char *const fitting[] = {"cloud_essd", "cloud_auto",
                                          "cloud_essd_entry"}; /* the last two: newer pages */
    size_t index;
    json_t *disk;
    json_array_foreach(subject->instance->disks, index, disk) {
        const char *category = cbk_json_text_or(disk, "Category", "unknown");
        bool fits = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(fitting); i++)
            fits = fits || strcmp(category, fitting[i]) == 0;
        if (!fits)
            return cbk_strf("disk %s is %s, not an ESSD", cbk_json_text_or(disk, "DiskId", "?"), category);
    }
    return json_array_size(subject->instance->disks) ? NULL : cbk_strdup("it has no disk that these credentials see");
}

static char *check_region(const struct cbk_check_subject *subject)
{
    const char *region = cbk_cloud_region(subject->checker->env->cloud);
    return strcmp(region, "me-central-1") == 0
               ? cbk_strf("the region %s has instance backup without application consistency", region)
               : NULL;
}

static char *check_agent(const struct cbk_check_subject *subject)
{
    const struct cbk_instance *instance = subject->instance;
    if (instance->agent == CBK_AGENT_ONLINE)
        return NULL;
    if (instance->agent == CBK_AGENT_OFFLINE)
        return cbk_strf("the Cloud Assistant agent is offline%s%s", instance->heartbeat ? ", last heard of at " : "",
                        instance->heartbeat ? instance->heartbeat : "");
    return cbk_strdup("the Cloud Assistant agent is not installed");
}

static char *check_role(const struct cbk_check_subject *subject)
{
    const char *wanted = required_role(subject);
    if (!wanted)
        return cbk_strdup("the job names no role");
    const struct cbk_object *attachment = cbk_map_get(subject->checker->attachments, subject->instance->id);
    const char *carried = attachment ? cbk_object_text(attachment->desired, "role") : subject->instance->role;
    if (!cbk_str_equal(carried, wanted))
        return carried ? cbk_strf("it carries the role '%s', the job names '%s'", carried, wanted)
                       : cbk_strf("it carries no role, the job names '%s'", wanted);
    if (!subject->role || !cbk_policy_doc_trusts(json_object_get(subject->role->desired, "trust"), "ecs.aliyuncs.com"))
        return cbk_strf("the role '%s' does not trust ecs.aliyuncs.com", wanted);
    return NULL;
}

/* What the plugin does with the instance's role. */
static const char *const needed_actions[] = {"ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources",
                                             "ecs:DescribeDisks"};

/* All statements of all the role's policies as one document: a Deny in one takes back an Allow in another. */
static json_t *whole_document(const struct cbk_check_subject *subject)
{
    json_t *statements = json_array();
    size_t index;
    json_t *policy;
    json_array_foreach(json_object_get(subject->role->desired, "policies"), index, policy) {
        const json_t *document = cbk_checker_document(subject->checker, json_string_value(policy));
        json_array_extend(statements, json_object_get(document, "Statement"));
    }
    return json_pack("{s:o}", "Statement", statements);
}

static char *check_permissions(const struct cbk_check_subject *subject)
{
    CBK_JSON *document = whole_document(subject);
    CBK_STR(missing);
    for (size_t i = 0; i < CBK_ARRAY_LEN(needed_actions); i++)
        if (!cbk_policy_doc_allows(document, needed_actions[i], "*"))
            cbk_str_addf(&missing, "%s%s", missing.len ? ", " : "", needed_actions[i]);
    return missing.len ? cbk_strf("the role '%s' may not do %s", required_role(subject), missing.ptr) : NULL;
}

static char *check_scripts(const struct cbk_check_subject *subject)
{
    if (cbk_instance_is_windows(subject->instance)) /* VSS writers take their place */
        return NULL;
    const struct cbk_object *scripts = cbk_map_get(subject->checker->scripts, subject->instance->id);
    if (!scripts || !scripts->desired)
        return cbk_strdup("no freeze and thaw scripts are declared for it");
    if (scripts->unreachable)
        return cbk_strf("the scripts cannot be delivered: %s", scripts->unreachable);
    static const char *const roles[] = {"pre_freeze", "post_thaw"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(roles); i++) {
        const char *asked = cbk_object_text(subject->job->desired, roles[i]);
        const char *delivered = cbk_json_text(json_object_get(scripts->desired, roles[i]), "path");
        if (!cbk_str_equal(asked, delivered))
            return cbk_strf("the job runs '%s', the script stands at '%s'", asked ? asked : "",
                            delivered ? delivered : "no place");
    }
    return NULL;
}

static char *check_running(const struct cbk_check_subject *subject)
{
    const char *status = cbk_json_text_or(subject->instance->info, "Status", "unknown");
    return strcmp(status, "Running") == 0 ? NULL : cbk_strf("the instance is %s, not Running", status);
}

/* A snapshot group takes 16 disks and 32 TiB (docs; newer SDKs name more, so this is the safe side). */
static char *check_group_size(const struct cbk_check_subject *subject)
{
    int64_t total_gib = 0;
    size_t count = json_array_size(subject->instance->disks);
    for (size_t i = 0; i < count; i++)
        total_gib += cbk_json_int(json_array_get(subject->instance->disks, i), "Size", 0);
    if (count > 16)
        return cbk_strf("it has %zu disks, a snapshot group takes 16", count);
    return total_gib > (int64_t)32 * 1024
               ? cbk_strf("its disks hold %lld GiB, a snapshot group takes 32768", (long long)total_gib)
               : NULL;
}

const struct cbk_check_row cbk_check_rows[] = {
    {"CBK101", "the operating system is supported", check_system, CBK_LEVEL_CRASH, NULL},
    {"CBK102", "every disk is an ESSD", check_disks, CBK_LEVEL_CRASH, NULL},
    {"CBK104", "the region offers application consistency", check_region, CBK_LEVEL_CRASH, NULL},
    {"CBK105", "the Cloud Assistant agent is online", check_agent, CBK_LEVEL_CRASH, "CBK111"},
    {"CBK106", "the instance carries the role, which trusts ECS", check_role, CBK_LEVEL_CRASH, NULL},
    {"CBK107", "the role may do what the plugin does", check_permissions, CBK_LEVEL_CRASH, "CBK106"},
    {"CBK108", "the scripts stand where the job runs them", check_scripts, CBK_LEVEL_FILESYSTEM, "CBK105"},
    {"CBK111", "the instance is running", check_running, CBK_LEVEL_CRASH, NULL},
    {"CBK113", "its disks fit into one snapshot group", check_group_size, CBK_LEVEL_CRASH, NULL},
};
const size_t cbk_check_row_count = CBK_ARRAY_LEN(cbk_check_rows);
