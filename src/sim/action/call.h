/*
 * One call of an action, as its handler sees it: decoded parameters, who calls, the world; and what it answers.
 * Handlers return 0, or what sim_fail gave them.
 */
#ifndef CBK_SIM_CALL_H
#define CBK_SIM_CALL_H

#include "sim/world/world.h"

struct sim_action;

/* Who signed. */
struct sim_caller {
    const char *access_key_id;
    const json_t *session;   /* the record of an assumed role's session; NULL: none */
    const json_t *principal; /* whose policies are judged: a role or a user; NULL: the account itself */
};

struct sim_call {
    const struct sim_action *action;
    struct sim_world *world;
    struct sim_caller caller;
    char request_id[37];
    bool elsewhere; /* asks for a region that is not this world's: there is nothing in it */
    json_t *params; /* object: decoded and checked by the action's table; absent ones are absent */
    json_t *answer; /* object: the view that the action's shape renders */
    int http_status;
    char *code; /* of the error; NULL: all is well */
    char *message;
};

/* Parameters, by name. Borrowed. */
const char *sim_text(const struct sim_call *call, const char *name);
int64_t sim_int(const struct sim_call *call, const char *name, int64_t otherwise);
bool sim_bool(const struct sim_call *call, const char *name, bool otherwise);
json_t *sim_param(const struct sim_call *call, const char *name);

/* Puts a value into the answer's view: taken over, or shared. */
void sim_give(struct sim_call *call, const char *name, json_t *value);
void sim_share(struct sim_call *call, const char *name, json_t *value);
void sim_give_text(struct sim_call *call, const char *name, const char *value);
void sim_give_int(struct sim_call *call, const char *name, int64_t value);
void sim_give_bool(struct sim_call *call, const char *name, bool value);

/* Ends the call with an error of the service; its HTTP status is in errors.c. Returns -1. */
CBK_MUST_CHECK int sim_fail(struct sim_call *call, const char *code, const char *fmt, ...) CBK_PRINTF(3, 4);
/* The same where one code has several statuses. */
CBK_MUST_CHECK int sim_fail_with(struct sim_call *call, int http_status, const char *code, const char *fmt, ...)
    CBK_PRINTF(4, 5);

/* The record of a section of this region, or NULL. */
json_t *sim_find(const struct sim_call *call, enum sim_section section, const char *key);
/* The records of a section of this region; borrowed, an empty list for another region. */
json_t *sim_list(const struct sim_call *call, enum sim_section section);

/* Sets `key` of a record. */
void sim_set_text(json_t *record, const char *key, const char *value);
void sim_set_int(json_t *record, const char *key, int64_t value);
void sim_set_bool(json_t *record, const char *key, bool value);

#endif
