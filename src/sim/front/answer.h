/*
 * What goes back over the wire: the view of a call in its action's shape, or the gateway's error, as JSON or XML.
 */
#ifndef CBK_SIM_ANSWER_H
#define CBK_SIM_ANSWER_H

#include "sim/action/action.h"
#include "sim/front/request.h"

/* What becomes of the connection. */
enum sim_fate {
    SIM_FATE_ANSWER,
    SIM_FATE_DROP,     /* closed without a word */
    SIM_FATE_TRUNCATE, /* half of the body, then closed */
};

struct sim_reply {
    enum sim_fate fate;
    int http_status;
    enum sim_format format;
    struct cbk_str body;
    int64_t date; /* simulated unix seconds, for the Date header */
};

void sim_reply_release(struct sim_reply *reply);
/* The format that a request asks for: its Format parameter; else JSON for ACS3 and XML, the old default, for v1. */
enum sim_format sim_answer_format(const struct sim_request *request);
/* Renders a finished call: its view or its error. `service` names the host in errors. */
void sim_answer_render(const struct sim_call *call, const struct sim_shape *shape, enum sim_service service,
                       struct sim_reply *reply);
/* A request id as the cloud writes it: an upper-case UUID. */
void sim_request_id(char ret_id[37]);

#endif
