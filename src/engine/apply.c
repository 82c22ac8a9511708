#include "engine/apply.h"

#include "base/time.h"
#include "engine/intents.h"
#include "engine/ledger.h"
#include "engine/remember.h"
#include "kinds/job_watch.h"

#include <pthread.h>
#include <stdint.h>

#define DEFAULT_PARALLELISM 10
#define MAX_JOBS 99 /* at once, whatever the parallelism: one batch of instance backups holds no more */

/*
 * Jobs wait for minutes and compute nothing, so they have workers of their own: those that wait for jobs do not keep
 * other steps from being done, nor the other way round.
 */
enum lane_name { LANE_STEPS, LANE_JOBS, LANE_COUNT };

struct lane {
    struct cbk_indices ready; /* first in, first out, from `next` on */
    size_t next;
    size_t steps; /* all that it will ever have */
};

/* What the workers share. The lock guards all that changes; the steps' own work runs outside of it. */
struct works {
    const struct cbk_apply_input *input;
    struct cbk_step_plan plan;
    struct cbk_keeper *keeper;
    struct cbk_job_watch *jobs;
    struct cbk_apply_result *result;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t *open_needs;             /* per step: how many it still waits for */
    bool *tainted;                  /* per step: one of those failed or was skipped */
    struct cbk_indices *dependents; /* per step: who waits for it */
    struct lane lanes[LANE_COUNT];
    size_t unfinished;
    struct cbk_error keep_error; /* the state could not be kept: nothing more is begun */

    pthread_mutex_t listener_lock; /* guards the ledger, too */
    struct cbk_ledger ledger;
};

/* What each action is called, does, counts as, and leaves in the state. */
struct action_row {
    unsigned bit;
    const char *word;
    int (*run)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    size_t offset; /* of its counter in struct cbk_apply_result */
};

static int run_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return object->kind->create(env, object, err);
}

static int run_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return object->kind->update(env, object, err);
}

static int run_delete(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return object->kind->destroy(env, object, err);
}

static int run_replace(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    if (object->kind->replace)
        return object->kind->replace(env, object, err);
    int r = object->kind->destroy(env, object, err);
    if (r < 0)
        return r;
    json_decref(object->live);
    object->live = NULL;
    object->id = NULL;
    return object->kind->create(env, object, err);
}

static int run_job(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return object->kind->run(env, object, err);
}

static int run_adopt(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    (void)err;
    if (!object->id) /* what the cloud numbers has got its id when it was found */
        object->id = cbk_object_title(object);
    return 0;
}

static int run_nothing(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    (void)object;
    (void)err;
    return 0;
}

static const struct action_row action_rows[] = {
    {CBK_ACTION_CREATE, "create", run_create, offsetof(struct cbk_apply_result, created)},
    {CBK_ACTION_UPDATE, "update", run_update, offsetof(struct cbk_apply_result, updated)},
    {CBK_ACTION_DELETE, "delete", run_delete, offsetof(struct cbk_apply_result, deleted)},
    {CBK_ACTION_REPLACE, "replace", run_replace, offsetof(struct cbk_apply_result, created)},
    {CBK_ACTION_RUN, "run", run_job, offsetof(struct cbk_apply_result, ran)},
    {CBK_ACTION_ADOPT, "adopt", run_adopt, offsetof(struct cbk_apply_result, adopted)},
    {CBK_ACTION_NOTE, "note", run_nothing, offsetof(struct cbk_apply_result, noted)},
    {CBK_ACTION_FORGET, "forget", run_nothing, offsetof(struct cbk_apply_result, forgotten)},
};

static const struct action_row *row_of(const struct cbk_step *step)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(action_rows); i++)
        if (action_rows[i].bit == step->action)
            return &action_rows[i];
    return NULL;
}

static void tell(struct works *works, struct cbk_apply_event event)
{
    (void)pthread_mutex_lock(&works->listener_lock);
    const json_t *row = cbk_ledger_enter(&works->ledger, &event);
    if (row)
        cbk_keeper_enter(works->keeper, row);
    works->input->listen(works->input->context, &event);
    (void)pthread_mutex_unlock(&works->listener_lock);
}

