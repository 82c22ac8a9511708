#include "sim/action/call.h"

#include "sim/front/errors.h"

#include <string.h>

const char *sim_text(const struct sim_call *call, const char *name)
{
    return json_string_value(json_object_get(call->params, name));
}

int64_t sim_int(const struct sim_call *call, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(call->params, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool sim_bool(const struct sim_call *call, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(call->params, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

json_t *sim_param(const struct sim_call *call, const char *name)
{
    return json_object_get(call->params, name);
}

void sim_give(struct sim_call *call, const char *name, json_t *value)
{
    json_object_set_new(call->answer, name, value);
}

void sim_share(struct sim_call *call, const char *name, json_t *value)
{
    json_object_set(call->answer, name, value);
}

void sim_give_text(struct sim_call *call, const char *name, const char *value)
{
    sim_set_text(call->answer, name, value);
}

void sim_give_int(struct sim_call *call, const char *name, int64_t value)
{
    sim_set_int(call->answer, name, value);
}

void sim_give_bool(struct sim_call *call, const char *name, bool value)
{
    sim_set_bool(call->answer, name, value);
}

CBK_PRINTF(4, 0)
static int fail(struct sim_call *call, int http_status, const char *code, const char *fmt, va_list args)
{
    free(call->code);
    free(call->message);
    call->http_status = http_status;
    call->code = cbk_strdup(code);
    call->message = cbk_vstrf(fmt, args);
    return -1;
}

int sim_fail(struct sim_call *call, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int r = fail(call, sim_error_status(code), code, fmt, args);
    va_end(args);
    return r;
}

int sim_fail_with(struct sim_call *call, int http_status, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int r = fail(call, http_status, code, fmt, args);
    va_end(args);
    return r;
}

json_t *sim_find(const struct sim_call *call, enum sim_section section, const char *key)
{
    return call->elsewhere ? NULL : sim_world_find(call->world, section, key);
}

json_t *sim_list(const struct sim_call *call, enum sim_section section)
{
    return call->elsewhere ? call->world->nothing : sim_world_list(call->world, section);
}

void sim_set_text(json_t *record, const char *key, const char *value)
{
    json_object_set_new(record, key, json_string(value ? value : ""));
}

void sim_set_int(json_t *record, const char *key, int64_t value)
{
    json_object_set_new(record, key, json_integer(value));
}

void sim_set_bool(json_t *record, const char *key, bool value)
{
    json_object_set_new(record, key, json_boolean(value));
}
