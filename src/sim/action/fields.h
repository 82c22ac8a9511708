/*
 * Objects inside of JSON parameters, read by rows as parameters are: HBR's rules and bindings. Keys that no row names
 * are ignored, as the cloud does; null says nothing.
 */
#ifndef CBK_SIM_FIELDS_H
#define CBK_SIM_FIELDS_H

#include "sim/action/call.h"

enum sim_field_type {
    SIM_FIELD_TEXT,
    SIM_FIELD_INT,     /* a number, or a number as text */
    SIM_FIELD_BOOL,    /* true, false, or these as text: the API has both */
    SIM_FIELD_TEXTS,   /* array of texts */
    SIM_FIELD_OBJECT,  /* an object of `fields`, or its JSON as text */
    SIM_FIELD_OBJECTS, /* array of them */
};

struct sim_field {
    const char *name;
    enum sim_field_type type;
    const struct sim_field *fields; /* of objects; ends with a row without a name */
    int64_t min, max;               /* of an integer; 0: no bound */
    const char *one_of;             /* "A|B"; NULL: any text */
};

/* Puts the fields that `object` has into `into`, objects merged; `where` names the parameter in errors. */
CBK_MUST_CHECK int sim_fields_read(struct sim_call *call, const char *where, const json_t *object,
                                   const struct sim_field *fields, json_t *into);

#endif
