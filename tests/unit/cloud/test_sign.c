/*
 * The signatures against requests that the vendor's SDKs signed (vectors/sign-v1.json, sign-v3.json; the first of each
 * is the worked example of the vendor's documentation).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "cloud/sign.h"

#include <string.h>

static json_t *load(const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(CBK_SOURCE_DIR "/tests/unit/cloud/vectors", name);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    json_t *vectors = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_file_read(path, 1 << 20, &text, &len, &err), 0);
    assert_int_equal(cbk_json_parse(name, text, len, &vectors, &err), 0);
    return vectors;
}

static struct cbk_pairs pairs_of(const json_t *list)
{
    struct cbk_pairs pairs = {0};
    size_t i;
    json_t *pair;
    json_array_foreach((json_t *)list, i, pair)
        cbk_pairs_push(&pairs, (struct cbk_pair){.name = json_string_value(json_array_get(pair, 0)),
                                                 .value = json_string_value(json_array_get(pair, 1))});
    return pairs;
}

/* The documented examples publish no intermediate strings: what a vector does not name is not compared. */
static void expect(const json_t *vector, const char *trail, const char *actual)
{
    const char *expected = cbk_json_text(vector, trail);
    if (expected && strcmp(expected, actual) != 0)
        fail_msg("%s: %s is\n%s\nnot\n%s", cbk_json_text(vector, "name"), trail, actual, expected);
}

static void check_v1(const json_t *vector)
{
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs params = pairs_of(cbk_json_at(vector, "params"));
    CBK_STR(to_sign);
    CBK_STR(signature);
    cbk_sign_v1_string(&to_sign, cbk_json_text(vector, "method"), params.items, params.len);
    expect(vector, "expect.string_to_sign", to_sign.ptr);
    cbk_sign_v1(&signature, cbk_json_text(vector, "secret"), to_sign.ptr);
    assert_non_null(cbk_json_text(vector, "expect.signature"));
    expect(vector, "expect.signature", signature.ptr);
}

static void check_v3(const json_t *vector)
{
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs query = pairs_of(cbk_json_at(vector, "query"));
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs headers = pairs_of(cbk_json_at(vector, "headers"));
    const char *body = cbk_json_text(vector, "body");
    char hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(body, strlen(body), hash);
    struct cbk_sign_v3_request request = {
        .method = cbk_json_text(vector, "method"),
        .path = cbk_json_text(vector, "path"),
        .query = query.items,
        .query_count = query.len,
        .headers = headers.items,
        .header_count = headers.len,
        .payload_hash = hash,
    };
    CBK_STR(canonical_query);
    CBK_STR(canonical);
    CBK_STR(names);
    CBK_STR(to_sign);
    CBK_STR(signature);
    cbk_sign_add_canonical_query(&canonical_query, query.items, query.len);
    expect(vector, "expect.canonical_query", canonical_query.ptr);
    cbk_sign_v3_canonical(&canonical, &request, &names);
    expect(vector, "expect.canonical_request", canonical.ptr);
    expect(vector, "expect.signed_headers", names.ptr);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    expect(vector, "expect.string_to_sign", to_sign.ptr);
    cbk_sign_v3(&signature, cbk_json_text(vector, "secret"), to_sign.ptr);
    assert_non_null(cbk_json_text(vector, "expect.signature"));
    expect(vector, "expect.signature", signature.ptr);
}

static void test_vectors_v1(void **state)
{
    (void)state;
    CBK_JSON *vectors = load("sign-v1.json");
    assert_int_equal(json_array_size(vectors), 7);
    for (size_t i = 0; i < json_array_size(vectors); i++)
        check_v1(json_array_get(vectors, i));
}

static void test_vectors_v3(void **state)
{
    (void)state;
    CBK_JSON *vectors = load("sign-v3.json");
    assert_int_equal(json_array_size(vectors), 9);
    for (size_t i = 0; i < json_array_size(vectors); i++)
        check_v3(json_array_get(vectors, i));
}

static void test_percent_encoding_keeps_only_the_unreserved(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[2] = {(char)byte, '\0'};
        bool kept = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", byte) != NULL;
        CBK_STR(encoded);
        CBK_STR(expected);
        cbk_percent_add(&encoded, text);
        cbk_str_addf(&expected, kept ? "%c" : "%%%02X", byte);
        assert_string_equal(encoded.ptr, expected.ptr);
    }
}

static void test_canonical_query_sorts_by_name_then_value(void **state)
{
    (void)state;
    const struct cbk_pair pairs[] = {{"b", "2"}, {"a.10", "x"}, {"b", "1"}, {"a.1", ""}, {"B", " "}};
    CBK_STR(query);
    cbk_sign_add_canonical_query(&query, pairs, CBK_ARRAY_LEN(pairs));
    assert_string_equal(query.ptr, "B=%20&a.1=&a.10=x&b=1&b=2");
    CBK_STR(empty);
    cbk_sign_add_canonical_query(&empty, NULL, 0);
    assert_string_equal(empty.ptr, "");
}

static void test_v1_leaves_its_own_signature_out(void **state)
{
    (void)state;
    const struct cbk_pair pairs[] = {{"Signature", "x"}, {"SignatureNonce", "n"}};
    CBK_STR(to_sign);
    cbk_sign_v1_string(&to_sign, "GET", pairs, CBK_ARRAY_LEN(pairs));
    assert_string_equal(to_sign.ptr, "GET&%2F&SignatureNonce%3Dn");
}

static void test_v3_trims_values_and_joins_repeated_headers(void **state)
{
    (void)state;
    const struct cbk_pair headers[] = {{"x-acs-b", "2"}, {"host", " h "}, {"x-acs-b", "1\t"}};
    const struct cbk_sign_v3_request request = {
        .method = "GET", .path = "/", .headers = headers, .header_count = CBK_ARRAY_LEN(headers), .payload_hash = "00"};
    CBK_STR(canonical);
    cbk_sign_v3_canonical(&canonical, &request, NULL);
    assert_string_equal(canonical.ptr, "GET\n/\n\nhost:h\nx-acs-b:1,2\n\nhost;x-acs-b\n00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_v1),
        cmocka_unit_test(test_vectors_v3),
        cmocka_unit_test(test_percent_encoding_keeps_only_the_unreserved),
        cmocka_unit_test(test_canonical_query_sorts_by_name_then_value),
        cmocka_unit_test(test_v1_leaves_its_own_signature_out),
        cmocka_unit_test(test_v3_trims_values_and_joins_repeated_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