static void tell_progress(void *context, const struct cbk_object *object, const char *text)
{
    tell(context,
         (struct cbk_apply_event){.type = CBK_APPLY_PROGRESS, .object = object, .action = "run", .text = text});
}

/* Does what the step does, with every call of it written down beforehand. */
static int do_step(struct works *works, const struct cbk_step *step, struct cbk_error *keep_err, struct cbk_error *err)
{
    struct cbk_object *object = cbk_step_object(step);
    const struct action_row *row = row_of(step);
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_step_address(step);
    CBK_CLEANUP(cbk_intents_freep)
    struct cbk_intents *intents =
        cbk_intents_new(works->keeper, works->input->plan->env.cloud, object, address, row->word);
    struct cbk_env env = works->input->plan->env;
    env.cloud = cbk_intents_cloud(intents);
    env.progress = tell_progress;
    env.progress_context = works;
    env.is_interrupted = works->input->is_interrupted;
    env.jobs = works->jobs;
    int r = row->run(&env, object, err);
    (void)!cbk_intents_end(intents, r, keep_err);
    return r;
}

static int run_step(struct works *works, const struct cbk_step *step)
{
    struct cbk_object *object = cbk_step_object(step);
    const struct action_row *row = row_of(step);
    int64_t start = cbk_time_monotonic_ms();
    tell(works, (struct cbk_apply_event){.type = CBK_APPLY_START, .object = object, .action = row->word});
    CBK_ERROR(err);
    CBK_ERROR(keep_err);
    int r = cbk_remember_begin(works->keeper, step, &keep_err);
    if (r < 0)
        (void)cbk_fail(&err, (enum cbk_error_code)r, "not begun, since the state cannot be kept");
    else
        r = do_step(works, step, &keep_err, &err);
    if (keep_err.code || cbk_remember_end(works->keeper, step, r, &keep_err) < 0) {
        (void)pthread_mutex_lock(&works->lock);
        cbk_error_move(&works->keep_error, &keep_err);
        (void)pthread_mutex_unlock(&works->lock);
    }
    struct cbk_apply_event event = {
        .type = CBK_APPLY_DONE, .object = object, .action = row->word, .elapsed_ms = cbk_time_monotonic_ms() - start};
    if (r < 0) {
        (void)cbk_error_locate(&err, object->span);
        event.type = CBK_APPLY_FAILED;
        event.error = &err;
    }
    tell(works, event);
    return r;
}

/* A job whose point is below what it requires, and that may be so. */
static bool ends_below(const struct cbk_step *step)
{
    return step->action == CBK_ACTION_RUN && json_object_get(step->change->object->evidence, "required");
}

static void count_outcome(struct works *works, const struct cbk_step *step, int outcome)
{
    struct cbk_apply_result *result = works->result;
    if (outcome == 0 && ends_below(step))
        result->lowered++;
    else if (outcome == 0)
        ++*(size_t *)(void *)((char *)result + row_of(step)->offset);
    else if (outcome == CBK_E_DOWNGRADED)
        result->downgraded++;
    else if (outcome == CBK_E_INTERRUPTED)
        result->interrupted = true;
    else
        result->failed++;
    if (outcome == 0 && step->action == CBK_ACTION_REPLACE)
        result->deleted++;
}

static struct lane *lane_of(struct works *works, size_t index)
{
    return &works->lanes[works->plan.steps.items[index].action == CBK_ACTION_RUN ? LANE_JOBS : LANE_STEPS];
}

/* Under the lock. A step that failed or was skipped taints those that wait for it; they are skipped in their turn. */
static void finish_step(struct works *works, size_t index, bool succeeded)
{
    works->unfinished--;
    for (size_t i = 0; i < works->dependents[index].len; i++) {
        size_t waiting = works->dependents[index].items[i];
        bool needs_it = works->plan.steps.items[waiting].follows != index;
        works->tainted[waiting] = works->tainted[waiting] || (needs_it && !succeeded);
        if (--works->open_needs[waiting] == 0)
            cbk_indices_push(&lane_of(works, waiting)->ready, waiting);
    }
    (void)pthread_cond_broadcast(&works->changed);
}

