/*
 * A kind is a section of the stack and what it means in the cloud: a const struct of functions over objects. Adding a
 * kind is a section of the schema, one file here with its row in registry.c, and its tests.
 *
 * The engine calls, in this order: desire (what git wants, normalised so that equal meaning is equal JSON), refresh
 * (what lives, normalised the same way, for all objects of the kind at once), decide (only kinds whose objects are not
 * compared attribute by attribute), then one of create, update, destroy, run for each change of the plan. Those set
 * object->live, ->id and ->evidence to what is true afterwards, also when they fail halfway: that goes into the state.
 *
 * refresh and desire run on one thread; create, update, destroy and run on many, one object at a time each.
 */
#ifndef CBK_KINDS_KIND_H
#define CBK_KINDS_KIND_H

#include "base/map.h"
#include "cloud/cloud.h"
#include "config/config.h"
#include "kinds/instance.h"
#include "kinds/object.h"

struct cbk_job_watch;

/* What the kinds may use of the world around them. */
struct cbk_env {
    struct cbk_cloud *cloud;
    struct cbk_config *config;
    const json_t *stack; /* the whole stack, defaults filled in */
    const char *stack_name;
    const struct cbk_map *instances; /* id -> struct cbk_instance *, all that objects mention and that exist */
    const struct cbk_map *objects;   /* address -> struct cbk_object *: what the plan knows, this object among it */
    json_t *guests;                  /* what was seen inside instances (guest.h), by id; NULL: nobody looks */
    int64_t now;                     /* the cloud's clock, unix seconds, the same for a whole plan */

    /* Tells how a long step goes on; may be called from any thread. NULL: nobody listens. */
    void (*progress)(void *context, const struct cbk_object *object, const char *text);
    void *progress_context;
    /* Has the user asked to stop? Long waits look; NULL: nobody can. */
    bool (*is_interrupted)(void);
    struct cbk_job_watch *jobs; /* the backup jobs that an apply waits for; set while steps run */
};

/* What to do with an object that is not compared by attributes. */
struct cbk_decision {
    bool run;
    char *reason; /* why; owned by whoever asked; NULL: none */
};

struct cbk_kind {
    const char *section; /* "roles": the key in the stack and the first part of its addresses */
    const char *name;    /* "role" */
    const char *title;   /* the attribute that names it to people ("name"); NULL: the instance or the key */
    bool numbered;       /* the cloud gives it an id of its own, which objects find it by; the title is but a name */
    bool per_instance;
    bool exclusive;                      /* per instance: one object of the kind at most */
    bool overwrites;                     /* takes the place of what lives there and was not made from here */
    const struct cbk_kind *const *after; /* kinds whose objects on the same instance come first */
    size_t after_count;
    bool forgets;      /* destroying it means no more than forgetting it: recovery points are never deleted by a plan */
    bool holds_points; /* what is deleted takes recovery points along */

    /* Required. */
    int (*desire)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    int (*refresh)(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err);
    /* Required unless `decide` is there. */
    int (*create)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    int (*update)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    /* Required unless `forgets`. What is gone already counts as destroyed. */
    int (*destroy)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    /*
     * May be provided, by kinds whose old and new cannot stand side by side: takes the old one (`live`) away and makes
     * the new one at once, and puts the old one back where the new one is refused. Without it the new one is created
     * first, and the old one destroyed when nothing uses it any more.
     */
    int (*replace)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    const char *gap; /* with replace: what is missing between the two, and for how long, in words */
    /* Both or neither. run fails with CBK_E_DOWNGRADED when what it made is below what is required; it has set the
     * evidence then, too. */
    int (*decide)(const struct cbk_env *env, const struct cbk_object *object, struct cbk_decision *ret_decision,
                  struct cbk_error *err);
    int (*run)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
    /*
     * May be provided: looks at what the plan would do, once that is known, with more than the attributes to go by.
     * `goes`: what lives would be taken away, by a deletion or a replacement. Fails when that cannot or must not be;
     * may leave a remark on it for people (owned by the caller; NULL: none).
     */
    int (*judge)(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                 struct cbk_error *err);
    /*
     * For export; both or neither. enumerate: what lives in the account, as a new array of {"id": what the cloud calls
     * it} and whatever else declare wants to know; the id of what is one instance's is the instance's. declare: the
     * declaration that desires what lives in `object`, without `instances`; NULL: it is left out. `addresses` answers
     * cbk_export_address. `item` is what enumerate said. *ret_remark (owned by the caller) is why it is left out, or
     * what else people should know of it; NULL: there is nothing to say.
     */
    int (*enumerate)(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err);
    json_t *(*declare)(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                       const json_t *item, char **ret_remark);
    bool exports_ids; /* the cloud numbers it: an export names the id, so that none of the same name is meant */
    /* May be provided: does this attribute's going from `before` to `after` allow more than was allowed? */
    bool (*widens)(const char *attribute, const json_t *before, const json_t *after);
    /* Likewise: does it keep recovery points for a shorter time, or fewer of them? */
    bool (*shortens)(const char *attribute, const json_t *before, const json_t *after);
    /* Likewise, of what the object would have instead of what it has, where its own attributes do not tell: in words,
     * owned by the caller; NULL: nothing. */
    char *(*keeps_less)(const struct cbk_env *env, const struct cbk_object *object);

