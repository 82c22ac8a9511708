/*
 * What an answer looks like, as data. A shape is a text like
 *
 *     "RequestId TotalCount:i Roles{Role[RoleName=name CreateDate=created:t Tags{Tag=tags[TagKey=.key
 * TagValue=.value]}]}"
 *
 * and rendering walks it beside a *view* (a JSON object, often a record of the world itself), so that every answer has
 * every field, in its wrapping and with its type, whatever the handler knew. One field is
 *
 *     Name            text, taken from the view's "Name"
 *     Name=source     taken from another key; ".key" and ".value" are the pair when a list is fed by an object,
 *                     "." is the view itself
 *     Name:T          i integer, n number, b boolean, t time (unix seconds shown as 2026-12-01T02:00:00Z),
 *                     m time without seconds, j any JSON as it is
 *     Name~literal    always that text (quote it where it has spaces: ~'all good')
 *     Name-           never taken from the view: always the type's empty value
 *     Name?           left out when the view has nothing
 *     Name{...}       an object; filled from the enclosing view when the view has no object of that name
 *     Name[...]       a list of objects; Name[] of texts, Name[:i] of integers
 */
#ifndef CBK_SIM_SHAPE_H
#define CBK_SIM_SHAPE_H

#include "base/arena.h"
#include "base/json.h"

enum sim_format { SIM_FORMAT_JSON, SIM_FORMAT_XML };

struct sim_shape;

/* Parses; the shape belongs to the arena. Aborts on a text that is not a shape: they are constants of ours. */
const struct sim_shape *sim_shape_parse(struct cbk_arena *arena, const char *text);

/* Adds the answer. `root` names the document element of XML. */
void sim_shape_render(const struct sim_shape *shape, const json_t *view, enum sim_format format, const char *root,
                      struct cbk_str *out);

/* The shape as JSON ({"Roles": {"Role": [{"RoleName": "string"}]}}), new reference: for --print-actions. */
json_t *sim_shape_describe(const struct sim_shape *shape);

/* Is the view's "Name" ever read at the top of the shape? */
bool sim_shape_has(const struct sim_shape *shape, const char *name);

/* Adds text as a JSON string, in its quotes; or with XML's entities. */
void sim_text_add_json(struct cbk_str *out, const char *text);
void sim_text_add_xml(struct cbk_str *out, const char *text);

#endif
