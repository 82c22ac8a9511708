#include "engine/checks.h"

#include "cloud/ram.h"
#include "kinds/policy_doc.h"

#include <string.h>

/* One judgement under way: the job, its instance, the role that the job names. */
struct subject {
    const struct cbk_checker *checker;
    const struct cbk_object *job;
    const struct cbk_instance *instance;
    const struct cbk_object *role; /* as declared; NULL: the job names none */
};

static const char *required_role(const struct subject *subject)
{
    return cbk_object_text(subject->job->desired, "role");
}

/* Checks answer NULL when all is well, else what is wrong; the caller frees it. */
typedef char *(*check_fn)(const struct subject *subject);

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

static char *check_system(const struct subject *subject)
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

static char *check_disks(const struct subject *subject)
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

static char *check_region(const struct subject *subject)
{
    const char *region = cbk_cloud_region(subject->checker->env->cloud);
    return strcmp(region, "me-central-1") == 0
               ? cbk_strf("the region %s has instance backup without application consistency", region)
               : NULL;
}

static char *check_agent(const struct subject *subject)
{
    const struct cbk_instance *instance = subject->instance;
    if (instance->agent == CBK_AGENT_ONLINE)
        return NULL;
    if (instance->agent == CBK_AGENT_OFFLINE)
        return cbk_strf("the Cloud Assistant agent is offline%s%s", instance->heartbeat ? ", last heard of at " : "",
                        instance->heartbeat ? instance->heartbeat : "");
    return cbk_strdup("the Cloud Assistant agent is not installed");
}

static char *check_role(const struct subject *subject)
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

static const json_t *document_of(const struct cbk_checker *checker, const char *policy)
{
    for (size_t i = 0; cbk_str_starts_with(policy, "Custom/") && i < checker->objects->list.len; i++) {
        const struct cbk_object *object = checker->objects->list.items[i];
        if (object->kind == &cbk_kind_policy && object->desired &&
            cbk_str_equal(cbk_object_text(object->desired, "name"), policy + strlen("Custom/")))
            return json_object_get(object->desired, "document");
    }
    return json_object_get(checker->documents, policy);
}

/* All statements of all the role's policies as one document: a Deny in one takes back an Allow in another. */
static json_t *whole_document(const struct subject *subject)
{
    json_t *statements = json_array();
    size_t index;
    json_t *policy;
    json_array_foreach(json_object_get(subject->role->desired, "policies"), index, policy) {
        const json_t *document = document_of(subject->checker, json_string_value(policy));
        json_array_extend(statements, json_object_get(document, "Statement"));
    }
    return json_pack("{s:o}", "Statement", statements);
}

static char *check_permissions(const struct subject *subject)
{
    CBK_JSON *document = whole_document(subject);
    CBK_STR(missing);
    for (size_t i = 0; i < CBK_ARRAY_LEN(needed_actions); i++)
        if (!cbk_policy_doc_allows(document, needed_actions[i], "*"))
            cbk_str_addf(&missing, "%s%s", missing.len ? ", " : "", needed_actions[i]);
    return missing.len ? cbk_strf("the role '%s' may not do %s", required_role(subject), missing.ptr) : NULL;
}

static char *check_scripts(const struct subject *subject)
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
            return cbk_strf("the job runs '%s', the scripts stand at '%s'", asked ? asked : "", delivered);
    }
    return NULL;
}

static char *check_running(const struct subject *subject)
{
    const char *status = cbk_json_text_or(subject->instance->info, "Status", "unknown");
    return strcmp(status, "Running") == 0 ? NULL : cbk_strf("the instance is %s, not Running", status);
}

/* A snapshot group takes 16 disks and 32 TiB (docs; newer SDKs name more, so this is the safe side). */
static char *check_group_size(const struct subject *subject)
{
    int64_t total_gib = 0;
    size_t count = json_array_size(subject->instance->disks);
    for (size_t i = 0; i < count; i++)
        total_gib += cbk_json_int(json_array_get(subject->instance->disks, i), "Size", 0);
    if (count > 16)
        return cbk_strf("it has %zu disks, a snapshot group takes 16", count);
    return total_gib > 32 * 1024
               ? cbk_strf("its disks hold %lld GiB, a snapshot group takes 32768", (long long)total_gib)
               : NULL;
}

/*
 * The table. `falls_to` is the level that the service would silently make instead; `needs` the check without which this
 * one has nothing to say. The numbers are those of the prerequisites in docs/checks.md.
 */