    /* What has to be allowed to look at these objects, and to change them; RAM actions, parted by spaces. */
    const char *plan_actions, *apply_actions;
};

/* All kinds, in the order in which a stack reads. */
extern const struct cbk_kind *const cbk_kinds[];
extern const size_t cbk_kind_count;
/* By section or name, or NULL. */
const struct cbk_kind *cbk_kind_of_section(const char *section);
const struct cbk_kind *cbk_kind_by_name(const char *name);

/* The declaration at an address without instance ("roles.app"), defaults filled in, or NULL. Borrowed. */
const json_t *cbk_env_declaration(const struct cbk_env *env, const char *address);
/* The cloud's name of what is declared there: its `name`, or its key. Borrowed. */
const char *cbk_env_name(const struct cbk_env *env, const char *address);
/* The instance, or NULL when there is none of that id. Borrowed. */
const struct cbk_instance *cbk_env_instance(const struct cbk_env *env, const char *id);
/*
 * The object at an address, or NULL. Borrowed. Its id and its live side are true in steps that depend on it; during
 * desire and refresh they may not have been read yet.
 */
const struct cbk_object *cbk_env_object(const struct cbk_env *env, const char *address);
/* Has the user asked to stop, once or insistently? */
bool cbk_env_interrupted(const struct cbk_env *env);
/* Sleeps, and wakes up early when the user asks to stop. */
void cbk_env_sleep(const struct cbk_env *env, int64_t ms);
/* Where the value at `key` of the object's declaration stands. */
struct cbk_span cbk_env_span(const struct cbk_env *env, const struct cbk_object *object, const char *key);
/* The same of a place further down, given as a pointer without its first slash: "rules/0/retain". */
struct cbk_span cbk_env_span_at(const struct cbk_env *env, const struct cbk_object *object, const char *place);

/* For export: puts a text of the live side into the declaration, unless there is none: what is empty cannot be
 * declared.
 */
void cbk_export_set_text(json_t *declaration, const char *key, const json_t *live);
/* Where an export declares what the cloud calls `id`, or NULL: it does not. Borrowed. */
const char *cbk_export_address(const struct cbk_map *addresses, const struct cbk_kind *kind, const char *id);

/* Reads the objects one by one on several threads: for what no list tells. */
CBK_MUST_CHECK int cbk_refresh_each(const struct cbk_env *env, struct cbk_object **objects, size_t count,
                                    int (*read)(const struct cbk_env *env, struct cbk_object *object,
                                                struct cbk_error *err),
                                    struct cbk_error *err);

extern const struct cbk_kind cbk_kind_policy;
extern const struct cbk_kind cbk_kind_role;
extern const struct cbk_kind cbk_kind_attachment;
extern const struct cbk_kind cbk_kind_script;
extern const struct cbk_kind cbk_kind_vault;
extern const struct cbk_kind cbk_kind_backup_policy;
extern const struct cbk_kind cbk_kind_binding;
extern const struct cbk_kind cbk_kind_snapshot_job;

#endif
