#include "cloud/sign.h"

#include "base/digest.h"

#include <ctype.h>
#include <string.h>

void cbk_percent_add(struct cbk_str *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        bool unreserved =
            (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || strchr("-_.~", *p);
        if (unreserved) {
            cbk_str_add_char(out, (char)*p);
            continue;
        }
        const char escaped[3] = {'%', hex[*p >> 4], hex[*p & 15]};
        cbk_str_add_bytes(out, escaped, sizeof(escaped));
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const struct cbk_pair *left = a, *right = b;
    int names = strcmp(left->name, right->name);
    return names ? names : strcmp(left->value, right->value);
}

/* A sorted copy of the pairs; what they point at stays the caller's. */
static struct cbk_pairs sorted(const struct cbk_pair *pairs, size_t count)
{
    struct cbk_pairs copy = {0};
    for (size_t i = 0; i < count; i++)
        cbk_pairs_push(&copy, pairs[i]);
    if (copy.len > 1)
        qsort(copy.items, copy.len, sizeof(*copy.items), compare_pairs);
    return copy;
}

void cbk_sign_add_canonical_query(struct cbk_str *out, const struct cbk_pair *pairs, size_t count)
{
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs order = sorted(pairs, count);
    for (size_t i = 0; i < order.len; i++) {
        if (i > 0)
            cbk_str_add_char(out, '&');
        cbk_percent_add(out, order.items[i].name);
        cbk_str_add_char(out, '=');
        cbk_percent_add(out, order.items[i].value);
    }
}

void cbk_sign_v1_string(struct cbk_str *out, const char *method, const struct cbk_pair *pairs, size_t count)
{
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs kept = {0};
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, "Signature") != 0)
            cbk_pairs_push(&kept, pairs[i]);
    CBK_STR(query);
    cbk_sign_add_canonical_query(&query, kept.items, kept.len);
    cbk_str_add(out, method);
    cbk_str_add(out, "&%2F&");
    cbk_percent_add(out, query.ptr);
}

void cbk_sign_v1(struct cbk_str *out, const char *secret, const char *string_to_sign)
{
    CBK_STR(key);
    cbk_str_add(&key, secret);
    cbk_str_add_char(&key, '&');
    unsigned char mac[CBK_SHA1_BYTES];
    cbk_hmac_sha1(key.ptr, key.len, string_to_sign, strlen(string_to_sign), mac);
    cbk_base64_add(out, mac, sizeof(mac));
    cbk_wipe(key.ptr, key.len);
}

static void add_trimmed(struct cbk_str *out, const char *value)
{
    while (isspace((unsigned char)*value))
        value++;
    size_t len = strlen(value);
    while (len > 0 && isspace((unsigned char)value[len - 1]))
        len--;
    cbk_str_add_bytes(out, value, len);
}

/* "name:value\n" for each name; headers of the same name are one line, their values joined by commas. */
static void add_headers(struct cbk_str *out, const struct cbk_pairs *headers, struct cbk_str *names)
{
    for (size_t i = 0; i < headers->len; i++) {
        const struct cbk_pair *header = &headers->items[i];
        bool first = i == 0 || strcmp(header->name, headers->items[i - 1].name) != 0;
        bool last = i + 1 == headers->len || strcmp(header->name, headers->items[i + 1].name) != 0;
        if (first) {
            if (i > 0)
                cbk_str_add_char(names, ';');
            cbk_str_add(names, header->name);
            cbk_str_add(out, header->name);
        }
        cbk_str_add_char(out, first ? ':' : ',');
        add_trimmed(out, header->value);
        if (last)
            cbk_str_add_char(out, '\n');
    }
}

void cbk_sign_v3_canonical(struct cbk_str *out, const struct cbk_sign_v3_request *request, struct cbk_str *ret_signed)
{
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs headers = sorted(request->headers, request->header_count);
    CBK_STR(names);
    cbk_str_add(out, request->method);
    cbk_str_add_char(out, '\n');
    cbk_str_add(out, request->path);
    cbk_str_add_char(out, '\n');
    cbk_sign_add_canonical_query(out, request->query, request->query_count);
    cbk_str_add_char(out, '\n');
    add_headers(out, &headers, &names);
    cbk_str_add_char(out, '\n');
    cbk_str_add(out, names.ptr);
    cbk_str_add_char(out, '\n');
    cbk_str_add(out, request->payload_hash);
    if (ret_signed)
        cbk_str_add(ret_signed, names.ptr);
}

void cbk_sign_v3_string(struct cbk_str *out, const char *canonical_request)
{
    char hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(canonical_request, strlen(canonical_request), hash);
    cbk_str_add(out, "ACS3-HMAC-SHA256\n");
    cbk_str_add(out, hash);
}

void cbk_sign_v3(struct cbk_str *out, const char *secret, const char *string_to_sign)
{
    unsigned char mac[CBK_SHA256_BYTES];
    cbk_hmac_sha256(secret, strlen(secret), string_to_sign, strlen(string_to_sign), mac);
    cbk_hex_add(out, mac, sizeof(mac));
}
