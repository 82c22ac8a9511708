/*
 * Whether what stands under a keyword of a schema may stand there.
 */
#ifndef CBK_SCHEMA_SHAPE_H
#define CBK_SCHEMA_SHAPE_H

#include "schema/keyword.h"

/* What is wrong with the value ("is not a string"), or NULL when it is of that shape. */
const char *cbk_shape_complaint(enum cbk_shape shape, const json_t *value);

#endif
