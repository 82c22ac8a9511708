/*
 * Seals what is kept (states, journals, saved plans), when the stack asks for it: AES-256-GCM under a key from a
 * passphrase (PBKDF2-SHA512, 600,000 iterations) or from a file. A sealed text is JSON, so that places and people can
 * still tell what it is:
 *
 *     {"cbk_sealed": 1, "what": "state", "lineage": L, "serial": N, "cipher": "AES-256-GCM",
 *      "kdf": {"name": "PBKDF2-SHA512", "iterations": 600000, "salt": BASE64}, "nonce": BASE64, "data": BASE64}
 *
 * Everything but `data` is readable, and authenticated: a sealed text passes for no other one. Where sealing is asked
 * for, plain text is refused, unless the stack names it as what was there before. An older sealed text of the same
 * lineage is genuine, too: whoever can write to the place can put an old state there, which the serial in a saved plan
 * and the cloud itself then contradict.
 */
#ifndef CBK_STATE_SEAL_H
#define CBK_STATE_SEAL_H

#include "base/error.h"
#include "base/json.h"

#define CBK_PASSPHRASE_MIN_CHARS 16

struct cbk_seal;

/* A key is one of these; the others are NULL. */
struct cbk_seal_key {
    const char *passphrase; /* at least CBK_PASSPHRASE_MIN_CHARS characters */
    const char *key_file;   /* of 32 bytes, or of their Base64 or hex; must be nobody else's to read */
    bool plain;             /* of a former key only: it was not sealed before */
};

/*
 * Seals with `key`; opens with `key` or, where that fails, with `former` (NULL: there is none). Texts are wiped from
 * memory when the seal goes. CBK_E_VALIDATION for a passphrase that is too short or a key file that is none.
 */
CBK_MUST_CHECK int cbk_seal_new(const struct cbk_seal_key *key, const struct cbk_seal_key *former,
                                struct cbk_seal **ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_seal_free(struct cbk_seal *seal);
CBK_DEFINE_OWNED(struct cbk_seal, cbk_seal)

/* What a text is, said outside of the seal: authenticated, not hidden. */
struct cbk_seal_label {
    const char *what;    /* "state", "journal", "plan" */
    const char *lineage; /* "" where there is none yet */
    int64_t serial;
};

/* Adds the sealed text, one line without its end; with `seal` NULL, the text as it is. */
void cbk_seal_close(struct cbk_seal *seal, const struct cbk_seal_label *label, const char *text, size_t len,
                    struct cbk_str *out);
/* Is this a sealed text? */
bool cbk_seal_is_sealed(const json_t *json);
/*
 * Opens `json`, what was parsed from a kept text, sealed or plain: *ret is what it says, a new reference. `place` is
 * for messages. CBK_E_STATE when it is sealed and `seal` is NULL or of another key, when it has been changed, when it
 * is not `what`, or when it is plain where sealing is asked for.
 */
CBK_MUST_CHECK int cbk_seal_open(struct cbk_seal *seal, const char *what, const char *place, json_t *json, json_t **ret,
                                 struct cbk_error *err);

#endif
