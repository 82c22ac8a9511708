#include "git/library.h"

#include "git/memory.h"

#include <pthread.h>

static void start(void)
{
    cbk_git_take_memory();
    (void)git_libgit2_init();
}

void cbk_git_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, start);
}

int cbk_git_fail(struct cbk_error *err, enum cbk_error_code code, const char *what)
{
    const git_error *why = git_error_last();
    return cbk_fail(err, code, "%s: %s", what, why && why->message ? why->message : "git gives no reason");
}
