#include "sim/world/work.h"

#include "base/alloc.h"
#include "base/str.h"

#include <assert.h>

struct sim_works {
    pthread_mutex_t lock;
    pthread_cond_t finished;
    struct sim_work *list;
    size_t running;
    bool stopping;
};

struct sim_works *sim_works_new(void)
{
    struct sim_works *works = CBK_NEW(struct sim_works);
    pthread_mutex_init(&works->lock, NULL);
    pthread_cond_init(&works->finished, NULL);
    return works;
}

void sim_works_free(struct sim_works *works)
{
    if (!works)
        return;
    assert(!works->list);
    pthread_cond_destroy(&works->finished);
    pthread_mutex_destroy(&works->lock);
    free(works);
}

/* What a thread does needs no more than the work itself and a word to the others at its end. */
struct start {
    struct sim_works *works;
    struct sim_work *work;
};

static void *run_work(void *context)
{
    struct start start = *(struct start *)context;
    free(context);
    start.work->run(start.work);
    pthread_mutex_lock(&start.works->lock);
    start.work->finished = true;
    start.works->running--;
    pthread_cond_broadcast(&start.works->finished);
    pthread_mutex_unlock(&start.works->lock);
    return NULL;
}

void sim_work_start(struct sim_works *works, struct sim_work *work)
{
    struct start *start = CBK_NEW(struct start);
    *start = (struct start){works, work};
    pthread_mutex_lock(&works->lock);
    if (works->stopping)
        atomic_store(&work->cancel, true);
    work->finished = false;
    work->next = works->list;
    works->list = work;
    works->running++;
    if (pthread_create(&work->thread, NULL, run_work, start) != 0)
        cbk_out_of_memory(); /* no thread to be had is the same as no memory */
    pthread_mutex_unlock(&works->lock);
}

void sim_work_cancel(struct sim_works *works, const char *key)
{
    pthread_mutex_lock(&works->lock);
    for (struct sim_work *work = works->list; work; work = work->next)
        if (cbk_str_equal(work->key, key))
            atomic_store(&work->cancel, true);
    pthread_mutex_unlock(&works->lock);
}

void sim_works_stop(struct sim_works *works)
{
    pthread_mutex_lock(&works->lock);
    works->stopping = true;
    for (struct sim_work *work = works->list; work; work = work->next)
        atomic_store(&work->cancel, true);
    while (works->running)
        pthread_cond_wait(&works->finished, &works->lock);
    pthread_mutex_unlock(&works->lock);
}

/* Takes one that has finished out of the list; NULL when there is none. */
static struct sim_work *take_finished(struct sim_works *works)
{
    struct sim_work *found = NULL;
    pthread_mutex_lock(&works->lock);
    for (struct sim_work **at = &works->list; *at && !found;) {
        if ((*at)->finished) {
            found = *at;
            *at = found->next;
        } else {
            at = &(*at)->next;
        }
    }
    pthread_mutex_unlock(&works->lock);
    return found;
}

void sim_works_collect(struct sim_works *works, struct sim_world *world)
{
    for (struct sim_work *work; (work = take_finished(works));) {
        pthread_join(work->thread, NULL);
        work->done(work, world);
    }
}
