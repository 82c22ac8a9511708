/*
 * Things that the cloud gives an id of its own, beside a name that others may bear as well: which one is the object's,
 * and how to make one without making a twin.
 */
#ifndef CBK_KINDS_NUMBERED_H
#define CBK_KINDS_NUMBERED_H

#include "kinds/kind.h"

/* What a kind's API calls things. */
struct cbk_numbered {
    const char *id_key, *name_key; /* in what `list` answers: "PolicyId", "PolicyName" */
    /* All that live now; new reference. */
    int (*list)(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err);
    /* Makes what object->desired says; the caller frees *ret_id. */
    int (*make)(const struct cbk_env *env, const struct cbk_object *object, char **ret_id, struct cbk_error *err);
};

typedef void (*cbk_numbered_found)(const struct cbk_env *env, struct cbk_object *object, const json_t *item);

/*
 * For refresh: reads the list and calls `found` for each object that lives. An object with an id is the thing of that
 * id; one whose creation was begun, or of which nothing is known, is the one of its name, and gets its id. Fails with
 * CBK_E_CONFLICT where several things bear the name, or one that cannot be the object's: nobody is to guess.
 */
CBK_MUST_CHECK int cbk_numbered_refresh(const struct cbk_env *env, const struct cbk_numbered *words,
                                        struct cbk_object **objects, size_t count, cbk_numbered_found found,
                                        struct cbk_error *err);
/*
 * For create: looks whether something of that name has appeared since the plan (CBK_E_CONFLICT), makes it, and gives
 * the object its id. Where the answer was lost, what has appeared meanwhile is what was made; *err stays
 * CBK_E_AMBIGUOUS when nothing has.
 */
CBK_MUST_CHECK int cbk_numbered_create(const struct cbk_env *env, const struct cbk_numbered *words,
                                       struct cbk_object *object, struct cbk_error *err);

/* The name of what is declared in a section and has this id, or NULL: nothing has, or it is about to be replaced by one
 * with another id. For refresh, after that of the section. */
const char *cbk_numbered_name(const struct cbk_env *env, const char *section, const char *id);
/* The id of what is declared in a section by this name, or NULL: it has none. For steps that depend on it. */
const char *cbk_numbered_id(const struct cbk_env *env, const char *section, const char *name);

#endif
