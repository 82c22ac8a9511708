/* Which changes of a comparison a reviewer should look at first: guards that are loosened, and what protects less. */
#ifndef CBK_ENGINE_COMPARE_ATTENTION_H
#define CBK_ENGINE_COMPARE_ATTENTION_H

#include "base/source.h"
#include "kinds/kind.h"

/* A thing of the stack in its two versions. */
struct cbk_compared_pair {
    const char *address;
    const struct cbk_kind *kind; /* NULL: a selector or a setting */
    const json_t *was, *is;      /* as declared, defaults filled in; NULL: it is not there */
    const json_t *rows;          /* the differences that were found */
    struct cbk_span span;        /* of the newer one where there is one */
    bool is_selector;
};

/* Adds what is to be said of it to `attention`: [{id, address, message[, file, line]}]. */
void cbk_compare_attend(const struct cbk_compared_pair *pair, json_t *attention);

#endif
