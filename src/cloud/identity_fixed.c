/* Credentials that are there: a lasting key, or a temporary one that somebody else got. */
#include "cloud/identity.h"

struct fixed {
    struct cbk_identity base;
    struct cbk_credentials credentials;
};

static int get_fixed(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                     struct cbk_error *err)
{
    (void)cloud, (void)err;
    cbk_credentials_copy(ret, &((const struct fixed *)self)->credentials);
    return 0;
}

static void free_fixed(struct cbk_identity *self)
{
    cbk_credentials_release(&((struct fixed *)self)->credentials);
    free(self);
}

static const struct cbk_identity_ops fixed_ops = {.get = get_fixed, .free = free_fixed};

struct cbk_identity *cbk_identity_fixed(const char *origin, const char *id, const char *secret, const char *token)
{
    struct fixed *fixed = CBK_NEW(struct fixed);
    fixed->base = (struct cbk_identity){&fixed_ops, cbk_strdup(origin)};
    fixed->credentials = (struct cbk_credentials){.access_key_id = cbk_strdup(id),
                                                  .access_key_secret = cbk_strdup(secret),
                                                  .security_token = cbk_strdup(token && *token ? token : NULL)};
    return &fixed->base;
}
