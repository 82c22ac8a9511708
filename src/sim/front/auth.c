#include "sim/front/auth.h"

#include "base/digest.h"
#include "base/time.h"

#include <string.h>
#include <strings.h>

#define SCHEME "ACS3-HMAC-SHA256"

/* The cloud's tolerance for a client's clock. */
enum { FRESH_SECONDS = 15 * 60 };

/* What a signature says, wherever it stood in the request. */
struct claim {
    const char *access_key_id;
    const char *security_token;
    const char *timestamp;
    const char *nonce;
    const char *signature;
    const char *signed_headers; /* v3 */
};

bool sim_request_is_v3(const struct sim_request *request)
{
    const char *authorization = sim_request_header(request, "authorization");
    return authorization && cbk_str_starts_with(authorization, SCHEME);
}

static int missing(struct sim_call *call, const char *name)
{
    return sim_fail(call, "MissingParameter",
                    "The input parameter \"%s\" that is mandatory for processing this request is not supplied.", name);
}

static int incomplete(struct sim_call *call, const char *why)
{
    return sim_fail(call, "IncompleteSignature", "The request signature does not conform to the standards: %s.", why);
}

static int check_time(struct sim_call *call, const char *timestamp)
{
    CBK_ERROR(err);
    int64_t then = 0, now = cbk_time_now();
    if (cbk_time_parse(timestamp, &then, &err) < 0)
        return sim_fail(call, "IllegalTimestamp",
                        "The input parameter \"Timestamp\" that is mandatory for processing "
                        "this request is not supplied in the form yyyy-MM-ddTHH:mm:ssZ.");
    if (then < now - FRESH_SECONDS || then > now + FRESH_SECONDS)
        return sim_fail(call, "InvalidTimeStamp.Expired",
                        "Specified time stamp or date value is expired or more than 15 minutes away from now.");
    return 0;
}

static json_t *find_credential(const struct sim_world *world, const char *access_key_id)
{
    size_t index;
    json_t *item;
    json_array_foreach(world->credentials, index, item)
        if (cbk_str_equal(cbk_json_text(item, "access_key_id"), access_key_id))
            return item;
    return NULL;
}

static int check_session(struct sim_call *call, const json_t *session, const char *token)
{
    if (!token || !cbk_str_starts_with(token, "CAIS"))
        return sim_fail(call, "InvalidSecurityToken.Malformed", "The specified SecurityToken is malformed.");
    if (!cbk_secret_equal(token, cbk_json_text_or(session, "security_token", "")))
        return sim_fail(call, "InvalidSecurityToken.MismatchWithAccessKey",
                        "The specified SecurityToken does not match the AccessKeyId.");
    if (cbk_json_int(session, "expires", 0) <= sim_world_now(call->world))
        return sim_fail(call, "InvalidSecurityToken.Expired", "The specified SecurityToken is expired.");
    return 0;
}

/* Whose policies count: the role of a session; a credential that has policies of its own; nobody's for the account. A
 * session whose role is gone has nothing left to allow it. */
static const json_t *find_principal(const struct sim_world *world, const json_t *known)
{
    const char *role = cbk_json_text(known, "role");
    const json_t *record = sim_world_find(world, SIM_ROLES, role);
    if (role)
        return record ? record : known;
    return json_object_get(known, "policies") ? known : NULL;
}

