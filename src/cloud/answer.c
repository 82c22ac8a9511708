#include "cloud/answer.h"

#include "base/time.h"
#include "cloud/endpoint.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MESSAGE_LIMIT 600

/* Is it a failure? *ret_code gets its code, or nothing where there is none. HBR says Success=false or a Code other than
 * 200 (a number or a string) inside HTTP 200 as well; the others have a Code only when they failed. */
static bool has_failed(const json_t *answer, int http_status, struct cbk_str *ret_code)
{
    const json_t *code = json_object_get(answer, "Code");
    CBK_STR(text);
    if (json_is_integer(code))
        cbk_str_addf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(code));
    else if (json_is_string(code))
        cbk_str_add(&text, json_string_value(code));
    bool fine = text.len == 0 || strcmp(text.ptr, "200") == 0 || strcasecmp(text.ptr, "OK") == 0;
    if (!fine)
        cbk_str_add(ret_code, text.ptr);
    return !fine || http_status >= 400 || !cbk_json_bool(answer, "Success", true);
}

/* Text from the cloud for a message: without what it repeats of the signature's input, without secrets, bounded. */
static void add_message(struct cbk_str *out, const struct cbk_credentials *credentials, const char *message)
{
    const char *repeated = strcasestr(message, "server string to sign");
    CBK_CLEANUP(cbk_string_freep)
    char *said = cbk_strndup(message, repeated ? (size_t)(repeated - message) : strlen(message));
    CBK_STR(shown);
    cbk_credentials_add_redacted(&shown, credentials, said);
    size_t len = shown.len < MESSAGE_LIMIT ? shown.len : MESSAGE_LIMIT;
    while (len > 0 && (shown.ptr[len] & 0xc0) == 0x80) /* not within a character */
        len--;
    while (len > 0 && strchr(" ,;:.\n", shown.ptr[len - 1]))
        len--;
    cbk_str_add_bytes(out, shown.ptr, len);
}

/* The same for a short text, on the heap; NULL stays NULL. */
static char *redacted(const struct cbk_credentials *credentials, const char *text)
{
    if (!text)
        return NULL;
    CBK_STR(shown);
    cbk_credentials_add_redacted(&shown, credentials, text);
    return cbk_str_detach(&shown);
}

static void hint_clock(struct cbk_error *err, const struct cbk_asked *asked, const struct cbk_http_response *response)
{
    (void)asked;
    if (response->date == 0) {
        cbk_error_hint(err, "compare this machine's clock with the real time: the cloud allows 15 minutes");
        return;
    }
    int64_t ahead = cbk_time_now() - response->date;
    CBK_STR(distance);
    cbk_duration_add(&distance, ahead < 0 ? -ahead : ahead);
    cbk_error_hint(err, "this machine's clock is %s %s the cloud's, which allows 15 minutes: set it (NTP)",
                   distance.ptr, ahead < 0 ? "behind" : "ahead of");
}

static void hint_permission(struct cbk_error *err, const struct cbk_asked *asked,
                            const struct cbk_http_response *response)
{
    (void)response;
    cbk_error_hint(err, "the credentials need the permission %s:%s", cbk_service_name(asked->service), asked->action);
}

/* The usual troubles of a first run, by the beginning of the code. */
static const struct {
    const char *code;
    void (*compute)(struct cbk_error *, const struct cbk_asked *, const struct cbk_http_response *);
    const char *text;
    bool checks_origin; /* where the credentials come from is named behind it */
} hints[] = {
    {"InvalidAccessKeyId.NotFound", NULL, "the cloud does not know this access key", true},
    {"InvalidAccessKeyId.Inactive", NULL, "the access key is disabled: enable it in the RAM console, or use another",
     false},
    {"Forbidden.AccessKeyDisabled", NULL, "the access key is disabled: enable it in the RAM console, or use another",
     false},
    {"SignatureDoesNotMatch", NULL, "the secret does not belong to the access key", true},
    {"InvalidSecurityToken.Expired", NULL, "the temporary credentials have expired: get new ones", false},
    {"InvalidSecurityToken", NULL, "the token does not belong to the access key", true},
    {"IllegalTimestamp", hint_clock, NULL, false},
    {"InvalidTimeStamp.Expired", hint_clock, NULL, false},
    {"InvalidUser.PassRoleForbidden", NULL, "the credentials need the permission ram:PassRole on the role", false},
    {"InvalidOperation.NotSupportedEndpoint", NULL, "name the region's own endpoint in CBK_ENDPOINT", false},
    {"NoPermission", hint_permission, NULL, false},
    {"Forbidden.RAM", hint_permission, NULL, false},
    {"Forbidden.Unauthorized", hint_permission, NULL, false},
};

