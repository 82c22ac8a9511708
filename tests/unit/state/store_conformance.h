/*
 * What every store promises (src/state/store.h), tried on any of them: a test of a store describes how handles on it
 * are opened, and runs all promises with one call.
 */
#ifndef CBK_TESTS_STORE_CONFORMANCE_H
#define CBK_TESTS_STORE_CONFORMANCE_H

#include "state/store.h"

#define CBK_CONFORMANCE_STACK "conformance"

struct cbk_store_seat {
    /* Makes the place of the store empty: no state, no journal, no lock. Called before each promise. */
    void (*clear)(void *context);
    /* A new handle on the place, as another process would open it. The caller frees. */
    struct cbk_store *(*open)(void *context);
    void *context;
};

/* Tries every promise; a broken one fails the cmocka test that calls this. */
void cbk_store_conformance(const struct cbk_store_seat *seat);

#endif
