/*
 * An object is one thing that the stack declares or the state remembers, at one address: a role, or one instance's
 * share of an attachment. It carries the three sides of the diff. Objects are made by the engine, in one arena; the
 * kinds fill in what they know of them.
 */
#ifndef CBK_KINDS_OBJECT_H
#define CBK_KINDS_OBJECT_H

#include "base/error.h"
#include "base/json.h"
#include "base/vec.h"

struct cbk_kind;
struct cbk_instance;

struct cbk_object {
    const struct cbk_kind *kind;
    const char *address;  /* roles.app, or attachments.mysql["i-bp1abc"] */
    const char *key;      /* app, mysql */
    const char *instance; /* i-bp1abc; NULL where the kind is not per instance */
    const char *pointer;  /* "/roles/app": the declaration's place; NULL when git does not know the object any more */
    struct cbk_span span; /* of the declaration's key */

    const json_t *declared; /* the declaration, defaults filled in; borrowed; NULL likewise */
    json_t *desired;        /* normalised attributes; owned; NULL: it should not exist */
    const json_t *last;     /* attributes as last applied; borrowed from the state; NULL: never applied */
    json_t *live;           /* normalised attributes; owned; NULL: it does not exist */

    bool is_ours;                /* the state remembers it, be it only that its creation was begun */
    const char *begun_as;        /* numbered kinds: the name of what was begun, and got no id yet; NULL: nothing was */
    bool is_replaced;            /* numbered kinds: another one, with another id, will take the place of what lives */
    bool is_adopted;             /* it existed before this stack, which took it over as it was */
    bool is_protected;           /* lifecycle.prevent_destroy, declared or remembered */
    bool was_protected;          /* the same as the state remembers it */
    const char *parting;         /* of what git does not want any more: why, in words; NULL: all is to go */
    const char *heir;            /* address of the object that git declares for what this one was; NULL: none */
    const char *was;             /* address under which the state remembers it so far; NULL: its own */
    const char *displaced;       /* where to the state puts what it has at this address, which is no more this object */
    bool is_watched;             /* only looked at: the thing of its id, whatever bears its name by now */
    bool is_exported;            /* looked at as it lives, whoever made it; nothing else is known of it */
    bool is_released;            /* it leaves the state, and stays in the cloud */
    const char *imported;        /* the id by which a block takes it over, whatever it looks like; NULL: none does */
    struct cbk_span import_span; /* of that id */
    const char *id;              /* what the cloud calls it; borrowed or the arena's; NULL before it exists */
    json_t *evidence;            /* what a run proved, or the state's copy of it; owned; NULL: none */
    char *unreachable;           /* why its live side cannot be read or changed now; owned; NULL: it can */
    const char *needless;        /* why it is passed over where it stands, wanted or not; NULL: it is not */
    json_t *ids;                 /* the ids that the cloud told meanwhile; owned; NULL: none */
    struct cbk_strings deps;     /* addresses that it needs; borrowed from the arena */
};
CBK_VEC(cbk_object_list, struct cbk_object *)

/* Releases what an object owns; the object itself is its arena's. */
void cbk_object_release(struct cbk_object *object);
/* Does the object need what stands at `address`? Makes it so: `address` is borrowed, and noted once. */
bool cbk_object_needs(const struct cbk_object *object, const char *address);
void cbk_object_need(struct cbk_object *object, const char *address);
/* The object has this id from now on; the text is copied, and lives as long as the object. */
void cbk_object_number(struct cbk_object *object, const char *id);
/* What was applied is true until the next refresh says otherwise: live becomes a copy of desired, and id is set. */
void cbk_object_settle(struct cbk_object *object, const char *id);
/* The text of an attribute on the side given, or NULL: cbk_object_text(object->live, "name"). Borrowed. */
const char *cbk_object_text(const json_t *side, const char *trail);
/* Does nobody want any more what lives: no declaration, or one of another name? Decided by the plan alone. */
bool cbk_object_may_go(const struct cbk_object *object);
/* How people know the object: its name in the cloud, the instance's id, or the key. Borrowed. */
const char *cbk_object_title(const struct cbk_object *object);

#endif
