/*
 * The checks as rows of a table: a new one is a function and a row. docs/checks.md has a section for each id; the
 * numbers are those of the vendor's prerequisites there.
 */
#ifndef CBK_ENGINE_CHECK_ROWS_H
#define CBK_ENGINE_CHECK_ROWS_H

#include "engine/checks.h"

/* What is asked of the service. */
struct cbk_check_order {
    enum cbk_level level;
    const char *role;       /* the role's name in the cloud; NULL: none is named, the one that is carried counts */
    const char *pre_freeze; /* path of the script; NULL: wherever it stands */
    const char *post_thaw;
    bool fs_freeze;      /* Linux: freeze the file systems */
    bool writers;        /* Windows: use the VSS writers */
    bool group;          /* the snapshot-consistent group option */
    const json_t *disks; /* {only: [ids]} or {except: [ids]}; NULL: all */
};

/* One judgement under way. */
struct cbk_check_subject {
    const struct cbk_checker *checker;
    const struct cbk_object *object; /* the job or binding that orders; NULL: nobody does */
    const struct cbk_instance *instance;
    struct cbk_check_order order;
};

struct cbk_check_row {
    const char *id;
    const char *fine; /* what is true when it passes */
    const char *hint; /* what to do when it does not */
    /* NULL when all is well, else what is wrong, which the caller frees. *falls_to is the row's, and may be changed. */
    char *(*run)(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
    enum cbk_level falls_to; /* what the service would silently make instead; application: it is only worth a look */
    enum cbk_level least;    /* orders of this level and above need it */
    const char *needs;       /* the id of the check without which this one has nothing to say, or NULL */
    /* Has it anything to say of this subject? NULL: of all. */
    bool (*concerns)(const struct cbk_check_subject *subject);
};

extern const struct cbk_check_row cbk_check_rows[];
extern const size_t cbk_check_row_count;

/* check_instance.c: what the cloud tells of the instance itself */
char *cbk_check_system(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_disks(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_region(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_agent(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_running(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_named_disks(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_group_size(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
/* check_mounts.c: what is mounted in it */
char *cbk_check_mounts(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
/* check_role.c: what it may do */
char *cbk_check_role(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_permissions(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_service(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
/* check_order.c: what is asked for */
char *cbk_check_scripts(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_options(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_writers(const struct cbk_check_subject *subject, enum cbk_level *falls_to);
char *cbk_check_batch(const struct cbk_check_subject *subject, enum cbk_level *falls_to);

#endif
