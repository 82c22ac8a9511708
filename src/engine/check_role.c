/* Checks of rights: the instance's role, what it may do, and the service's own. */
#include "engine/check_rows.h"
#include "kinds/policy_doc.h"

#include <string.h>

static const json_t *role_of(const struct cbk_check_subject *subject, const char **ret_name)
{
    *ret_name = cbk_checker_carried_role(subject->checker, subject->instance);
    return *ret_name ? json_object_get(subject->checker->roles, *ret_name) : NULL;
}

/* "job" or "binding". */
static const char *noun_of(const struct cbk_object *object)
{
    const char *last = strrchr(object->kind->name, '_');
    return last ? last + 1 : object->kind->name;
}

/* What is wrong about the role's name; NULL: nothing. */
static char *check_carried(const struct cbk_check_subject *subject, const char *carried)
{
    const char *wanted = subject->order.role;
    if (!subject->object)
        return carried ? NULL : cbk_strdup("it carries no role");
    const char *who = noun_of(subject->object);
    if (!wanted)
        return cbk_strf("the %s names no role", who);
    if (cbk_str_equal(carried, wanted))
        return NULL;
    return carried ? cbk_strf("it carries the role '%s', the %s names '%s'", carried, who, wanted)
                   : cbk_strf("it carries no role, the %s names '%s'", who, wanted);
}

char *cbk_check_role(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const char *carried = NULL;
    const json_t *role = role_of(subject, &carried);
    char *complaint = check_carried(subject, carried);
    if (complaint)
        return complaint;
    if (!cbk_policy_doc_trusts(json_object_get(role, "trust"), "ecs.aliyuncs.com"))
        return cbk_strf("the role '%s' does not trust ecs.aliyuncs.com", carried);
    return NULL;
}

/* What the vendor's page asks for (2025-11), and of each what the plugin was seen to call (version 1.8). */
static const struct needed_row {
    const char *asked;
    const char *seen[2];
} needed[] = {
    {"ecs:DescribeSnapshot*", {"ecs:DescribeSnapshots", "ecs:DescribeSnapshotGroups"}},
    {"ecs:CreateSnapshot*", {"ecs:CreateSnapshot", "ecs:CreateSnapshotGroup"}},
    {"ecs:TagResources", {NULL}},
    {"ecs:DescribeDisks", {NULL}},
};

/* All statements of all the role's policies as one document: a Deny in one takes back an Allow in another. */
static json_t *whole_document(const struct cbk_checker *checker, const json_t *role)
{
    json_t *statements = json_array();
    size_t index;
    json_t *policy;
    json_array_foreach(json_object_get(role, "policies"), index, policy) {
        const json_t *document = json_object_get(checker->documents, json_string_value(policy));
        json_array_extend(statements, json_object_get(document, "Statement"));
    }
    return json_pack("{s:o}", "Statement", statements);
}

static bool allows_what_was_seen(const json_t *document, const struct needed_row *row)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(row->seen); i++)
        if (!row->seen[i] || !cbk_policy_doc_allows(document, row->seen[i], "*"))
            return false;
    return true;
}

char *cbk_check_permissions(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    const char *name = NULL;
    CBK_JSON *document = whole_document(subject->checker, role_of(subject, &name));
    CBK_STR(missing);
    CBK_STR(partial);
    for (size_t i = 0; i < CBK_ARRAY_LEN(needed); i++) {
        if (cbk_policy_doc_allows(document, needed[i].asked, "*"))
            continue;
        struct cbk_str *list = allows_what_was_seen(document, &needed[i]) ? &partial : &missing;
        cbk_str_addf(list, "%s%s", list->len ? ", " : "", needed[i].asked);
    }
    if (missing.len)
        return cbk_strf("the role '%s' may not do %s", name, missing.ptr);
    if (!partial.len)
        return NULL;
    *falls_to = CBK_LEVEL_APPLICATION;
    return cbk_strf("the role '%s' may do only a part of %s, which is all that was seen to be used", name, partial.ptr);
}

char *cbk_check_service(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    if (subject->checker->service == CBK_SERVICE_ROLE_PRESENT)
        return NULL;
    if (subject->checker->service == CBK_SERVICE_ROLE_MISSING)
        return cbk_strdup("Cloud Backup has no role for instance backups in this account");
    *falls_to = CBK_LEVEL_APPLICATION;
    return cbk_strdup("whether Cloud Backup may act in this account cannot be told by these credentials");
}
