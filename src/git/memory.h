/*
 * libgit2 takes its memory from us: where there is none left, we say so and abort, where it would run in circles trying
 * to make room for the error.
 */
#ifndef CBK_GIT_MEMORY_H
#define CBK_GIT_MEMORY_H

/* Once, before the library is started. */
void cbk_git_take_memory(void);

#endif
