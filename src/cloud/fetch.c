#include "cloud/fetch.h"

#include "base/digest.h"
#include "cloud/session.h"

#include <string.h>

#define BODY_LIMIT (64u << 10) /* credentials are a few hundred bytes */

void cbk_secret_freep(char **secret)
{
    if (*secret)
        cbk_wipe(*secret, strlen(*secret));
    cbk_string_freep(secret);
}

int cbk_fetch_text(struct cbk_cloud *cloud, const struct cbk_fetch *fetch, char **ret_text, struct cbk_error *err)
{
    const struct cbk_http_request request = {
        .method = fetch->method,
        .url = fetch->url,
        .headers = fetch->header,
        .header_count = fetch->header ? 1 : 0,
        .body = strcmp(fetch->method, "GET") == 0 ? NULL : "",
        .connect_timeout_ms = fetch->timeout_ms,
        .timeout_ms = fetch->timeout_ms,
        .body_limit = BODY_LIMIT,
        .direct = fetch->direct,
    };
    CBK_HTTP_RESPONSE(response);
    int r = cbk_http_send(cloud->core->http, &request, &response, err);
    if (r == 0 && response.status != 200)
        r = cbk_fail(err, response.status == 404 ? CBK_E_NOT_FOUND : CBK_E_AUTH, "%s answered HTTP %d", fetch->name,
                     response.status);
    if (r == 0)
        *ret_text = cbk_str_detach(&response.body);
    return r;
}

int cbk_fetch_json(struct cbk_cloud *cloud, const struct cbk_fetch *fetch, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_secret_freep) char *text = NULL;
    int r = cbk_fetch_text(cloud, fetch, &text, err);
    if (r < 0)
        return r;
    CBK_JSON *answer = NULL;
    CBK_ERROR(syntax); /* would quote what may be a secret */
    const char *json = text ? text : "";
    if (cbk_json_parse(fetch->name, json, strlen(json), &answer, &syntax) < 0 || !json_is_object(answer))
        return cbk_fail(err, CBK_E_AUTH, "the answer of %s is not a JSON object", fetch->name);
    *ret = cbk_json_steal(&answer);
    return 0;
}
