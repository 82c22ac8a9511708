/*
 * What an answer means: the value, or an error with its class, the cloud's own code and message, the request id, and
 * what the user can do about it.
 */
#ifndef CBK_CLOUD_ANSWER_H
#define CBK_CLOUD_ANSWER_H

#include "cloud/cloud.h"
#include "cloud/credentials.h"

struct cbk_asked {
    enum cbk_service service;
    const char *action;
    unsigned flags;
    const char *endpoint; /* base URL */
    const struct cbk_credentials *credentials;
};

/* Judges a whole answer. *ret (new reference) is an object on success. */
CBK_MUST_CHECK int cbk_answer_judge(const struct cbk_asked *asked, const struct cbk_http_response *response,
                                    json_t **ret, struct cbk_error *err);

#endif
