/*
 * What a shape is made of: shared by shape.c, which reads it, and shape_render.c, which writes by it. Nobody else
 * looks.
 */
#ifndef CBK_SIM_SHAPE_NODE_H
#define CBK_SIM_SHAPE_NODE_H

#include "sim/action/shape.h"

enum kind { TEXT, INTEGER, NUMBER, BOOLEAN, TIME, MINUTE, ANY, OBJECT, LIST, LEAVES };

struct sim_shape {
    const char *name;
    const char *key, *open, *close; /* `"Name":`, `<Name>` and `</Name>`, ready to be written */
    size_t key_len, open_len, close_len;
    const char *source;  /* key in the view; NULL: never looked up */
    const char *literal; /* NULL: none */
    bool optional;
    enum kind kind;
    enum kind leaf;                /* of LEAVES */
    const struct sim_shape *first; /* children of OBJECT and LIST */
    const struct sim_shape *sibling;
    const char *run; /* this field and those up to `after_run`, which never change, as JSON; NULL: it does change */
    size_t run_len;
    const struct sim_shape *after_run;
};

/* Writes what never changes once and for all. */
void sim_shape_freeze(struct cbk_arena *arena, const struct sim_shape *first);

#endif
