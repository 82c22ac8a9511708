/*
 * The credentials of a session, shared by all its threads: one of them renews what is about to expire, while the others
 * wait for it. An apply that takes hours outlives them.
 */
#ifndef CBK_CLOUD_KEYRING_H
#define CBK_CLOUD_KEYRING_H

#include "cloud/identity.h"

struct cbk_keyring;

/* `identity` goes over to the keyring. */
struct cbk_keyring *cbk_keyring_new(struct cbk_identity *identity);
/* NULL is fine. */
void cbk_keyring_free(struct cbk_keyring *keyring);

/*
 * A copy of what is valid now. Renewed three minutes before it expires, by the cloud's clock; where that fails, the old
 * ones do while they live, and it is tried again half a minute later. Fails with
 * CBK_E_AUTH, CBK_E_NETWORK or CBK_E_INTERRUPTED, without a code of the cloud. The caller releases
 * *ret, which is empty before. Must not be called by an identity. Thread-safe.
 */
CBK_MUST_CHECK int cbk_keyring_get(struct cbk_keyring *keyring, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                                   struct cbk_error *err);
/* The cloud did not take these any more: the next who asks gets new ones. False when there are no others to get. */
bool cbk_keyring_refuse(struct cbk_keyring *keyring, const struct cbk_credentials *refused);

#endif
