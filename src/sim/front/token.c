#include "sim/front/token.h"

#include "sim/action/action.h"

#include <string.h>

static char *token_key(const struct sim_call *call)
{
    return cbk_strf("%s/%s", call->action->name, sim_text(call, "ClientToken"));
}

int sim_token_look(struct sim_call *call, const char **ret_id)
{
    const char *token = sim_text(call, "ClientToken");
    if (!token || !*token)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *key = token_key(call);
    const json_t *known = sim_world_find(call->world, SIM_CLIENT_TOKENS, key);
    if (!known)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(call->params);
    if (!cbk_str_equal(digest, cbk_json_text(known, "digest")))
        return sim_fail(call, "IdempotentParameterMismatch",
                        "The request uses the same client token as a previous, but non-identical request.");
    *ret_id = cbk_json_text(known, "made");
    return 0;
}

void sim_token_keep(struct sim_call *call, const char *id)
{
    const char *token = sim_text(call, "ClientToken");
    if (!token || !*token)
        return;
    CBK_CLEANUP(cbk_string_freep) char *key = token_key(call);
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(call->params);
    sim_world_add(call->world, SIM_CLIENT_TOKENS, json_pack("{ss ss ss}", "id", key, "digest", digest, "made", id));
}
