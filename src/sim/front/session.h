/*
 * Sessions of assumed roles: their terms, and the credentials that they give.
 */
#ifndef CBK_SIM_SESSION_H
#define CBK_SIM_SESSION_H

#include "sim/action/action.h"

#define SIM_SESSION_PARAMS                                                                                             \
    {.name = "RoleArn", .type = SIM_TEXT, .required = true},                                                           \
        {.name = "RoleSessionName", .type = SIM_TEXT, .required = true}, {.name = "DurationSeconds", .type = SIM_INT}, \
    {                                                                                                                  \
        .name = "Policy", .type = SIM_TEXT                                                                             \
    }
#define SIM_SESSION_ANSWER                                                                                             \
    "AssumedRoleUser{Arn=arn AssumedRoleId=principal_id} Credentials{AccessKeyId=access_key_id "                       \
    "AccessKeySecret=access_key_secret Expiration=expires:t SecurityToken=security_token} SourceIdentity"

/* The role of RoleArn, or a failure and NULL. */
json_t *sim_session_role(struct sim_call *call);
/* Are session name, duration and session policy acceptable? */
CBK_MUST_CHECK int sim_session_check(struct sim_call *call, const json_t *role);
/* Makes credentials of the role and gives them to the answer. */
void sim_session_open(struct sim_call *call, const json_t *role);

#endif