static void skip(struct works *works, size_t index, const char *why)
{
    const struct cbk_step *step = &works->plan.steps.items[index];
    works->result->skipped++;
    tell(works,
         (struct cbk_apply_event){
             .type = CBK_APPLY_SKIPPED, .object = step->change->object, .action = row_of(step)->word, .text = why});
    finish_step(works, index, /* succeeded= */ false);
}

/* Under the lock: why the step must not be begun, or NULL. */
static const char *why_not(struct works *works, size_t index)
{
    if (works->input->is_interrupted())
        works->result->interrupted = true;
    if (works->tainted[index])
        return "something that it needs failed";
    if (works->keep_error.code)
        return "the state cannot be kept";
    return works->result->interrupted ? "interrupted" : NULL;
}

/* One worker's place: a lane, or all of them. */
struct place {
    struct works *works;
    size_t first, end; /* lanes */
};

/* Under the lock: the next step that is ready for this place; CBK_NO_STEP: none is now. */
static size_t take_ready(const struct place *place)
{
    for (size_t i = place->first; i < place->end; i++) {
        struct lane *lane = &place->works->lanes[i];
        if (lane->next < lane->ready.len)
            return lane->ready.items[lane->next++];
    }
    return CBK_NO_STEP;
}

static void *work(void *argument)
{
    const struct place *place = argument;
    struct works *works = place->works;
    (void)pthread_mutex_lock(&works->lock);
    while (works->unfinished) {
        size_t index = take_ready(place);
        if (index == CBK_NO_STEP) {
            (void)pthread_cond_wait(&works->changed, &works->lock);
            continue;
        }
        const char *obstacle = why_not(works, index);
        if (obstacle) {
            skip(works, index, obstacle);
            continue;
        }
        (void)pthread_mutex_unlock(&works->lock);
        int outcome = run_step(works, &works->plan.steps.items[index]);
        (void)pthread_mutex_lock(&works->lock);
        count_outcome(works, &works->plan.steps.items[index], outcome);
        finish_step(works, index, outcome == 0);
    }
    (void)pthread_mutex_unlock(&works->lock);
    return NULL;
}

static void prepare(struct works *works)
{
    size_t count = works->plan.steps.len;
    works->open_needs = cbk_alloc(count, sizeof(size_t));
    works->tainted = cbk_alloc(count, sizeof(bool));
    works->dependents = cbk_alloc(count, sizeof(struct cbk_indices));
    works->unfinished = count;
    for (size_t i = 0; i < works->plan.graph.edges.len; i++) {
        const struct cbk_edge *edge = &works->plan.graph.edges.items[i];
        works->open_needs[edge->from]++;
        cbk_indices_push(&works->dependents[edge->to], edge->from);
    }
    for (size_t i = 0; i < count; i++) {
        lane_of(works, i)->steps++;
        if (!works->open_needs[i])
            cbk_indices_push(&lane_of(works, i)->ready, i);
    }
}

static void release(struct works *works)
{
    for (size_t i = 0; works->dependents && i < works->plan.steps.len; i++)
        cbk_indices_release(&works->dependents[i]);
    free(works->dependents);
    free(works->open_needs);
    free(works->tainted);
    for (size_t i = 0; i < LANE_COUNT; i++)
        cbk_indices_release(&works->lanes[i].ready);
    cbk_steps_plan_release(&works->plan);
    cbk_keeper_free(works->keeper);
    cbk_job_watch_free(works->jobs);
    cbk_error_release(&works->keep_error);
    cbk_ledger_release(&works->ledger);
    (void)pthread_mutex_destroy(&works->lock);
    (void)pthread_mutex_destroy(&works->listener_lock);
    (void)pthread_cond_destroy(&works->changed);
}

/* Who works in a lane: as many as may work at once, and no more than there is to do. */
static size_t workers_of(const struct works *works, enum lane_name name, size_t parallelism)
{
    size_t most = name == LANE_JOBS && parallelism > MAX_JOBS ? MAX_JOBS : parallelism;
    return works->lanes[name].steps < most ? works->lanes[name].steps : most;
}

