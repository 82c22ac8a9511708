/*
 * Several documents of one shape made one.
 */
#ifndef CBK_CONFIG_MERGE_H
#define CBK_CONFIG_MERGE_H

#include "config/doc.h"

CBK_VEC(cbk_doc_vec, struct cbk_doc *)

/*
 * Merges the roots of `docs` (objects; null is skipped) in their order: mappings key by key, lists one behind the
 * other; everything else, and a name inside a mapping, may be given once. `cbk`, the version of the language, may be
 * repeated. The values are shared with the documents, whose roots nobody should use afterwards. *ret_root is a new
 * reference, *ret_place lies in `arena`; both are set in any case.
 */
CBK_MUST_CHECK int cbk_merge_docs(const struct cbk_doc_vec *docs, struct cbk_arena *arena, json_t **ret_root,
                                  const struct cbk_place **ret_place, struct cbk_errors *errors);

#endif
