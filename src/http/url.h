/* What has to be known of a URL before anything is sent to it. */
#ifndef CBK_HTTP_URL_H
#define CBK_HTTP_URL_H

#include "base/error.h"

struct cbk_url {
    char *scheme;    /* lower case: "http" or "https" */
    char *host;      /* without brackets */
    char *host_port; /* as the Host header has it: with the port where it is not the scheme's own */
    char *base;      /* scheme://host[:port], without a path */
    bool loopback;   /* 127.0.0.0/8, ::1 or localhost */
};

#define CBK_URL(name) CBK_CLEANUP(cbk_url_release) struct cbk_url name = {0}

/* Parses an absolute http or https URL; CBK_E_USAGE on anything else. The caller releases it. */
CBK_MUST_CHECK int cbk_url_parse(const char *text, struct cbk_url *ret, struct cbk_error *err);
void cbk_url_release(struct cbk_url *url);
/* Hands the parts over and leaves `url` empty. */
struct cbk_url cbk_url_steal(struct cbk_url *url);

#endif
