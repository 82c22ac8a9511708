/* Checks of what the cloud tells of the instance itself: system, disks, region, agent, status. */
#include "base/time.h"
#include "engine/check_rows.h"

#include <string.h>
#include <strings.h>

#define GROUP_DISKS 16
#define GROUP_GIB ((int64_t)32 * 1024)
#define HEARTBEAT_S ((int64_t)10 * 60)

/* Source of the rows: the vendor's page on application-consistent backup (2025-11) and newer ones where said. */
static const struct system_row {
    const char *name; /* how OSNameEn begins, case apart */
    int major, minor; /* the least version; 0, 0: listed by name */
} systems[] = {
    {"CentOS", 7, 6},
    {"Ubuntu", 18, 4},
    {"Alibaba Cloud Linux", 2, 1903}, /* newer pages add 3 */
    {"Aliyun Linux 2.1903", 0, 0},    /* what version 2 was called before; "17.1" was version 1 */
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

/* The API pads names with blanks ("Windows Server  2019"), which mean nothing. */
static char *squeeze(const char *text)
{
    CBK_STR(out);
    for (const char *at = text + strspn(text, " "); *at; at++)
        if (*at != ' ' || (at[1] != ' ' && at[1]))
            cbk_str_add_char(&out, *at);
    return cbk_str_detach(&out);
}

char *cbk_check_system(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const char *told = cbk_json_text_or(subject->instance->info, "OSNameEn", "");
    if (!*told)
        told = cbk_json_text_or(subject->instance->info, "OSName", "");
    CBK_CLEANUP(cbk_string_freep) char *name = squeeze(told);
    for (size_t i = 0; i < CBK_ARRAY_LEN(systems); i++) {
        const struct system_row *row = &systems[i];
        size_t len = strlen(row->name);
        if (strncasecmp(name, row->name, len) == 0 && (!row->major || version_suffices(name + len, row)))
            return NULL;
    }
    return cbk_strf("its operating system '%s' is not one that the service supports", name);
}

char *cbk_check_disks(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    static const char *const fitting[] = {"cloud_essd", "cloud_auto",
                                          "cloud_essd_entry"}; /* the last two: newer pages */
    size_t index;
    json_t *disk;
    json_array_foreach(subject->instance->disks, index, disk) { /* every attached one, also those left out */
        const char *category = cbk_json_text_or(disk, "Category", "unknown");
        bool fits = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(fitting); i++)
            fits = fits || strcmp(category, fitting[i]) == 0;
        if (!fits)
            return cbk_strf("disk %s is %s, not an ESSD", cbk_json_text_or(disk, "DiskId", "?"), category);
    }
    return json_array_size(subject->instance->disks) ? NULL : cbk_strdup("it has no disk that these credentials see");
}

char *cbk_check_region(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const char *region = cbk_json_text_or(subject->checker->env->stack, "provider.region", "");
    return strcmp(region, "me-central-1") == 0
               ? cbk_strf("the region %s has instance backup without application consistency", region)
               : NULL;
}

/* The service says itself whether an agent is online; one that says so and has not been heard of is odd. */
static char *check_heartbeat(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    CBK_ERROR(ignored); /* a time that cannot be read tells nothing */
    const char *heartbeat = subject->instance->heartbeat;
    int64_t when = 0;
    if (!heartbeat || cbk_time_parse(heartbeat, &when, &ignored) < 0 ||
        subject->checker->env->now - when <= HEARTBEAT_S)
        return NULL;
    *falls_to = CBK_LEVEL_APPLICATION;
    return cbk_strf("the Cloud Assistant agent is said to be online, and was last heard of at %s", heartbeat);
}

char *cbk_check_agent(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    const struct cbk_instance *instance = subject->instance;
    if (instance->agent == CBK_AGENT_ONLINE)
        return check_heartbeat(subject, falls_to);
    if (instance->agent == CBK_AGENT_OFFLINE)
        return cbk_strf("the Cloud Assistant agent is offline%s%s", instance->heartbeat ? ", last heard of at " : "",
                        instance->heartbeat ? instance->heartbeat : "");
    return cbk_strdup("the Cloud Assistant agent is not installed");
}

char *cbk_check_running(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const char *status = cbk_json_text_or(subject->instance->info, "Status", "unknown");
    return strcmp(status, "Running") == 0 ? NULL : cbk_strf("the instance is %s, not Running", status);
}

static bool is_backed_up(const struct cbk_check_subject *subject, const json_t *disk)
{
    const char *id = cbk_json_text_or(disk, "DiskId", "");
    const json_t *only = json_object_get(subject->order.disks, "only");
    const json_t *except = json_object_get(subject->order.disks, "except");
    return json_array_size(only) ? cbk_json_array_has(only, id) : !cbk_json_array_has(except, id);
}

/* Disks are named by id, and an id goes with its disk: with a slip of the pen, or a disk that was exchanged, a binding
 * backs up nothing and looks as good as any. Where no disk is seen, nothing can be said. */
char *cbk_check_named_disks(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    size_t index;
    json_t *disk;
    json_array_foreach(subject->instance->disks, index, disk)
        if (is_backed_up(subject, disk))
            return NULL;
    return json_array_size(subject->instance->disks) ? cbk_strdup("'disks' leaves none of its disks to be backed up")
                                                     : NULL;
}

/* A snapshot group takes 16 disks and 32 TiB (docs; newer SDKs name more, so this is the safe side). */
char *cbk_check_group_size(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    int64_t total_gib = 0;
    size_t count = 0, index;
    json_t *disk;
    json_array_foreach(subject->instance->disks, index, disk) {
        if (!is_backed_up(subject, disk))
            continue;
        count++;
        total_gib += cbk_json_int(disk, "Size", 0);
    }
    if (count > GROUP_DISKS)
        return cbk_strf("it has %zu disks, a snapshot group takes %d", count, GROUP_DISKS);
    return total_gib > GROUP_GIB ? cbk_strf("its disks hold %lld GiB, a snapshot group takes %lld",
                                            (long long)total_gib, (long long)GROUP_GIB)
                                 : NULL;
}
