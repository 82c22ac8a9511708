#include "sim/front/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* More pairs than any real call has: SendFile to 50 instances with 20 tags stays below 150. */
enum { MOST_PAIRS = 4096 };

void sim_request_init(struct sim_request *request, const char *method)
{
    *request = (struct sim_request){.arena = cbk_arena_new(), .path = "/", .body = ""};
    request->method = cbk_arena_strdup(request->arena, method);
}

void sim_request_release(struct sim_request *request)
{
    cbk_pairs_release(&request->query);
    cbk_pairs_release(&request->form);
    cbk_pairs_release(&request->headers);
    cbk_arena_free(request->arena);
    *request = (struct sim_request){0};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_text(const char *text, size_t len)
{
    return !memchr(text, '\0', len) && cbk_str_utf8_span(text, len) == len;
}

/* Percent decoding, with "+" for a space as forms have it. */
static int decode(struct cbk_arena *arena, const char *text, size_t len, const char **ret, struct cbk_error *err)
{
    char *out = cbk_arena_alloc(arena, len + 1, 1);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            out[at++] = text[i];
            if (text[i] == '+')
                out[at - 1] = ' ';
            continue;
        }
        bool whole = len - i > 2;
        int high = whole ? hex_digit(text[i + 1]) : -1;
        int low = whole ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return cbk_fail(err, CBK_E_SYNTAX, "malformed percent escape in the parameters");
        out[at++] = (char)(high * 16 + low);
        i += 2;
    }
    if (!is_text(out, at))
        return cbk_fail(err, CBK_E_SYNTAX, "parameters are not UTF-8 text");
    *ret = out;
    return 0;
}

/* "a=1&b=2" into pairs; a name without "=" has the empty value, empty pieces are skipped. */
static int read_pairs(struct cbk_arena *arena, const char *text, size_t len, struct cbk_pairs *out,
                      struct cbk_error *err)
{
    const char *end = text + len;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        if (!stop)
            stop = end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        const char *name_end = equals ? equals : stop;
        const char *value = equals ? equals + 1 : stop;
        if (stop > text) {
            struct cbk_pair pair = {0};
            int r = decode(arena, text, (size_t)(name_end - text), &pair.name, err);
            if (r < 0)
                return r;
            r = decode(arena, value, (size_t)(stop - value), &pair.value, err);
            if (r < 0)
                return r;
            if (out->len >= MOST_PAIRS)
                return cbk_fail(err, CBK_E_LIMIT, "more than %d parameters", MOST_PAIRS);
            cbk_pairs_push(out, pair);
        }
        text = stop + 1;
    }
    return 0;
}

int sim_request_set_target(struct sim_request *request, const char *target, struct cbk_error *err)
{
    size_t path_len = strcspn(target, "?");
    request->path = cbk_arena_strndup(request->arena, target, path_len);
    if (!is_text(request->path, path_len))
        return cbk_fail(err, CBK_E_SYNTAX, "path is not UTF-8 text");
    target += path_len + (target[path_len] == '?');
    return read_pairs(request->arena, target, strlen(target), &request->query, err);
}

static struct cbk_pair *find(const struct cbk_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->len; i++)
        if (strcmp(pairs->items[i].name, name) == 0)
            return &pairs->items[i];
    return NULL;
}

int sim_request_add_header(struct sim_request *request, const char *name, const char *value, struct cbk_error *err)
{
    size_t start = strspn(value, " \t"), len = strlen(value + start);
    while (len && strchr(" \t", value[start + len - 1]))
        len--;
    char *lower = cbk_arena_strdup(request->arena, name);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (!is_text(value + start, len) || !is_text(lower, strlen(lower)))
        return cbk_fail(err, CBK_E_SYNTAX, "headers are not UTF-8 text");
    const char *trimmed = cbk_arena_strndup(request->arena, value + start, len);
    struct cbk_pair *before = find(&request->headers, lower);
    if (before)
        before->value = cbk_arena_strf(request->arena, "%s,%s", before->value, trimmed);
    else
        cbk_pairs_push(&request->headers, (struct cbk_pair){lower, trimmed});
    return 0;
}

void sim_request_keep_body(struct sim_request *request, const char *body, size_t len)
{
    char *copy = cbk_arena_alloc(request->arena, len + 1, 1);
    if (len)
        memcpy(copy, body, len);
    request->body = copy;
    request->body_len = len;
}

int sim_request_set_body(struct sim_request *request, const char *body, size_t len, struct cbk_error *err)
{
    sim_request_keep_body(request, body, len);
    const char *type = sim_request_header(request, "content-type");
    if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
        return 0;
    return read_pairs(request->arena, request->body, len, &request->form, err);
}

const char *sim_request_header(const struct sim_request *request, const char *name)
{
    const struct cbk_pair *pair = find(&request->headers, name);
    return pair ? pair->value : NULL;
}

const char *sim_request_param(const struct sim_request *request, const char *name)
{
    const struct cbk_pair *pair = find(&request->query, name);
    if (!pair)
        pair = find(&request->form, name);
    return pair ? pair->value : NULL;
}
