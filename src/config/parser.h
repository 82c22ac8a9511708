/*
 * libyaml's parser on one of our sources, with guards for what it hands out.
 */
#ifndef CBK_CONFIG_PARSER_H
#define CBK_CONFIG_PARSER_H

#include "base/error.h"

#include <yaml.h>

/* Begins with the source's text, which has been checked. The caller ends it with yaml_parser_delete. */
void cbk_parser_begin(yaml_parser_t *parser, const struct cbk_source *source);
/* The next event, or libyaml's complaint in our words. Borrowed until the next one; the caller deletes it. */
CBK_MUST_CHECK int cbk_parser_next(yaml_parser_t *parser, const struct cbk_source *source, yaml_event_t *ret_event,
                                   struct cbk_error *err);

#define CBK_EVENT(name) CBK_CLEANUP(yaml_event_delete) yaml_event_t name = {0}

/* The name that an event gives to its value, or that an alias refers to; NULL where there is none. Borrowed. */
const char *cbk_event_anchor(const yaml_event_t *event);

#endif
