/*
 * What an answer of the cloud means, for any bytes at all: the first byte picks status and flags, the rest is the body.
 * Whatever comes, there is an object or a named error, and no secret gets into its text.
 */
#include "cloud/answer.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char id[] = "id", secret[] = "hush-hush", token[] = "token/x";
static const struct cbk_credentials who = {.access_key_id = id, .access_key_secret = secret, .security_token = token};

static void check_error(int r, const struct cbk_error *err)
{
    assert(r < 0 && err->code == r && err->message);
    const char *const texts[] = {err->message, err->cloud_code, err->request_id, err->hint};
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        assert(!texts[i] || (!strstr(texts[i], secret) && !strstr(texts[i], token)));
    CBK_STR(text);
    cbk_error_format(err, &text);
    CBK_JSON *json = cbk_error_json(err);
    assert(cbk_json_text(json, "message"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 204, 302, 400, 403, 404, 409, 429, 500, 502, 503};
    if (size == 0)
        return 0;
    const struct cbk_asked asked = {CBK_HBR, "CreateBackupJob", data[0] & 0x80 ? CBK_CALL_READ : 0,
                                    "https://hbr.example", &who};
    CBK_HTTP_RESPONSE(response);
    response.status = statuses[(data[0] & 0x7f) % CBK_ARRAY_LEN(statuses)];
    response.date = data[0] & 1 ? 784111777 : 0;
    cbk_str_add_bytes(&response.body, data + 1, size - 1);

    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    int r = cbk_answer_judge(&asked, &response, &answer, &err);
    if (r == 0)
        assert(json_is_object(answer));
    else
        check_error(r, &err);
    return 0;
}
