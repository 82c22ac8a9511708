/* STS: GetCallerIdentity, AssumeRole. */
#include "sim/front/session.h"
#include "sim/ram/document.h"
#include "sim/ram/permission.h"

#include <string.h>

static int get_caller_identity(struct sim_call *call)
{
    const json_t *session = call->caller.session;
    const char *user = cbk_json_text(call->caller.principal, "user");
    sim_give_text(call, "AccountId", call->world->account);
    if (!session && user) {
        CBK_CLEANUP(cbk_string_freep) char *arn = cbk_strf("acs:ram::%s:user/%s", call->world->account, user);
        sim_give_text(call, "Arn", arn);
        sim_give_text(call, "IdentityType", "RAMUser");
        sim_give_text(call, "PrincipalId", call->caller.access_key_id);
        sim_give_text(call, "UserId", call->caller.access_key_id);
        return 0;
    }
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

/* May the caller assume the role, by the role's own word? The account is trusted as a whole, or its roles one by one.
 */
static bool is_trusted(const struct sim_call *call, const json_t *role)
{
    const char *document = cbk_json_text_or(role, "trust_document", "");
    CBK_CLEANUP(cbk_string_freep) char *root = cbk_strf("acs:ram::%s:root", call->world->account);
    CBK_JSON *context = json_object();
    if (sim_text(call, "ExternalId"))
        sim_set_text(context, "sts:ExternalId", sim_text(call, "ExternalId"));
    const char *caller = cbk_json_text(call->caller.principal, "arn");
    return sim_document_trusts(document, "RAM", root, context) ||
           (caller && sim_document_trusts(document, "RAM", caller, context));
}

/* The account itself may call this here; the real one sends it away and wants a user or a role. */
static int assume_role(struct sim_call *call)
{
    const json_t *role = sim_session_role(call);
    if (!role || sim_session_check(call, role) < 0)
        return -1;
    if (!is_trusted(call, role))
        return sim_fail(call, "NoPermission",
                        "You are not authorized to do this action. You should be authorized by RAM.");
    sim_session_open(call, role);
    return 0;
}

static const struct sim_param no_params[] = {{0}};
static const struct sim_param assume_role_params[] = {
    SIM_SESSION_PARAMS,
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
     .answer = "RequestId " SIM_SESSION_ANSWER},
};
SIM_ACTIONS(sim_sts_sessions);
