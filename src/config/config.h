/*
 * From YAML files to one value tree with a place for every value.
 *
 * A stack is read in phases: documents (cbk_doc, doc.h) hold one file as it was written; a cbk_config holds the whole
 * stack with includes merged and variables put in. Nothing here knows what the keys mean, but for `cbk`, `stack`,
 * `include` and `variables`: that is the schema's and the kinds' business.
 *
 * Sources, spans and the tree live as long as the config; errors that point into it must be formatted before it goes.
 */
#ifndef CBK_CONFIG_CONFIG_H
#define CBK_CONFIG_CONFIG_H

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/map.h"

/* One --var NAME=VALUE or one --var-file FILE, in the order of the command line. */
struct cbk_config_input {
    const char *var;      /* "NAME=VALUE", or NULL */
    const char *var_file; /* path, or NULL */
    const char *in_files; /* its name among the config's `files`, which it is read from then; NULL: it is not there */
};

struct cbk_config_options {
    const char *dir;       /* where cbk.yaml stands; NULL: the current directory */
    const char *work_tree; /* the one around it, out of which no file is read; NULL: `dir` */
    const struct cbk_files
        *files; /* what is read instead of `dir`, such as a commit; NULL: `dir`. Outlives the config */
    const struct cbk_config_input *inputs;
    size_t input_count;
    bool is_lenient;    /* values of variables that the stack does not declare are passed over */
    const json_t *kept; /* values that a saved plan was made with, {NAME: value}; NULL: none. One of `inputs` must not
                           say otherwise; the environment has no say. Borrowed for the call. */
};

struct cbk_config;

/*
 * Reads `dir`/cbk.yaml, its includes (globs relative to dir, never out of it, sorted), merges them, resolves variables
 * (any --var, then any --var-file, the last given first; then CBK_VAR_<name>, then the default) and puts them into
 * every string "${var.NAME}";
 * "$${" is a literal "${". A string that is nothing but one ${var.X} takes the variable's type.
 * All errors found are added to `errors`; returns 0 or the code of the first. On failure *ret is still set when
 * anything could be read, so that the errors' spans stay valid: the caller frees it in both cases.
 */
CBK_MUST_CHECK int cbk_config_load(const struct cbk_config_options *options, struct cbk_config **ret,
                                   struct cbk_errors *errors);
/* NULL is fine. */
void cbk_config_free(struct cbk_config *config);
CBK_DEFINE_OWNED(struct cbk_config, cbk_config)

/* The merged tree, an object. Borrowed; frozen: nobody changes it. `include` and `variables` stay as written.
 * NULL when nothing could be read. */
const json_t *cbk_config_root(const struct cbk_config *config);
/* Where the value at a pointer was written; the key's place where `of_key` is set and there is a key. When nothing is
 * known of the pointer itself, the nearest parent's place. */
struct cbk_span cbk_config_span(const struct cbk_config *config, const char *pointer, bool of_key);
/* Did a variable marked `sensitive` go into the value at this pointer? Such values are never shown, logged or stored.
 */
bool cbk_config_is_sensitive(const struct cbk_config *config, const char *pointer);
/* The values of the variables that came from outside, defaults and sensitive ones left out: {NAME: value}. Borrowed. */
const json_t *cbk_config_given(const struct cbk_config *config);
/* The directory of the stack, as given. */
const char *cbk_config_dir(const struct cbk_config *config);
/* "sha256:..." over the merged and resolved tree and over every file read by cbk_config_read_file: the same stack
 * gives the same digest, whatever its comments. The caller frees. */
char *cbk_config_digest(const struct cbk_config *config);

/*
 * Reads a file that a value of the stack names (document_file, source), relative to the stack and never out of its
 * work tree (symbolic links are followed only inside it); the error stands at the value. At most `limit` bytes. The
 * bytes are kept by the config: *ret_text (NUL behind *ret_len bytes) is borrowed. Reading the same file again is free.
 * From any thread; what follows below is asked when no thread reads.
 */
CBK_MUST_CHECK int cbk_config_read_file(struct cbk_config *config, const char *pointer, const char *name, size_t limit,
                                        const char **ret_text, size_t *ret_len, struct cbk_error *err);
/* Calls `visit` for each of those files that a value at or below the pointer named; the text is borrowed. */
void cbk_config_each_file(const struct cbk_config *config, const char *pointer,
                          void (*visit)(void *context, const char *path, const char *text, size_t len), void *context);
/* The paths of all files that the stack was read from so far, those of its values among them, added to `ret`. Borrowed.
 */
void cbk_config_files_read(const struct cbk_config *config, struct cbk_strings *ret);

#endif
