/*
 * libyaml's complaints in the words of someone who wants to help.
 */
#ifndef CBK_CONFIG_COMPLAINT_H
#define CBK_CONFIG_COMPLAINT_H

#include "base/error.h"

#include <yaml.h>

/* The span between two marks, which count from 0; at least one character, cut at the end of the first line. */
struct cbk_span cbk_mark_span(const struct cbk_source *source, const yaml_mark_t *start, const yaml_mark_t *end);
/* Fills err from a parser that has failed, with a note where libyaml knows what it was in. Returns the code. */
int cbk_complain(const struct cbk_source *source, const yaml_parser_t *parser, struct cbk_error *err);

#endif
