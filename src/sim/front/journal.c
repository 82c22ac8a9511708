#include "sim/front/journal.h"

#include <pthread.h>

struct entry {
    char *service, *action, *code;
    bool mutating, worked;
    int http_status; /* 0: not answered */
};
CBK_VEC(entries, struct entry)

struct sim_journal {
    pthread_mutex_t lock;
    struct entries entries;
};

struct sim_journal *sim_journal_new(void)
{
    struct sim_journal *journal = CBK_NEW(struct sim_journal);
    pthread_mutex_init(&journal->lock, NULL);
    return journal;
}

void sim_journal_free(struct sim_journal *journal)
{
    if (!journal)
        return;
    for (size_t i = 0; i < journal->entries.len; i++) {
        free(journal->entries.items[i].service);
        free(journal->entries.items[i].action);
        free(journal->entries.items[i].code);
    }
    entries_release(&journal->entries);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

size_t sim_journal_arrive(struct sim_journal *journal, const char *service, const char *action, bool mutating)
{
    pthread_mutex_lock(&journal->lock);
    entries_push(&journal->entries, (struct entry){cbk_strdup(service), cbk_strdup(action), NULL, mutating, false, 0});
    size_t n = journal->entries.len;
    pthread_mutex_unlock(&journal->lock);
    return n;
}

void sim_journal_work(struct sim_journal *journal, size_t n)
{
    pthread_mutex_lock(&journal->lock);
    journal->entries.items[n - 1].worked = true;
    pthread_mutex_unlock(&journal->lock);
}

void sim_journal_answer(struct sim_journal *journal, size_t n, int http_status, const char *code)
{
    pthread_mutex_lock(&journal->lock);
    struct entry *entry = &journal->entries.items[n - 1];
    entry->http_status = http_status;
    entry->code = cbk_strdup(code);
    pthread_mutex_unlock(&journal->lock);
}

json_t *sim_journal_dump(struct sim_journal *journal, size_t since)
{
    json_t *list = json_array();
    pthread_mutex_lock(&journal->lock);
    for (size_t i = since; i < journal->entries.len; i++) {
        const struct entry *entry = &journal->entries.items[i];
        json_array_append_new(list, json_pack("{sI ss ss sb sb so ss}", "n", (json_int_t)i + 1, "service",
                                              entry->service, "action", entry->action, "mutating", entry->mutating,
                                              "worked", entry->worked, "http_status",
                                              entry->http_status ? json_integer(entry->http_status) : json_null(),
                                              "code", entry->code ? entry->code : ""));
    }
    pthread_mutex_unlock(&journal->lock);
    return list;
}
