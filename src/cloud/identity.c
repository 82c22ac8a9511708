#include "cloud/identity.h"

#include "base/log.h"
#include "base/time.h"

int cbk_identity_get(const struct cbk_identity *identity, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                     struct cbk_error *err)
{
    CBK_CREDENTIALS(found);
    int r = identity->ops->get(identity, cloud, &found, err);
    if (r < 0)
        return r;
    found.origin = cbk_strdup(identity->origin);
    CBK_STR(until);
    if (found.expires)
        cbk_time_add_utc(&until, found.expires);
    cbk_log(CBK_LOG_INFO, "credentials from %s%s%s", found.origin, found.expires ? ", until " : "", until.ptr);
    *ret = cbk_credentials_steal(&found);
    return 0;
}

void cbk_identity_free(struct cbk_identity *identity)
{
    if (!identity)
        return;
    free(identity->origin);
    identity->ops->free(identity);
}

int cbk_identity_read(const json_t *answer, const char *who, struct cbk_credentials *ret, struct cbk_error *err)
{
    CBK_CREDENTIALS(read);
    const struct {
        const char *key;
        char **to;
    } fields[] = {
        {"AccessKeyId", &read.access_key_id},
        {"AccessKeySecret", &read.access_key_secret},
        {"SecurityToken", &read.security_token},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++) {
        const char *text = cbk_json_text_or(answer, fields[i].key, "");
        if (!*text)
            return cbk_fail(err, CBK_E_AUTH, "the answer of %s has no %s", who, fields[i].key);
        *fields[i].to = cbk_strdup(text);
    }
    CBK_ERROR(ignored); /* its text may be anything */
    if (cbk_time_parse(cbk_json_text_or(answer, "Expiration", ""), &read.expires, &ignored) < 0)
        return cbk_fail(err, CBK_E_AUTH, "the answer of %s does not tell when the credentials expire", who);
    *ret = cbk_credentials_steal(&read);
    return 0;
}
