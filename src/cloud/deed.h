/*
 * Deeds: calls that may change something. Whoever answers for what is done watches a session: it is told of each deed
 * before it is sent, may forbid it, and is told afterwards what is known of it. So a program that dies leaves behind
 * what it was about to do.
 */
#ifndef CBK_CLOUD_DEED_H
#define CBK_CLOUD_DEED_H

#include "cloud/cloud.h"

/* One call with all its repetitions. */
struct cbk_deed {
    enum cbk_service service;
    const char *action;
    const json_t *key;  /* what to look for, by the names of the parameters: {"RoleName": "a"} */
    const char *digest; /* SHA-256 of the parameters as they are sent, in hex */
};

enum cbk_deed_end {
    CBK_DEED_DONE,
    CBK_DEED_REFUSED, /* it had no effect: nothing was sent, or the cloud would not have it */
    CBK_DEED_UNKNOWN, /* it may have had its effect: of an attempt no answer came, or one that says nothing */
    CBK_DEED_END_COUNT,
};

struct cbk_deed_outcome {
    enum cbk_deed_end end;
    const char *code;       /* the cloud's error code, or ours ("ambiguous"); NULL: it was done */
    const char *request_id; /* NULL: not known */
};

/* Called on whatever thread calls, several at once. */
struct cbk_cloud_witness {
    /* Nothing was sent yet, and nothing is when it fails: its error is the call's. *ret_number is its own, for `after`.
     */
    int (*before)(void *context, const struct cbk_deed *deed, int64_t *ret_number, struct cbk_error *err);
    void (*after)(void *context, int64_t number, const struct cbk_deed_outcome *outcome);
    void *context;
};

/* A view of the session whose deeds are witnessed; all else it shares. Freed by cbk_cloud_free, before its origin. The
 * witness is borrowed. */
struct cbk_cloud *cbk_cloud_watched(const struct cbk_cloud *cloud, const struct cbk_cloud_witness *witness);

/* What a deed does to the thing that its key names; what it starts goes on beside it. */
enum cbk_deed_effect { CBK_DEED_MAKES, CBK_DEED_REMOVES, CBK_DEED_ALTERS, CBK_DEED_STARTS, CBK_DEED_EFFECT_COUNT };

#define CBK_DEED_KEYS 4

struct cbk_deed_row {
    const char *action;
    enum cbk_deed_effect effect;
    const char *keys[CBK_DEED_KEYS]; /* parameters; "A.B": what the JSON text A, a list of objects, has at B */
};
/* NULL: not an action that is called from here. */
const struct cbk_deed_row *cbk_deed_row_of(const char *action);
/* The key of a call with these parameters. New reference. */
json_t *cbk_deed_key(const char *action, const json_t *params);

#endif
