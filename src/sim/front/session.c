#include "sim/front/session.h"

#include "base/digest.h"
#include "sim/ram/document.h"
#include "sim/world/visibility.h"

#include <ctype.h>
#include <string.h>

enum { LEAST_SECONDS = 900, MOST_POLICY = 2048 };

/* "acs:ram::ACCOUNT:role/NAME": the role, or a failure and NULL. */
json_t *sim_session_role(struct sim_call *call)
{
    const char *arn = sim_text(call, "RoleArn");
    CBK_CLEANUP(cbk_string_freep) char *start = cbk_strf("acs:ram::%s:role/", call->world->account);
    if (!cbk_str_starts_with(arn, "acs:ram::") || !strstr(arn, ":role/")) {
        if (sim_fail(call, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.") < 0)
            return NULL;
    }
    json_t *role = cbk_str_starts_with(arn, start) ? sim_visible_role(call->world, arn + strlen(start)) : NULL;
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
void sim_session_open(struct sim_call *call, const json_t *role)
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

int sim_session_check(struct sim_call *call, const json_t *role)
{
    int r = check_session_name(call);
    return r < 0 ? r : check_terms(call, role);
}
