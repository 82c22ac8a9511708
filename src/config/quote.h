/*
 * How a string is written in YAML: plain where that reads back as the same string, by readers of YAML 1.2 and of 1.1
 * (which takes `no`, `on` and dates for something else), between double quotes everywhere else.
 */
#ifndef CBK_CONFIG_QUOTE_H
#define CBK_CONFIG_QUOTE_H

#include "base/str.h"

/* May the text (valid UTF-8) stand without quotes, within [ ] and { } where `in_flow`? */
bool cbk_yaml_is_plain(const char *text, bool in_flow);
/* Adds the text between double quotes, in one line; with `keeps_references` "${" is written "$${", so that no variable
 * is put in. */
void cbk_yaml_add_quoted(struct cbk_str *out, const char *text, bool keeps_references);

#endif
