#include "engine/intents.h"

#include "cloud/deed.h"

#include <pthread.h>

struct cbk_intents {
    struct cbk_keeper *keeper;
    const char *address, *step;
    char *before, *wanted; /* digests of the object as it was and as it is to be; NULL: it does not live */
    struct cbk_cloud_witness witness;
    struct cbk_cloud *cloud;
    pthread_mutex_t lock;
    struct cbk_error failure; /* of the first that could not be written down */
};

static int refuse(struct cbk_intents *intents, const struct cbk_deed *deed, struct cbk_error *reason,
                  struct cbk_error *err)
{
    int r = cbk_fail(err, (enum cbk_error_code)reason->code, "%s was not sent, since the state cannot be kept: %s",
                     deed->action, reason->message);
    (void)pthread_mutex_lock(&intents->lock);
    if (!intents->failure.code)
        cbk_error_move(&intents->failure, reason);
    (void)pthread_mutex_unlock(&intents->lock);
    return r;
}

static int write_down(void *context, const struct cbk_deed *deed, int64_t *ret_number, struct cbk_error *err)
{
    struct cbk_intents *intents = context;
    CBK_ERROR(reason);
    CBK_JSON *intent =
        json_pack("{s:s, s:s, s:s, s:O, s:s, s:I, s:s*, s:s*}", "address", intents->address, "step", intents->step,
                  "action", deed->action, "key", deed->key, "digest", deed->digest, "at",
                  (json_int_t)cbk_cloud_now(intents->cloud), "before", intents->before, "wanted", intents->wanted);
    return cbk_keeper_intend(intents->keeper, intent, ret_number, &reason) < 0 ? refuse(intents, deed, &reason, err)
                                                                               : 0;
}

static void learn(void *context, int64_t number, const struct cbk_deed_outcome *outcome)
{
    const struct cbk_intents *intents = context;
    cbk_keeper_learn(intents->keeper, number, outcome->end == CBK_DEED_UNKNOWN, outcome->code, outcome->request_id);
}

struct cbk_intents *cbk_intents_new(struct cbk_keeper *keeper, const struct cbk_cloud *cloud,
                                    const struct cbk_object *object, const char *address, const char *step)
{
    struct cbk_intents *intents = CBK_NEW(struct cbk_intents);
    *intents = (struct cbk_intents){
        .keeper = keeper,
        .address = address,
        .step = step,
        .before = object->live ? cbk_json_digest(object->live) : NULL,
        .wanted = object->desired ? cbk_json_digest(object->desired) : NULL,
        .witness = {.before = write_down, .after = learn, .context = intents},
    };
    (void)pthread_mutex_init(&intents->lock, NULL);
    intents->cloud = cbk_cloud_watched(cloud, &intents->witness);
    return intents;
}

void cbk_intents_free(struct cbk_intents *intents)
{
    if (!intents)
        return;
    cbk_cloud_free(intents->cloud);
    cbk_error_release(&intents->failure);
    (void)pthread_mutex_destroy(&intents->lock);
    free(intents->before);
    free(intents->wanted);
    free(intents);
}

struct cbk_cloud *cbk_intents_cloud(const struct cbk_intents *intents)
{
    return intents->cloud;
}

int cbk_intents_end(struct cbk_intents *intents, int outcome, struct cbk_error *err)
{
    if (outcome == 0)
        cbk_keeper_close_intents(intents->keeper, intents->address);
    return intents->failure.code ? cbk_error_move(err, &intents->failure) : 0;
}
