/*
 * Helpers around jansson, the one value tree of this project (configuration, live objects, state, plan).
 *
 * A *pointer* is an RFC 6901 JSON pointer ("/roles/app/name"; "~1" is a slash, "~0" a tilde, "" the root): spans are
 * kept by pointer, never by json_t *, because jansson shares its constants. A *trail* is a short path of object keys
 * joined by dots ("Roles.Role") for reading API answers, whose keys have no dots.
 */
#ifndef CBK_BASE_JSON_H
#define CBK_BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

/* Once in a program, before its first thread and its first value: from then on, building a value aborts where memory is
 * gone, instead of leaving a part of it out. */
void cbk_json_start(void);

static inline void cbk_json_decrefp(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}
/* A guard for an owned reference. */
#define CBK_JSON CBK_CLEANUP(cbk_json_decrefp) json_t

static inline json_t *cbk_json_steal(json_t **json)
{
    json_t *taken = *json;
    *json = NULL;
    return taken;
}

/* Readers by trail. Each answers its last argument or NULL where nothing of that type stands; all is borrowed. */
json_t *cbk_json_at(const json_t *root, const char *trail);
const char *cbk_json_text(const json_t *root, const char *trail);
const char *cbk_json_text_or(const json_t *root, const char *trail, const char *otherwise);
int64_t cbk_json_int(const json_t *root, const char *trail, int64_t otherwise);
/* Takes true, false and the strings "true" and "false": the cloud sends both. */
bool cbk_json_bool(const json_t *root, const char *trail, bool otherwise);

/* json_object_set_new of a string, or nothing when `text` is NULL. */
void cbk_json_set_text(json_t *object, const char *key, const char *text);
/* json_object_set_new of a deep copy, or nothing when `value` is NULL. */
void cbk_json_set_copy(json_t *object, const char *key, const json_t *value);
/* The strings of an array (or the one string that `texts` is), sorted and without repetition. New reference. */
json_t *cbk_json_sorted_texts(const json_t *texts);
/* The values of an array in the order of their canonical texts: of a list whose order means nothing. New reference. */
json_t *cbk_json_sorted(const json_t *array);
/* The keys of an object, sorted: for output that must not depend on how the object was made. New reference. */
json_t *cbk_json_sorted_keys(const json_t *object);
/* Does the array of strings hold `text`? */
bool cbk_json_array_has(const json_t *array, const char *text);

/* Adds "/" and the escaped key, or "/" and the index. */
void cbk_pointer_add_key(struct cbk_str *pointer, const char *key);
void cbk_pointer_add_index(struct cbk_str *pointer, size_t index);
/* Takes the next token of *pointer (which begins with a slash), unescaped, and steps over it. The caller frees. */
char *cbk_pointer_next(const char **pointer);
/* Reads a token as an index; false when it is none. */
bool cbk_pointer_index(const char *token, size_t *ret_index);
/* The value that a pointer names, or NULL. Borrowed. */
json_t *cbk_pointer_get(const json_t *root, const char *pointer);
/* "/roles/app/policies/0" as people write it: "roles.app.policies[0]". */
void cbk_pointer_add_path(struct cbk_str *out, const char *pointer);

/*
 * Parses strictly: duplicate keys, anything behind the value and nesting beyond jansson's limit are errors of
 * CBK_E_SYNTAX with line and column. `what` names the text in the message ("answer of DescribeDisks").
 */
CBK_MUST_CHECK int cbk_json_parse(const char *what, const char *text, size_t len, json_t **ret, struct cbk_error *err);
/* Adds compact text with sorted keys: equal values give equal bytes. */
void cbk_json_add_canonical(struct cbk_str *out, const json_t *json);
/* Adds text as people read it: two spaces, sorted keys, a newline at the end. */
void cbk_json_add_pretty(struct cbk_str *out, const json_t *json);
/* "sha256:" and the hex digest of the canonical text. The caller frees. */
char *cbk_json_digest(const json_t *json);

#endif
