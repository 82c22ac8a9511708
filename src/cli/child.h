/* Running ourselves again, for another stack. */
#ifndef CBK_CLI_CHILD_H
#define CBK_CLI_CHILD_H

#include "base/error.h"

struct cbk_child_result {
    int exit;         /* its exit code; 128 and the signal's number when one has ended it */
    char *out, *talk; /* what it wrote to stdout and stderr; owned */
    size_t out_len;
};

/* Runs this program with these words (the program's name not among them) and waits for it; from any thread. */
CBK_MUST_CHECK int cbk_child_run(const struct cbk_strings *words, struct cbk_child_result *ret, struct cbk_error *err);
void cbk_child_result_release(struct cbk_child_result *result);

#endif
