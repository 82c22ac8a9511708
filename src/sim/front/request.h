/*
 * One HTTP request as the cloud's gateway sees it: decoded parameters of the query and of the form body, headers and
 * the raw body. What is broken (bad escapes, a NUL, text that is not UTF-8) is refused here, once.
 */
#ifndef CBK_SIM_REQUEST_H
#define CBK_SIM_REQUEST_H

#include "base/arena.h"
#include "base/error.h"
#include "cloud/sign.h"

struct sim_request {
    struct cbk_arena *arena; /* owns everything below */
    const char *method;
    const char *path;
    struct cbk_pairs query;
    struct cbk_pairs form;
    struct cbk_pairs headers; /* names in lower case, values trimmed, repeated ones joined by "," */
    const char *body;
    size_t body_len;
};

void sim_request_init(struct sim_request *request, const char *method);
void sim_request_release(struct sim_request *request);

/* Sets path and query from the target as it was sent ("/?Action=..."). */
CBK_MUST_CHECK int sim_request_set_target(struct sim_request *request, const char *target, struct cbk_error *err);
/* Adds a header. */
CBK_MUST_CHECK int sim_request_add_header(struct sim_request *request, const char *name, const char *value,
                                          struct cbk_error *err);
/* Sets the body (copied), without a look at what it is. */
void sim_request_keep_body(struct sim_request *request, const char *body, size_t len);
/* Sets the body (copied) and reads it as a form when the content type says that it is one. Call it after the headers.
 */
CBK_MUST_CHECK int sim_request_set_body(struct sim_request *request, const char *body, size_t len,
                                        struct cbk_error *err);

/* The value or NULL; of the first pair where there are several. Parameters: the query before the form. */
const char *sim_request_header(const struct sim_request *request, const char *name);
const char *sim_request_param(const struct sim_request *request, const char *name);

#endif
