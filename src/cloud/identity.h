/*
 * A way to be somebody: it gives credentials, again and again where they are temporary. The chain finds the one to
 * take, in the order of the vendor's own; the keyring holds what it gave. Each way is a file: identity_*.c.
 */
#ifndef CBK_CLOUD_IDENTITY_H
#define CBK_CLOUD_IDENTITY_H

#include "cloud/cloud.h"
#include "cloud/credentials.h"

struct cbk_identity;

struct cbk_identity_ops {
    bool renews; /* asked again, it gives other credentials */
    /* Fills *ret, all but its origin. May call the cloud, or another server, through the session. */
    int (*get)(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
               struct cbk_error *err);
    void (*free)(struct cbk_identity *self); /* what it has of its own, and itself */
};

/* What all have in common, first in each. */
struct cbk_identity {
    const struct cbk_identity_ops *ops;
    char *origin; /* as messages name it: "profile 'prod' of '~/.aliyun/config.json'" */
};

/* Gets credentials, and says in the log where they come from. The caller releases *ret, which is empty before. */
CBK_MUST_CHECK int cbk_identity_get(const struct cbk_identity *identity, struct cbk_cloud *cloud,
                                    struct cbk_credentials *ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_identity_free(struct cbk_identity *identity);
CBK_DEFINE_OWNED(struct cbk_identity, cbk_identity)

/*
 * The first way in the chain that has anything to say: ALIBABA_CLOUD_ACCESS_KEY_ID and its kin, an OIDC token, a
 * profile of the vendor's CLI, the metadata service of the instance, ALIBABA_CLOUD_CREDENTIALS_URI. One that is set
 * half or wrong is an error, not passed over. CBK_E_AUTH when there is none, with a note for each about why not. Only
 * the metadata service is asked in order to know. `cloud` has its client of http.
 */
CBK_MUST_CHECK int cbk_identity_find(struct cbk_cloud *cloud, struct cbk_identity **ret, struct cbk_error *err);

/* The same credentials for ever. `token` may be NULL. */
struct cbk_identity *cbk_identity_fixed(const char *origin, const char *id, const char *secret, const char *token);

/* What a session of a role is asked for with. NULL: not given. */
struct cbk_terms {
    const char *role_arn;
    const char *session_name; /* NULL: ALIBABA_CLOUD_ROLE_SESSION_NAME, else "cbk" */
    const char *policy;       /* a session policy */
    const char *external_id;  /* of AssumeRole alone */
    int64_t seconds;          /* 0: as the cloud has it, an hour */
};
/* Sessions of a role, by the word of another identity (which goes over to the new one): AssumeRole. */
struct cbk_identity *cbk_identity_role(const char *origin, const struct cbk_terms *terms, struct cbk_identity *source);
/* The same by the token in a file, which is read anew each time: AssumeRoleWithOIDC, a call without a signature. */
struct cbk_identity *cbk_identity_oidc(const char *origin, const struct cbk_terms *terms, const char *provider_arn,
                                       const char *token_file);
/* The role that this instance carries, by its metadata service (version 2, with a token). `role` NULL: it is asked. */
struct cbk_identity *cbk_identity_metadata(const char *origin, const char *role);
/* What a server of the user's answers: {AccessKeyId, AccessKeySecret, SecurityToken, Expiration}. CBK_E_USAGE for what
 * is no URL, and for plain http to anything but this machine. */
CBK_MUST_CHECK int cbk_identity_uri(const char *origin, const char *url, struct cbk_identity **ret,
                                    struct cbk_error *err);

/*
 * The profile of the vendor's CLI that is asked for (ALIBABA_CLOUD_PROFILE, else the current one of its file). *ret is
 * NULL where there is none and none was asked for, with the reason in `why`. Fails with CBK_E_AUTH on a profile that is
 * incomplete, unknown or of a mode that is not supported; CBK_E_SYNTAX, CBK_E_IO and CBK_E_VALIDATION (others may read
 * the secrets in it) on the file.
 */
CBK_MUST_CHECK int cbk_profile_find(struct cbk_identity **ret, struct cbk_str *why, struct cbk_error *err);

/* Reads {AccessKeyId, AccessKeySecret, SecurityToken, Expiration} of an answer; CBK_E_AUTH naming `who` gave it, never
 * its text, when one is missing. */
CBK_MUST_CHECK int cbk_identity_read(const json_t *answer, const char *who, struct cbk_credentials *ret,
                                     struct cbk_error *err);

#endif
