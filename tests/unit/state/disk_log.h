/*
 * What a program does to the disk below one directory, written down call by call: the linker hands the calls of our
 * code to the recorder (--wrap), which does them and remembers them. While it records, and while the images are tried,
 * nothing is really synced: that a sync was asked for is what counts.
 *
 * Files and directories have numbers of their own, since a name may stand for one file after the other.
 */
#ifndef CBK_TESTS_DISK_LOG_H
#define CBK_TESTS_DISK_LOG_H

#include "base/vec.h"

#include <stdbool.h>
#include <sys/types.h>

enum disk_op_kind {
    DISK_MAKE_DIR, /* `name` in `dir` is `node` */
    DISK_CREATE,   /* likewise, an empty file */
    DISK_RENAME,   /* `node` goes from `name` to `to`, in `dir` */
    DISK_UNLINK,   /* `name` goes from `dir` */
    DISK_WRITE,    /* bytes of `node` at `at` */
    DISK_TRUNCATE, /* `node` is `at` bytes long */
    DISK_SYNC,     /* of `node`, file or directory */
};

struct disk_op {
    enum disk_op_kind kind;
    int dir, node;
    char *name, *to;
    off_t at;
    char *bytes;
    size_t len;
    int step; /* of the story that is recorded, as disk_log_step counts it */
};
CBK_VEC(disk_ops, struct disk_op)

/* The directory that is recorded is node 0. */
void disk_log_begin(const char *root);
/* What is done from here on belongs to the next step of the story. */
void disk_log_step(void);
/* Ends the recording; the caller releases. */
struct disk_ops disk_log_end(void);
void disk_ops_free(struct disk_ops *ops);

#endif
