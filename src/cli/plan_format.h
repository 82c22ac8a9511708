/* A plan on stdout, in the format that the command line asks for. */
#ifndef CBK_CLI_PLAN_FORMAT_H
#define CBK_CLI_PLAN_FORMAT_H

#include "cli/cli.h"

#include <jansson.h>

#define CBK_PLAN_FORMAT_COUNT 4
extern const char *const cbk_plan_formats[CBK_PLAN_FORMAT_COUNT];

/* How it is to be written. */
struct cbk_plan_format {
    size_t index;     /* among the formats */
    size_t max_chars; /* of markdown */
    int64_t now;      /* the cloud's clock, by which text tells ages; 0: not known */
};

/* Reads --format and --max-chars. CBK_E_USAGE. */
CBK_MUST_CHECK int cbk_plan_format_parse(const struct cbk_cli *cli, struct cbk_plan_format *ret, struct cbk_error *err);
/* Prints it; an exit code. */
int cbk_plan_format_print(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan);

#endif
