/*
 * From a value tree to YAML that reads back as the same tree: by our reader and, since words such as `no` and `on` are
 * quoted, by readers of YAML 1.1 too. "${" is written "$${", so that no variable is put in.
 */
#ifndef CBK_CONFIG_EMIT_H
#define CBK_CONFIG_EMIT_H

#include "base/json.h"

/* Adds a value in block style, `indent` columns deep: lines, each with its newline. Short lists of scalars stand in one
 * line. The keys keep their order. */
void cbk_yaml_add(struct cbk_str *out, const json_t *value, size_t indent);
/* Adds one scalar, quoted where it would be taken for something else. */
void cbk_yaml_add_scalar(struct cbk_str *out, const json_t *value);

#endif