static void add_hint(struct cbk_error *err, const struct cbk_asked *asked, const struct cbk_http_response *response)
{
    for (size_t i = 0; err->cloud_code && i < CBK_ARRAY_LEN(hints); i++) {
        if (!cbk_str_starts_with(err->cloud_code, hints[i].code))
            continue;
        const char *origin = asked->credentials->origin ? asked->credentials->origin : "the credentials";
        if (hints[i].compute)
            hints[i].compute(err, asked, response);
        else
            cbk_error_hint(err, "%s%s%s", hints[i].text, hints[i].checks_origin ? ": check " : "",
                           hints[i].checks_origin ? origin : "");
        return;
    }
}

static int refuse(const struct cbk_asked *asked, const struct cbk_http_response *response, const json_t *answer,
                  const char *code, struct cbk_error *err)
{
    int class = cbk_cloud_classify(response->status, *code ? code : NULL);
    /* a server that broke down may have done it before; and as our nonces are fresh, one that was used says that
     * something on the way sent the request twice */
    bool may_be_done = response->status >= 500 || strcmp(code, "SignatureNonceUsed") == 0;
    if (class == CBK_E_RETRYABLE && may_be_done && !asked->flags)
        class = CBK_E_AMBIGUOUS;
    CBK_STR(message);
    add_message(&message, asked->credentials, cbk_json_text_or(answer, "Message", "no reason given"));
    CBK_CLEANUP(cbk_string_freep) char *shown = redacted(asked->credentials, code);
    if (*shown)
        (void)cbk_fail(err, (enum cbk_error_code) class, "%s failed: %s (%s)", asked->action, message.ptr, shown);
    else
        (void)cbk_fail(err, (enum cbk_error_code) class, "%s failed: %s (HTTP %d)", asked->action, message.ptr,
                       response->status);
    err->cloud_code = *shown ? cbk_string_steal(&shown) : NULL;
    err->request_id = redacted(asked->credentials, cbk_json_text(answer, "RequestId"));
    add_hint(err, asked, response);
    return class;
}

/* An answer that is not the cloud's: empty, cut, or some other server's page. */
static int strange(const struct cbk_asked *asked, const struct cbk_http_response *response, struct cbk_error *err)
{
    const char *type = response->content_type ? response->content_type : "no type";
    if (response->status < 400 && response->body.len == 0)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "%s was answered with nothing (HTTP %d)", asked->action,
                        response->status);
    if (response->status < 400)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s is not a JSON object (HTTP %d, %s)", asked->action,
                        response->status, type);
    int class = cbk_cloud_classify(response->status, NULL);
    if (class == CBK_E_RETRYABLE && !asked->flags)
        class = CBK_E_AMBIGUOUS;
    (void)cbk_fail(err, (enum cbk_error_code) class, "%s failed: HTTP %d from '%s' (%s)", asked->action,
                   response->status, asked->endpoint, type);
    if (class == CBK_E_VALIDATION)
        cbk_error_hint(err, "this is not an answer of the cloud: check the endpoint and the proxy");
    return class;
}

int cbk_answer_judge(const struct cbk_asked *asked, const struct cbk_http_response *response, json_t **ret,
                     struct cbk_error *err)
{
    CBK_JSON *answer = NULL;
    CBK_ERROR(syntax); /* what exactly is wrong with a page that is not JSON helps nobody */
    int r = cbk_json_parse(asked->action, response->body.ptr, response->body.len, &answer, &syntax);
    if (r < 0 || !json_is_object(answer))
        return strange(asked, response, err);
    CBK_STR(code);
    if (has_failed(answer, response->status, &code))
        return refuse(asked, response, answer, code.ptr, err);
    *ret = cbk_json_steal(&answer);
    return 0;
}