static const struct check_row {
    const char *id;
    const char *fine; /* what is true when it passes */
    check_fn run;
    enum cbk_level falls_to;
    const char *needs; /* id, or NULL */
} rows[] = {
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

enum outcome { NOT_RUN, PASSED, FAILED, SILENT };

static void judge_row(const struct subject *subject, size_t row, enum outcome *outcomes, char **messages)
{
    if (outcomes[row] != NOT_RUN)
        return;
    for (size_t i = 0; rows[row].needs && i < CBK_ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].id, rows[row].needs) != 0)
            continue;
        judge_row(subject, i, outcomes, messages);
        if (outcomes[i] != PASSED) {
            outcomes[row] = SILENT;
            return;
        }
    }
    messages[row] = rows[row].run(subject);
    outcomes[row] = messages[row] ? FAILED : PASSED;
}

static void add_finding(struct cbk_prediction *prediction, const struct subject *subject, const char *id, bool ok,
                        const char *message)
{
    const struct cbk_object *job = subject->job;
    json_array_append_new(prediction->findings, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "id", id, "address",
                                                          job->address, "instance", job->instance, "instance_name",
                                                          subject->instance->name, "ok", (int)ok, "message", message));
    if (!ok)
        json_array_append_new(prediction->reasons, json_string(message));
}

void cbk_check_job(const struct cbk_checker *checker, const struct cbk_object *job, struct cbk_prediction *ret)
{
    *ret = (struct cbk_prediction){.findings = json_array(), .reasons = json_array()};
    ret->level = cbk_level_parse(cbk_object_text(job->desired, "level"));
    if (ret->level < CBK_LEVEL_APPLICATION) /* a crash-consistent point needs nothing of all this */
        return;
    const char *role = cbk_json_text(job->declared, "consistency.role");
    const struct subject subject = {
        .checker = checker,
        .job = job,
        .instance = cbk_env_instance(checker->env, job->instance),
        .role = role ? cbk_objects_get(checker->objects, role) : NULL,
    };
    enum outcome outcomes[CBK_ARRAY_LEN(rows)] = {NOT_RUN};
    char *messages[CBK_ARRAY_LEN(rows)] = {NULL};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        judge_row(&subject, i, outcomes, messages);
        if (outcomes[i] == SILENT)
            continue;
        add_finding(ret, &subject, rows[i].id, outcomes[i] == PASSED, messages[i] ? messages[i] : rows[i].fine);
        if (outcomes[i] == FAILED && rows[i].falls_to < ret->level)
            ret->level = rows[i].falls_to;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++)
        free(messages[i]);
}

void cbk_prediction_release(struct cbk_prediction *prediction)
{
    json_decref(prediction->findings);
    json_decref(prediction->reasons);
    *prediction = (struct cbk_prediction){0};
}

static int read_document(struct cbk_checker *checker, const char *policy, struct cbk_error *err)
{
    const char *slash = strchr(policy, '/');
    if (!slash || document_of(checker, policy))
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *type = cbk_strndup(policy, (size_t)(slash - policy));
    CBK_JSON *found = NULL;
    int r = cbk_ram_get_policy(checker->env->cloud, type, slash + 1, &found, err);
    if (r < 0)
        return r;
    const json_t *document = cbk_json_at(found, "DefaultPolicyVersion.PolicyDocument");
    if (document)
        json_object_set_new(checker->documents, policy, cbk_policy_doc_normalise(document));
    return 0;
}

/* The policies of the roles that jobs name and the stack does not declare. */
static int read_documents(struct cbk_checker *checker, struct cbk_error *err)
{
    for (size_t i = 0; i < checker->objects->list.len; i++) {
        const struct cbk_object *object = checker->objects->list.items[i];
        if (object->kind != &cbk_kind_role || !object->desired)
            continue;
        size_t index;
        json_t *policy;
        json_array_foreach(json_object_get(object->desired, "policies"), index, policy) {
            int r = read_document(checker, json_string_value(policy), err);
            if (r < 0)
                return cbk_wrap(err, "cannot read the policy '%s' of %s", json_string_value(policy), object->address);
        }
    }
    return 0;
}

int cbk_checker_init(struct cbk_checker *checker, const struct cbk_env *env, const struct cbk_objects *objects,
                     struct cbk_error *err)
{
    *checker = (struct cbk_checker){.env = env,
                                    .objects = objects,
                                    .attachments = cbk_map_new(),
                                    .scripts = cbk_map_new(),
                                    .documents = json_object()};
    bool any_job = false;
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        any_job = any_job || (object->kind == &cbk_kind_snapshot_job && object->desired);
        if (!object->desired)
            continue;
        if (object->kind == &cbk_kind_attachment)
            cbk_map_set(checker->attachments, object->instance, object);
        if (object->kind == &cbk_kind_script)
            cbk_map_set(checker->scripts, object->instance, object);
    }
    return any_job ? read_documents(checker, err) : 0;
}

void cbk_checker_release(struct cbk_checker *checker)
{
    cbk_map_free(checker->attachments);
    cbk_map_free(checker->scripts);
    json_decref(checker->documents);
    *checker = (struct cbk_checker){0};
}
