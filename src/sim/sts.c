/* STS: GetCallerIdentity, AssumeRole. */
#include "base/digest.h"
#include "base/time.h"
#include "sim/action.h"
#include "sim/document.h"

#include <ctype.h>
#include <string.h>

enum { LEAST_SECONDS = 900, MOST_POLICY = 2048 };

static int get_caller_identity(struct sim_call *call)
{
    const json_t *session = call->caller.session;
    sim_give_text(call, "AccountId", call->world->account);
    if (!session) {
        CBK_CLEANUP(cbk_string_freep) char *arn = cbk_strf("acs:ram::%s:root", call->world->account);
        sim_give_text(call, "Arn", arn);
        sim_give_text(call, "IdentityType", "Account");
        sim_give_text(call, "PrincipalId", call->world->account);
        sim_give_text(call, "UserId", call->world->account);
        return 0;
    }
    sim_give_text(call, "Arn", cbk_json_text(session, "arn"));
    sim_give_text(call, "IdentityType", "AssumedRoleUser");
    sim_give_text(call, "PrincipalId", cbk_json_text(session, "principal_id"));
    sim_give_text(call, "RoleId", cbk_json_text(session, "role_id"));
    return 0;
}

/* "acs:ram::ACCOUNT:role/NAME": the role, or a failure and NULL. */
static json_t *role_of_arn(struct sim_call *call)
{
    const char *arn = sim_text(call, "RoleArn");
    CBK_CLEANUP(cbk_string_freep) char *start = cbk_strf("acs:ram::%s:role/", call->world->account);
    if (!cbk_str_starts_with(arn, "acs:ram::") || !strstr(arn, ":role/")) {
        if (sim_fail(call, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.") < 0)
            return NULL;
    }
    json_t *role = cbk_str_starts_with(arn, start) ? sim_world_find(call->world, SIM_ROLES, arn + strlen(start)) : NULL;
    if (!role && sim_fail(call, "EntityNotExist.Role", "The role not exists: %s.", arn) < 0)
        return NULL;
    return role;
}

static int check_session_name(struct sim_call *call)
{
    const char *name = sim_text(call, "RoleSessionName");
    bool fine = strlen(name) >= 2 && strlen(name) <= 64;
    for (const char *c = name; *c; c++)
        fine = fine && (isalnum((unsigned char)*c) || strchr(".@-_", *c));
    return fine
               ? 0
               : sim_fail(call, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
}

static int check_terms(struct sim_call *call, const json_t *role)
{
    CBK_ERROR(err);
    const char *policy = sim_text(call, "Policy");
    int64_t seconds = sim_int(call, "DurationSeconds", 3600);
    if (seconds < LEAST_SECONDS || seconds > cbk_json_int(role, "max_session_duration", 3600))
        return sim_fail(call, "InvalidParameter.DurationSeconds",
                        "The Min/Max value of DurationSeconds is 15min/the MaxSessionDuration of the role.");
    if (policy && strlen(policy) > MOST_POLICY)
        return sim_fail(call, "InvalidParameter.PolicySize", "The size of Policy must be smaller than %d.",
                        MOST_POLICY);
    if (policy && *policy && sim_document_check(policy, false, &err) < 0)
        return sim_fail(call, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.");
    return 0;
}

static void add_random(struct cbk_str *out, size_t count)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = 0;
        cbk_random_bytes(&byte, 1);
        cbk_str_add_char(out, letters[byte % (sizeof(letters) - 1)]);
    }
}

/* Credentials of a role for a while, and the answer that tells them. */
static void open_session(struct sim_call *call, const json_t *role)
{
    const char *name = sim_text(call, "RoleSessionName");
    int64_t expires = sim_world_now(call->world) + sim_int(call, "DurationSeconds", 3600);
    CBK_STR(key);
    CBK_STR(secret);
    CBK_STR(token);
    cbk_str_add(&key, "STS.");
    add_random(&key, 25);
    add_random(&secret, 44);
    cbk_str_add(&token, "CAIS");
    add_random(&token, 400);
    CBK_CLEANUP(cbk_string_freep)
    char *arn =
        cbk_strf("acs:ram::%s:assumed-role/%s/%s", call->world->account, cbk_json_text_or(role, "name", ""), name);
    CBK_CLEANUP(cbk_string_freep) char *principal = cbk_strf("%s:%s", cbk_json_text_or(role, "id", ""), name);
    json_t *session =
        json_pack("{ss ss ss sI ss ss sO sO}", "access_key_id", key.ptr, "access_key_secret", secret.ptr,
                  "security_token", token.ptr, "expires", (json_int_t)expires, "arn", arn, "principal_id", principal,
                  "role", json_object_get(role, "name"), "role_id", json_object_get(role, "id"));
    if (sim_text(call, "Policy"))
        sim_set_text(session, "policy", sim_text(call, "Policy"));
    sim_world_add(call->world, SIM_SESSIONS, session);
    sim_share(call, "Credentials", session);
    sim_share(call, "AssumedRoleUser", session);
    sim_give_text(call, "SourceIdentity", sim_text(call, "SourceIdentity"));
}

/* May the caller assume the role, by the role's own word? */
static bool is_trusted(const struct sim_call *call, const json_t *role)
{
    const char *document = cbk_json_text_or(role, "trust_document", "");
    CBK_CLEANUP(cbk_string_freep) char *root = cbk_strf("acs:ram::%s:root", call->world->account);
    return sim_document_trusts(document, "RAM", root) ||
           (call->caller.session &&
            sim_document_trusts(document, "RAM", cbk_json_text_or(call->caller.session, "arn", "")));
}

static int assume_role(struct sim_call *call)
{
    const json_t *role = role_of_arn(call);
    if (!role)
        return -1;
    int r = check_session_name(call);
    if (r == 0)
        r = check_terms(call, role);
    if (r < 0)
        return r;
    if (!is_trusted(call, role))
        return sim_fail(call, "NoPermission",
                        "You are not authorized to do this action. You should be authorized by RAM.");
    open_session(call, role);
    return 0;
}

static const struct sim_param no_params[] = {{0}};
static const struct sim_param assume_role_params[] = {
    {.name = "RoleArn", .type = SIM_TEXT, .required = true},
    {.name = "RoleSessionName", .type = SIM_TEXT, .required = true},
    {.name = "DurationSeconds", .type = SIM_INT},
    {.name = "Policy", .type = SIM_TEXT},
    {.name = "ExternalId", .type = SIM_TEXT, .min = 2, .max = 1224},
    {.name = "SourceIdentity", .type = SIM_TEXT},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_STS,
     .name = "GetCallerIdentity",
     .params = no_params,
     .handler = get_caller_identity,
     .answer = "RequestId AccountId Arn IdentityType PrincipalId RoleId UserId"},
    {.service = SIM_STS,
     .name = "AssumeRole",
     .params = assume_role_params,
     .handler = assume_role,
     .answer = "RequestId AssumedRoleUser{Arn=arn AssumedRoleId=principal_id} Credentials{AccessKeyId=access_key_id "
               "AccessKeySecret=access_key_secret Expiration=expires:t SecurityToken=security_token} SourceIdentity"},
};
SIM_ACTIONS(sim_sts_sessions);
