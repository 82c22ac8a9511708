#include "http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static inline void curlu_freep(CURLU **url)
{
    curl_url_cleanup(*url);
}

static inline void curl_text_freep(char **text)
{
    curl_free(*text);
}

/* A copy in the house's own memory of one part of the URL, or NULL when it has none. */
static char *part(CURLU *url, CURLUPart which, unsigned flags)
{
    CBK_CLEANUP(curl_text_freep) char *text = NULL;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK)
        return NULL;
    return cbk_strdup(text);
}

static char *without_brackets(char *host)
{
    size_t len = strlen(host);
    if (host[0] != '[' || host[len - 1] != ']')
        return host;
    memmove(host, host + 1, len - 2);
    host[len - 2] = '\0';
    return host;
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, host, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return strcasecmp(host, "localhost") == 0;
}

int cbk_url_parse(const char *text, struct cbk_url *ret, struct cbk_error *err)
{
    CBK_CLEANUP(curlu_freep) CURLU *url = curl_url();
    if (!url)
        cbk_out_of_memory();
    CBK_URL(parsed);
    if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
        parsed.scheme = part(url, CURLUPART_SCHEME, 0);
        parsed.host = part(url, CURLUPART_HOST, 0);
    }
    bool known = cbk_str_equal(parsed.scheme, "http") || cbk_str_equal(parsed.scheme, "https");
    if (!known || !parsed.host || !*parsed.host)
        return cbk_fail(err, CBK_E_USAGE, "'%s' is not an http or https URL", text);

    CBK_CLEANUP(cbk_string_freep) char *port = part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
    parsed.host_port = port ? cbk_strf("%s:%s", parsed.host, port) : cbk_strdup(parsed.host);
    parsed.base = cbk_strf("%s://%s", parsed.scheme, parsed.host_port);
    parsed.host = without_brackets(parsed.host);
    parsed.loopback = is_loopback(parsed.host);
    *ret = cbk_url_steal(&parsed);
    return 0;
}

void cbk_url_release(struct cbk_url *url)
{
    free(url->scheme);
    free(url->host);
    free(url->host_port);
    free(url->base);
    *url = (struct cbk_url){0};
}

struct cbk_url cbk_url_steal(struct cbk_url *url)
{
    struct cbk_url taken = *url;
    *url = (struct cbk_url){0};
    return taken;
}
