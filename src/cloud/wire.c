#include "cloud/wire.h"

#include "base/digest.h"
#include "base/time.h"
#include "cloud/endpoint.h"
#include "cloud/session.h"
#include "cloud/sign.h"

#define CONTENT_TYPE "application/x-www-form-urlencoded"

CBK_VEC(header_list, struct cbk_http_header)

static int post(struct cbk_cloud *cloud, const char *url, const struct header_list *headers, const struct cbk_str *form,
                int64_t timeout_ms, struct cbk_http_response *response, struct cbk_error *err)
{
    const struct cbk_http_request request = {
        .method = "POST",
        .url = url,
        .headers = headers->items,
        .header_count = headers->len,
        .body = form->ptr,
        .body_len = form->len,
        .connect_timeout_ms = cloud->core->connect_timeout_ms,
        .timeout_ms = timeout_ms,
    };
    return cbk_http_send(cloud->core->http, &request, response, err);
}

/* Adds the Authorization header's value over the headers given, all of which are signed. */
static void authorize(const struct cbk_credentials *who, const struct cbk_pairs *headers, const char *body_hash,
                      struct cbk_str *out)
{
    const struct cbk_sign_v3_request request = {
        .method = "POST",
        .path = "/",
        .headers = headers->items,
        .header_count = headers->len,
        .payload_hash = body_hash,
    };
    CBK_STR(canonical);
    CBK_STR(names);
    CBK_STR(to_sign);
    cbk_sign_v3_canonical(&canonical, &request, &names);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    cbk_str_addf(out, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=", who->access_key_id, names.ptr);
    cbk_sign_v3(out, who->access_key_secret, to_sign.ptr);
}

static int send_signed(struct cbk_cloud *cloud, const struct cbk_asked *asked, const struct cbk_str *form,
                       int64_t timeout_ms, struct cbk_http_response *response, struct cbk_error *err)
{
    const struct cbk_credentials *who = asked->credentials;
    const struct cbk_url *endpoint = &cloud->core->endpoints[asked->service];
    char body_hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(form->ptr, form->len, body_hash);
    CBK_STR(date);
    CBK_STR(nonce);
    cbk_time_add_utc(&date, cbk_time_now());
    cbk_uuid_add(&nonce);
    const struct cbk_pair named[] = {
        {"host", endpoint->host_port},
        {"content-type", CONTENT_TYPE},
        {"x-acs-action", asked->action},
        {"x-acs-version", cbk_service_version(asked->service)},
        {"x-acs-date", date.ptr},
        {"x-acs-signature-nonce", nonce.ptr},
        {"x-acs-content-sha256", body_hash},
        {"x-acs-accesskey-id", who->security_token ? who->access_key_id : NULL},
        {"x-acs-security-token", who->security_token},
    };
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs signed_headers = {0};
    CBK_CLEANUP(header_list_release) struct header_list headers = {0};
    for (size_t i = 0; i < CBK_ARRAY_LEN(named); i++) {
        if (!named[i].value)
            continue;
        cbk_pairs_push(&signed_headers, named[i]);
        header_list_push(&headers, (struct cbk_http_header){named[i].name, named[i].value});
    }
    CBK_STR(authorization);
    authorize(who, &signed_headers, body_hash, &authorization);
    header_list_push(&headers, (struct cbk_http_header){"authorization", authorization.ptr});
    header_list_push(&headers, (struct cbk_http_header){"accept", "application/json"});
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("%s/", endpoint->base);
    return post(cloud, url, &headers, form, timeout_ms, response, err);
}

/* As the vendor's SDKs send what nobody signs: what is asked for stands in the query, and JSON must be asked for. */
static int send_unsigned(struct cbk_cloud *cloud, const struct cbk_asked *asked, const struct cbk_str *form,
                         int64_t timeout_ms, struct cbk_http_response *response, struct cbk_error *err)
{
    CBK_STR(date);
    CBK_STR(query);
    cbk_time_add_utc(&date, cbk_time_now());
    const struct cbk_pair named[] = {
        {"Action", asked->action},
        {"Version", cbk_service_version(asked->service)},
        {"Format", "JSON"},
        {"Timestamp", date.ptr},
    };
    cbk_sign_add_canonical_query(&query, named, CBK_ARRAY_LEN(named));
    CBK_CLEANUP(header_list_release) struct header_list headers = {0};
    header_list_push(&headers, (struct cbk_http_header){"content-type", CONTENT_TYPE});
    header_list_push(&headers, (struct cbk_http_header){"accept", "application/json"});
    CBK_CLEANUP(cbk_string_freep)
    char *url = cbk_strf("%s/?%s", cloud->core->endpoints[asked->service].base, query.ptr);
    return post(cloud, url, &headers, form, timeout_ms, response, err);
}

int cbk_wire_send(struct cbk_cloud *cloud, const struct cbk_asked *asked, const struct cbk_str *form,
                  int64_t timeout_ms, struct cbk_http_response *response, struct cbk_error *err)
{
    return asked->credentials->access_key_id ? send_signed(cloud, asked, form, timeout_ms, response, err)
                                             : send_unsigned(cloud, asked, form, timeout_ms, response, err);
}
