/*
 * One YAML document as it was written: a value tree and, by JSON pointer, the place of every key and value.
 *
 * YAML 1.2 core scalars: null, true, false, decimal, 0x and 0o integers, floats; `no`, `on`, `yes` stay strings, quoted
 * scalars always. Duplicate keys, non-string keys, tags other than the core ones, NaN and infinities, more than one
 * document and aliases beyond the node budget are errors. Aliases are expanded by copy; merge keys (<<) are refused.
 */
#ifndef CBK_CONFIG_DOC_H
#define CBK_CONFIG_DOC_H

#include "base/files.h"
#include "base/json.h"
#include "config/place.h"

struct cbk_doc {
    struct cbk_source *source;     /* owned */
    json_t *root;                  /* owned; NULL when the text could not be read; JSON null when it is empty */
    const struct cbk_place *place; /* of the root, from an arena of the doc's own; NULL where root is */
    struct cbk_arena *arena;
};

#define CBK_DOC_MAX_BYTES ((size_t)16 * 1024 * 1024)
/* Nesting, values in all, and values that aliases may add: more is a mistake or an attack. */
#define CBK_DOC_MAX_DEPTH 100
#define CBK_DOC_MAX_NODES 1000000
#define CBK_DOC_MAX_EXPANDED 100000
/* A file with more mistakes than this is the wrong file. */
#define CBK_DOC_MAX_ERRORS 50

/*
 * Parses `text` (taken over, `len` bytes and a NUL). Several errors may be added; returns 0 or the first one's code.
 * *ret is set in both cases (the errors point into its source) and is the caller's.
 */
CBK_MUST_CHECK int cbk_doc_parse(const char *path, char *text, size_t len, struct cbk_doc **ret,
                                 struct cbk_errors *errors);
/* Reads the file (at most 16 MiB) and parses it. *ret stays NULL only when the file could not be read. */
CBK_MUST_CHECK int cbk_doc_read(const char *path, struct cbk_doc **ret, struct cbk_errors *errors);
/* The same of one of `files`. */
CBK_MUST_CHECK int cbk_doc_read_from(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                                     struct cbk_doc **ret, struct cbk_errors *errors);
/* NULL is fine. */
void cbk_doc_free(struct cbk_doc *doc);
CBK_DEFINE_OWNED(struct cbk_doc, cbk_doc)
/* The place of a pointer, or of its nearest parent that has one. */
struct cbk_span cbk_doc_span(const struct cbk_doc *doc, const char *pointer, bool of_key);

#endif
