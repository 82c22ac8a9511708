/*
 * The list of requests, in the order of their arrival, for /_sim/requests. Locks for itself.
 */
#ifndef CBK_SIM_JOURNAL_H
#define CBK_SIM_JOURNAL_H

#include "base/json.h"

struct sim_journal;
struct sim_journal *sim_journal_new(void);
/* NULL is fine. */
void sim_journal_free(struct sim_journal *journal);

/* Lists a request when it arrives and answers its number, from 1. Names are copied; "" where nothing is known. */
size_t sim_journal_arrive(struct sim_journal *journal, const char *service, const char *action, bool mutating);
/* Says that it has done what it does, or was refused: from here on only the answer can be lost. */
void sim_journal_work(struct sim_journal *journal, size_t n);
/* Says how it was answered; code NULL or "": no error. A request that is never answered keeps a null status. */
void sim_journal_answer(struct sim_journal *journal, size_t n, int http_status, const char *code);
/* [{n, service, action, mutating, worked, http_status, code}] of those after number `since`; new reference. */
json_t *sim_journal_dump(struct sim_journal *journal, size_t since);

#endif
