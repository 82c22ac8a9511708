/*
 * The cloud's memory: tables of records. A record is a JSON object in the words of the world file (docs/simulator.md),
 * so that loading, saving and /_sim/world need no translation; answers map its keys by shapes (shape.h).
 *
 * One lock guards the world (server.c holds it around each call); nothing in here locks. Time is the simulated clock:
 * `now_ms`, set by sim_world_tick, which first lets everything happen that was due before.
 */
#ifndef CBK_SIM_WORLD_H
#define CBK_SIM_WORLD_H

#include "base/json.h"
#include "base/map.h"
#include "sim/world/timer.h"

/* section, its name in the world file, the key (or two, joined by "/") that tells its records apart */
#define SIM_SECTIONS(X)                                                                                                \
    X(INSTANCES, "instances", "id", NULL)                                                                              \
    X(DISKS, "disks", "id", NULL) /* those of the instances, shared with them; not saved by itself */                  \
    X(ROLES, "roles", "name", NULL)                                                                                    \
    X(POLICIES, "policies", "type", "name")                                                                            \
    X(OIDC_PROVIDERS, "oidc_providers", "name", NULL)                                                                  \
    X(SESSIONS, "sessions", "access_key_id", NULL)                                                                     \
    X(COMMANDS, "commands", "id", NULL)                                                                                \
    X(INVOCATIONS, "invocations", "id", NULL)                                                                          \
    X(SENT_FILES, "sent_files", "id", NULL)                                                                            \
    X(SNAPSHOTS, "snapshots", "id", NULL)                                                                              \
    X(SNAPSHOT_GROUPS, "snapshot_groups", "id", NULL)                                                                  \
    X(VAULTS, "vaults", "id", NULL)                                                                                    \
    X(BACKUP_POLICIES, "backup_policies", "id", NULL)                                                                  \
    X(BINDINGS, "bindings", "source_type", "data_source_id")                                                           \
    X(BACKUP_JOBS, "backup_jobs", "id", NULL)                                                                          \
    X(RECOVERY_POINTS, "recovery_points", "id", NULL)                                                                  \
    X(RESTORE_JOBS, "restore_jobs", "id", NULL)                                                                        \
    X(TASKS, "tasks", "id", NULL)                                                                                      \
    X(CLIENT_TOKENS, "client_tokens", "id", NULL)

enum sim_section {
#define X(name, ...) SIM_##name,
    SIM_SECTIONS(X)
#undef X
        SIM_SECTION_COUNT
};

struct sim_table {
    json_t *items;         /* array, in order of creation; owns the records */
    struct cbk_map *index; /* key -> record */
};

struct sim_guests;
struct sim_works;

struct sim_world {
    char *account;
    char *region;
    json_t *credentials;           /* array of {access_key_id, access_key_secret, ...} */
    json_t *missing_service_roles; /* array of what HBR CheckRole does not find, such as UdmRole */
    struct sim_table tables[SIM_SECTION_COUNT];
    json_t *nothing;           /* an empty list, for regions that are not this world's */
    struct cbk_map *tag_index; /* of tag_index.c; NULL: not made */
    json_t *counters;          /* object: kind of id -> how many were given */
    struct sim_timers timers;
    struct sim_guests *guests; /* those with real disks and processes; NULL: all instances are virtual */
    struct sim_works *works;   /* what goes on in them */
    int64_t eventual_ms;       /* how long what RAM changed is not seen by others; an option, not saved */
    int64_t advanced_ms;       /* how far the simulated clock runs before the machine's */
    int64_t now_ms;            /* the simulated clock, as of the last tick */
};

/* An empty world with the default account, region and credentials. */
struct sim_world *sim_world_new(void);
/* NULL is fine. */
void sim_world_free(struct sim_world *world);
CBK_DEFINE_OWNED(struct sim_world, sim_world)

/* Unix seconds of the simulated clock. */
int64_t sim_world_now(const struct sim_world *world);
/* Moves the clock to the present and runs what was due, each thing at its own time. */
void sim_world_tick(struct sim_world *world);
/* Turns the simulated clock on by that much, then ticks. */
void sim_world_advance(struct sim_world *world, int64_t ms);

/* The record or NULL. Borrowed. */
json_t *sim_world_find(const struct sim_world *world, enum sim_section section, const char *key);
/* "Custom/AppSnapshotPolicy" */
json_t *sim_world_find_pair(const struct sim_world *world, enum sim_section section, const char *first,
                            const char *second);
/* Takes the record over and answers it, borrowed; one with the same key is replaced. */
json_t *sim_world_add(struct sim_world *world, enum sim_section section, json_t *record);
/* Takes the record out. */
void sim_world_remove(struct sim_world *world, enum sim_section section, json_t *record);
json_t *sim_world_list(const struct sim_world *world, enum sim_section section);
const char *sim_section_name(enum sim_section section);
/* The key of a record of that section, as it is indexed. The caller frees. */
char *sim_world_key(enum sim_section section, const json_t *record);

/*
 * A fresh id: the prefix and letters that look like the cloud's. The same sequence of calls on the same world gives the
 * same ids. The caller frees.
 */
char *sim_world_new_id(struct sim_world *world, const char *prefix);

#endif
