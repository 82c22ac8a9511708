#include "cli/plan_format.h"

#include "render/plan_html.h"
#include "render/plan_markdown.h"
#include "render/plan_text.h"

#include <errno.h>
#include <string.h>

#define MAX_CHARS 65536 /* of a comment on GitHub, as it says itself */

static void add_text(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan,
                     struct cbk_str *out)
{
    struct cbk_style style = cli->out_style;
    style.now = format->now;
    cbk_render_plan_text(plan, &style, out);
}

static void add_json(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan,
                     struct cbk_str *out)
{
    (void)cli;
    (void)format;
    cbk_json_add_pretty(out, plan);
}

static void add_markdown(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan,
                         struct cbk_str *out)
{
    (void)cli;
    cbk_render_plan_markdown(plan, format->max_chars, out);
}

static void add_html(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan,
                     struct cbk_str *out)
{
    (void)cli;
    (void)format;
    cbk_render_plan_html(plan, out);
}

const char *const cbk_plan_formats[CBK_PLAN_FORMAT_COUNT] = {"text", "json", "markdown", "html"};
static void (*const writers[CBK_PLAN_FORMAT_COUNT])(const struct cbk_cli *cli, const struct cbk_plan_format *format,
                                                    const json_t *plan,
                                                    struct cbk_str *out) = {add_text, add_json, add_markdown, add_html};

static int parse_max_chars(const char *text, size_t *ret, struct cbk_error *err)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || strspn(text, "0123456789") != strlen(text) || value < CBK_PLAN_MARKDOWN_LEAST)
        return cbk_fail(err, CBK_E_USAGE, "--max-chars is a number from %d up, not '%s'", CBK_PLAN_MARKDOWN_LEAST,
                        text);
    *ret = value;
    return 0;
}

int cbk_plan_format_parse(const struct cbk_cli *cli, struct cbk_plan_format *ret, struct cbk_error *err)
{
    struct cbk_plan_format format = {.max_chars = MAX_CHARS};
    const char *max_chars = cli->args->max_chars;
    int r = cbk_cli_format(cli, cbk_plan_formats, CBK_PLAN_FORMAT_COUNT, &format.index, err);
    if (r < 0)
        return r;
    if (max_chars && writers[format.index] != add_markdown)
        return cbk_fail(err, CBK_E_USAGE, "--max-chars is about --format markdown");
    if (max_chars && (r = parse_max_chars(max_chars, &format.max_chars, err)) < 0)
        return r;
    *ret = format;
    return 0;
}

int cbk_plan_format_print(const struct cbk_cli *cli, const struct cbk_plan_format *format, const json_t *plan)
{
    CBK_STR(text);
    writers[format->index](cli, format, plan, &text);
    return cbk_cli_print(&text);
}
