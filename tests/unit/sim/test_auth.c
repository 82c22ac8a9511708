/* ACS3 signatures against the gateway; RPC v1 is what client.c speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/time.h"

#include "client.h"

#include <string.h>

/* What is put into a request, and what is done to it after signing. */
struct attempt {
    const char *secret;
    const char *signed_names;   /* NULL: all that are sent */
    const char *authorization;  /* NULL: the right one */
    const char *tampered_query; /* sent instead of what was signed */
    const char *tampered_body;
    const char *wrong_hash;
    bool no_nonce;
    const char *code; /* expected; NULL: success */
};

static const char query[] = "Tag.1.Key=%2A%20~&Tag.1.Value=";
static const char body[] = "PageSize=7&Empty=";

static void add_headers(struct sim_request *request, const struct attempt *attempt, const char *hash)
{
    CBK_ERROR(err);
    CBK_STR(now);
    CBK_STR(nonce);
    cbk_time_add_utc(&now, cbk_time_now());
    cbk_uuid_add(&nonce);
    const char *const headers[][2] = {
        {"Host", "127.0.0.1:8080"},
        {"x-acs-action", "ListPolicies"},
        {"x-acs-version", RAM},
        {"x-acs-date", now.ptr},
        {"x-acs-content-sha256", attempt->wrong_hash ? attempt->wrong_hash : hash},
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"x-acs-signature-nonce", nonce.ptr},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(headers) - attempt->no_nonce; i++)
        assert_int_equal(sim_request_add_header(request, headers[i][0], headers[i][1], &err), 0);
}

static char *sign(struct sim_request *request, const struct attempt *attempt, const char *hash)
{
    CBK_STR(canonical);
    CBK_STR(names);
    CBK_STR(to_sign);
    CBK_STR(signature);
    struct cbk_sign_v3_request signing = {"POST",
                                          "/",
                                          request->query.items,
                                          request->query.len,
                                          request->headers.items,
                                          request->headers.len,
                                          attempt->wrong_hash ? attempt->wrong_hash : hash};
    cbk_sign_v3_canonical(&canonical, &signing, &names);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    cbk_sign_v3(&signature, attempt->secret, to_sign.ptr);
    return cbk_strf("ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=%s,Signature=%s",
                    attempt->signed_names ? attempt->signed_names : names.ptr, signature.ptr);
}

static void set_target(struct sim_request *request, const char *text)
{
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *target = cbk_strf("/?%s", text);
    cbk_pairs_release(&request->query);
    assert_int_equal(sim_request_set_target(request, target, &err), 0);
}

static void make(struct sim_gateway *gateway, const struct attempt *attempt)
{
    CBK_ERROR(err);
    CBK_CLEANUP(sim_request_release) struct sim_request request;
    CBK_CLEANUP(sim_reply_release) struct sim_reply reply = {.body = CBK_STR_INIT};
    char hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(body, strlen(body), hash);
    sim_request_init(&request, "POST");
    set_target(&request, query);
    add_headers(&request, attempt, hash);
    CBK_CLEANUP(cbk_string_freep) char *authorization = sign(&request, attempt, hash);
    assert_int_equal(sim_request_add_header(&request, "Authorization",
                                            attempt->authorization ? attempt->authorization : authorization, &err),
                     0);
    if (attempt->tampered_query)
        set_target(&request, attempt->tampered_query);
    const char *sent = attempt->tampered_body ? attempt->tampered_body : body;
    assert_int_equal(sim_request_set_body(&request, sent, strlen(sent), &err), 0);
    sim_gateway_serve(gateway, &request, &reply);
    CBK_JSON *answer = json_loads(reply.body.ptr, 0, NULL);
    if (!cbk_str_equal(cbk_json_text(answer, "Code"), attempt->code))
        fail_msg("%s, not %s", reply.body.ptr, attempt->code ? attempt->code : "a success");
}

static void test_acs3(void **state)
{
    (void)state;
    static const struct attempt attempts[] = {
        {.secret = "testsecret"},
        {.secret = "testsecre", .code = "SignatureDoesNotMatch"},
        {.secret = "testsecret&", .code = "SignatureDoesNotMatch"}, /* the key of v1 */
        {.secret = "testsecret", .tampered_query = "Tag.1.Key=b", .code = "SignatureDoesNotMatch"},
        {.secret = "testsecret", .tampered_body = "PageSize=8", .code = "SignatureDoesNotMatch"},
        {.secret = "testsecret", .wrong_hash = "00", .code = "SignatureDoesNotMatch"},
        {.secret = "testsecret", .no_nonce = true, .code = "MissingParameter"},
        {.secret = "testsecret", .signed_names = "host", .code = "IncompleteSignature"},
        {.secret = "testsecret",
         .signed_names = "content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-gone;"
                         "x-acs-signature-nonce;x-acs-version",
         .code = "IncompleteSignature"},
        {.secret = "testsecret", .authorization = "ACS3-HMAC-SHA256", .code = "IncompleteSignature"},
        {.secret = "testsecret",
         .authorization = "ACS3-HMAC-SHA256 Credential=testid,Signature=00",
         .code = "IncompleteSignature"},
        {.secret = "testsecret",
         .authorization = "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
         .code = "IncompleteSignature"},
    };
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway("{}", NULL);
    for (size_t i = 0; i < CBK_ARRAY_LEN(attempts); i++)
        make(gateway, &attempts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_acs3)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
