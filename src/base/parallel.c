#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct crew {
    cbk_parallel_fn work;
    void *context;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock; /* guards what follows */
    size_t failed_index;
    struct cbk_error error;
};

static void keep_failure(struct crew *crew, size_t index, struct cbk_error *err)
{
    (void)pthread_mutex_lock(&crew->lock);
    if (!crew->error.code || index < crew->failed_index) {
        crew->failed_index = index;
        cbk_error_move(&crew->error, err);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    atomic_store(&crew->failed, true);
}

static void *run(void *argument)
{
    struct crew *crew = argument;
    while (!atomic_load(&crew->failed)) {
        size_t index = atomic_fetch_add(&crew->next, 1);
        if (index >= crew->count)
            break;
        CBK_ERROR(err);
        if (crew->work(crew->context, index, &err) < 0)
            keep_failure(crew, index, &err);
    }
    return NULL;
}

int cbk_parallel(size_t threads, size_t count, cbk_parallel_fn work, void *context, struct cbk_error *err)
{
    struct crew crew = {.work = work, .context = context, .count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t helpers = threads < count ? threads : count;
    helpers = helpers ? helpers - 1 : 0;
    CBK_CLEANUP(cbk_string_freep) char *memory = cbk_alloc(helpers, sizeof(pthread_t));
    pthread_t *ids = (pthread_t *)(void *)memory;
    size_t started = 0;
    while (started < helpers && pthread_create(&ids[started], NULL, run, &crew) == 0)
        started++; /* fewer threads than asked for only make it slower */
    (void)run(&crew);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(ids[i], NULL);
    (void)pthread_mutex_destroy(&crew.lock);
    if (crew.error.code)
        return cbk_error_move(err, &crew.error);
    return 0;
}