/* The secret that the claim must be signed with. */
static int find_secret(struct sim_call *call, const struct claim *claim, const char **ret)
{
    const json_t *session = sim_world_find(call->world, SIM_SESSIONS, claim->access_key_id);
    const json_t *known = session ? session : find_credential(call->world, claim->access_key_id);
    if (!known)
        return sim_fail(call, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    if (session) {
        int r = check_session(call, session, claim->security_token);
        if (r < 0)
            return r;
    } else if (claim->security_token && *claim->security_token) { /* a lasting key has none (U) */
        return sim_fail(call, "InvalidSecurityToken.Malformed", "The specified SecurityToken is malformed.");
    }
    call->caller =
        (struct sim_caller){cbk_json_text(known, "access_key_id"), session, find_principal(call->world, known)};
    *ret = cbk_json_text_or(known, "access_key_secret", "");
    return 0;
}

/* What both schemes have in common, once each has found its claim and its string to sign. */
static int check(struct sim_call *call, const struct claim *claim, struct sim_nonces *nonces, const char *to_sign,
                 void (*sign)(struct cbk_str *, const char *, const char *))
{
    const char *secret = NULL;
    int r = check_time(call, claim->timestamp);
    if (r == 0)
        r = find_secret(call, claim, &secret);
    if (r < 0)
        return r;
    CBK_STR(ours);
    sign(&ours, secret, to_sign);
    if (!cbk_secret_equal(ours.ptr, claim->signature))
        return sim_fail(call, "SignatureDoesNotMatch",
                        "Specified signature is not matched with our calculation. server string to sign is:%s",
                        to_sign);
    if (!sim_nonces_use(nonces, claim->nonce, cbk_time_now()))
        return sim_fail(call, "SignatureNonceUsed", "Specified signature nonce was used already.");
    return 0;
}

/* ---- RPC v1 ---- */

static int check_v1(struct sim_call *call, const struct sim_request *request, struct sim_nonces *nonces)
{
    struct claim claim = {.security_token = sim_request_param(request, "SecurityToken")};
    const struct {
        const char *name, **to;
    } mandatory[] = {
        {"AccessKeyId", &claim.access_key_id},
        {"Timestamp", &claim.timestamp},
        {"SignatureNonce", &claim.nonce},
        {"Signature", &claim.signature},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(mandatory); i++) {
        *mandatory[i].to = sim_request_param(request, mandatory[i].name);
        if (!*mandatory[i].to || !**mandatory[i].to)
            return missing(call, mandatory[i].name);
    }
    const char *method = sim_request_param(request, "SignatureMethod");
    const char *version = sim_request_param(request, "SignatureVersion");
    if (!cbk_str_equal(method, "HMAC-SHA1") || (version && strcmp(version, "1.0") != 0))
        return sim_fail(call, "InvalidParamater",
                        "The specified SignatureMethod or SignatureVersion is not supported.");
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
    for (size_t i = 0; i < request->query.len; i++)
        cbk_pairs_push(&pairs, request->query.items[i]);
    for (size_t i = 0; i < request->form.len; i++)
        cbk_pairs_push(&pairs, request->form.items[i]);
    CBK_STR(to_sign);
    cbk_sign_v1_string(&to_sign, request->method, pairs.items, pairs.len);
    return check(call, &claim, nonces, to_sign.ptr, cbk_sign_v1);
}

/* ---- ACS3 ---- */

static bool is_word(const char *at, size_t len, const char *word)
{
    return strlen(word) == len && strncmp(at, word, len) == 0;
}

/* "Credential=a,SignedHeaders=b;c,Signature=d" behind the scheme; the pieces live in the request's arena. */
static int read_authorization(struct sim_call *call, const struct sim_request *request, struct claim *claim)
{
    const char *at = sim_request_header(request, "authorization") + strlen(SCHEME);
    while (*at) {
        at += strspn(at, " ,");
        size_t len = strcspn(at, ",");
        const char *equals = memchr(at, '=', len);
        if (!equals)
            break;
        size_t name_len = (size_t)(equals - at);
        const char *value = cbk_arena_strndup(request->arena, equals + 1, len - name_len - 1);
        if (is_word(at, name_len, "Credential"))
            claim->access_key_id = value;
        else if (is_word(at, name_len, "SignedHeaders"))
            claim->signed_headers = value;
        else if (is_word(at, name_len, "Signature"))
            claim->signature = value;
        at += len;
    }
    if (!claim->access_key_id || !claim->signature)
        return incomplete(call, "Authorization needs Credential, SignedHeaders and Signature");
    return 0;
}

static bool is_signed(const char *signed_headers, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = signed_headers; *at; at += strspn(at, ";")) {
        size_t word = strcspn(at, ";");
        if (word == len && strncasecmp(at, name, len) == 0)
            return true;
        at += word;
    }
    return false;
}

static int gather_signed(struct sim_call *call, const struct sim_request *request, const char *signed_headers,
                         struct cbk_pairs *out)
{
    for (size_t i = 0; i < request->headers.len; i++)
        if (is_signed(signed_headers, request->headers.items[i].name))
            cbk_pairs_push(out, request->headers.items[i]);
    size_t names = 0;
    for (const char *at = signed_headers; *at; names++) {
        at += strcspn(at, ";");
        at += strspn(at, ";");
    }
    if (names != out->len)
        return incomplete(call, "SignedHeaders names a header that was not sent");
    return 0;
}

static int check_v3(struct sim_call *call, const struct sim_request *request, struct sim_nonces *nonces)
{
    static const char *const mandatory[] = {"host",       "x-acs-action",          "x-acs-version",
                                            "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"};
    struct claim claim = {.security_token = sim_request_header(request, "x-acs-security-token")};
    int r = read_authorization(call, request, &claim);
    if (r < 0)
        return r;
    if (!claim.signed_headers)
        return incomplete(call, "there are no SignedHeaders");
    for (size_t i = 0; i < CBK_ARRAY_LEN(mandatory); i++) {
        if (!sim_request_header(request, mandatory[i]))
            return missing(call, mandatory[i]);
        if (!is_signed(claim.signed_headers, mandatory[i])) /* else it could be exchanged on the way */
            return incomplete(call, "SignedHeaders lacks a mandatory header");
    }
    claim.timestamp = sim_request_header(request, "x-acs-date");
    claim.nonce = sim_request_header(request, "x-acs-signature-nonce");
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs headers = {0};
    r = gather_signed(call, request, claim.signed_headers, &headers);
    if (r < 0)
        return r;
    char hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(request->body, request->body_len, hash);
    struct cbk_sign_v3_request signing = {
        request->method, request->path, request->query.items, request->query.len, headers.items, headers.len, hash};
    CBK_STR(canonical);
    CBK_STR(to_sign);
    cbk_sign_v3_canonical(&canonical, &signing, NULL);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    r = check(call, &claim, nonces, to_sign.ptr, cbk_sign_v3);
    /* The hash that was sent is a signed header, but it is the real one that covers the body. */
    if (r == 0 && strcasecmp(hash, sim_request_header(request, "x-acs-content-sha256")) != 0)
        return sim_fail(call, "SignatureDoesNotMatch",
                        "x-acs-content-sha256 is not the hash of the body. server "
                        "string to sign is:%s",
                        to_sign.ptr);
    return r;
}

int sim_auth_check(struct sim_call *call, const struct sim_request *request, struct sim_nonces *nonces)
{
    return sim_request_is_v3(request) ? check_v3(call, request, nonces) : check_v1(call, request, nonces);
}
