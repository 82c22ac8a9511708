/*
 * The table that drives the simulator: an action is a row. To add one, write its handler, its parameters and its row in
 * the file of its subject (ram_role.c is a small one to look at); a new file is named once in action.c.
 */
#ifndef CBK_SIM_ACTION_H
#define CBK_SIM_ACTION_H

#include "sim/action/call.h"
#include "sim/action/shape.h"

/* service, version, product name in errors, host named in errors */
#define SIM_SERVICES(X)                                                                                                \
    X(ECS, "ecs", "2014-05-26", "Ecs", "ecs.aliyuncs.com")                                                             \
    X(HBR, "hbr", "2017-09-08", "hbr", "hbr.aliyuncs.com")                                                             \
    X(RAM, "ram", "2015-05-01", "Ram", "ram.aliyuncs.com")                                                             \
    X(STS, "sts", "2015-04-01", "Sts", "sts.aliyuncs.com")

enum sim_service {
#define X(name, ...) SIM_##name,
    SIM_SERVICES(X)
#undef X
        SIM_SERVICE_COUNT
};

struct sim_request;

enum sim_param_type {
    SIM_TEXT,
    SIM_INT,
    SIM_BOOL,
    SIM_JSON,    /* one parameter that holds JSON text */
    SIM_IDS,     /* one parameter that holds a JSON array of strings as text: ["i-1","i-2"] */
    SIM_LIST,    /* Name.1, Name.2 */
    SIM_RECORDS, /* Name.1.Key, Name.1.Value; a field "Values[]" is a list in it: Name.1.Values.1 */
};

struct sim_param {
    const char *name;
    enum sim_param_type type;
    bool required;
    int64_t min, max;     /* of an integer; of a text's length; of a list's items. 0: no bound */
    const char *one_of;   /* "Running|Stopped"; NULL: anything */
    const char *fields;   /* of SIM_RECORDS: "Key Value" */
    const char *missing;  /* error code when it is required and absent; default MissingParameter */
    const char *code;     /* error code when it is not acceptable; default InvalidParameter */
    const char *too_many; /* error code when a list has more than max items; default: code */
};

struct sim_action {
    enum sim_service service;
    const char *name;
    const struct sim_param *params; /* ends with a row without a name */
    const char *answer;             /* the shape of the answer (shape.h) */
    int (*handler)(struct sim_call *call);
    bool mutating;
    bool post_only;
    bool anonymous; /* takes unsigned requests */
    bool hides;     /* shows nothing, instead of an error, to who may not see */
    /* Tells a request that changes nothing in spite of `mutating`; NULL: none does. */
    bool (*only_looks)(const struct sim_request *request);
    const char *permission; /* what a policy must allow; default: service:Name */
};

/* Each file of actions ends with its rows. */
struct sim_actions {
    const struct sim_action *rows;
    size_t count;
};
#define SIM_ACTIONS(name) const struct sim_actions name = {rows, CBK_ARRAY_LEN(rows)}

/* All rows, indexed; made once. */
struct sim_registry;
struct sim_registry *sim_registry_new(void);
/* NULL is fine. */
void sim_registry_free(struct sim_registry *registry);
CBK_DEFINE_OWNED(struct sim_registry, sim_registry)

/* NULL when there is no such action. */
const struct sim_action *sim_registry_find(const struct sim_registry *registry, enum sim_service service,
                                           const char *name);
const struct sim_shape *sim_registry_shape(const struct sim_registry *registry, const struct sim_action *action);
/* The table as JSON: [{service, version, action, mutating, params, answer}], new reference. */
json_t *sim_registry_describe(const struct sim_registry *registry);

/* The service of a version such as "2014-05-26"; false when there is none. */
bool sim_service_of_version(const char *version, enum sim_service *ret_service);
const char *sim_service_name(enum sim_service service);
const char *sim_service_product(enum sim_service service);
const char *sim_service_host(enum sim_service service);

#endif