static void run_pool(struct works *works, size_t parallelism)
{
    size_t for_steps = workers_of(works, LANE_STEPS, parallelism);
    size_t threads = for_steps + workers_of(works, LANE_JOBS, parallelism);
    struct place at_steps = {works, LANE_STEPS, LANE_JOBS}, at_jobs = {works, LANE_JOBS, LANE_COUNT};
    struct place anywhere = {works, LANE_STEPS, LANE_COUNT};
    pthread_t *ids = cbk_alloc(threads, sizeof(*ids));
    size_t started = 0;
    while (started < threads &&
           pthread_create(&ids[started], NULL, work, started < for_steps ? &at_steps : &at_jobs) == 0)
        started++;
    if (started < threads) /* fewer threads than asked for only make it slower */
        (void)work(&anywhere);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(ids[i], NULL);
    free(ids);
}

/* Is there something to write, though there is nothing to do? */
static bool has_notes(const struct cbk_plan *plan)
{
    if (plan->settled)
        return true;
    for (size_t i = 0; i < plan->changes.len; i++)
        if (plan->changes.items[i].is_news)
            return true;
    return false;
}

/* What git and the cloud agree on is what was applied last, whoever did it: later drift is told from there. */
static void take_notes(struct works *works)
{
    const struct cbk_changes *changes = &works->input->plan->changes;
    for (size_t i = 0; i < changes->len; i++)
        if (changes->items[i].is_news && !changes->items[i].actions)
            cbk_keeper_put_later(works->keeper, changes->items[i].object);
}

/* What an earlier apply left open and the plan has settled is closed. */
static void close_settled(struct works *works)
{
    size_t index;
    json_t *row;
    json_array_foreach(works->input->plan->settled, index, row)
        if (!cbk_json_bool(row, "stays", false))
            cbk_keeper_learn(works->keeper, cbk_json_int(row, "n", 0), /* is_open= */ false, NULL, NULL);
}

/* What the state's history says of this apply. The caller frees. */
static char *note_of(const struct cbk_apply_input *input, const struct cbk_apply_result *result)
{
    return cbk_strf("apply %s: %zu created, %zu updated, %zu deleted, %zu run, %zu failed; plan %s", input->stack_name,
                    result->created, result->updated, result->deleted, result->ran, result->failed + result->downgraded,
                    cbk_plan_digest(input->plan));
}

void cbk_apply_result_release(struct cbk_apply_result *result)
{
    json_decref(result->ledger);
    *result = (struct cbk_apply_result){0};
}

int cbk_apply(const struct cbk_apply_input *input, struct cbk_apply_result *ret, struct cbk_error *err)
{
    CBK_CLEANUP(release)
    struct works works = {.input = input,
                          .result = ret,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .listener_lock = PTHREAD_MUTEX_INITIALIZER,
                          .changed = PTHREAD_COND_INITIALIZER};
    *ret = (struct cbk_apply_result){0};
    int r = cbk_steps_make(input->plan, &works.plan, err);
    if (r < 0 || (!works.plan.steps.len && !has_notes(input->plan)))
        return r;
    r = cbk_keeper_new(input->store, input->plan->state, &input->plan->env, &works.keeper, err);
    if (r < 0)
        return cbk_wrap(err, "nothing was changed");
    close_settled(&works);
    take_notes(&works);
    works.jobs = cbk_job_watch_new();
    cbk_ledger_init(&works.ledger, input, works.plan.steps.len);
    if (works.plan.steps.len)
        cbk_keeper_open_ledger(works.keeper, works.ledger.head);
    prepare(&works);
    run_pool(&works, input->parallelism ? input->parallelism : DEFAULT_PARALLELISM);
    ret->ledger = cbk_ledger_close(&works.ledger, input, ret->interrupted);
    if (works.keep_error.code)
        return cbk_error_move(err, &works.keep_error);
    CBK_CLEANUP(cbk_string_freep) char *note = note_of(input, ret);
    return cbk_keeper_finish(works.keeper, ret->ledger, note, err);
}
