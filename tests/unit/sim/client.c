#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/time.h"
#include "sim/world/world_file.h"

#include "client.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_json_parse("test", text, strlen(text), &json, &err) < 0)
        fail_msg("%s in %s", err.message, text);
    return json;
}

struct sim_gateway *client_gateway(const char *world, const struct sim_options *options)
{
    CBK_ERROR(err);
    CBK_JSON *json = parse(world);
    struct sim_world *made = NULL;
    if (sim_world_load(json, &made, &err) < 0)
        fail_msg("%s", err.message);
    return sim_gateway_new(made, options ? options : &(struct sim_options){0});
}

void client_init(struct client *client, struct sim_gateway *gateway)
{
    *client = (struct client){.gateway = gateway, .access_key_id = "testid", .secret = "testsecret", .fd = -1};
}

void client_release(struct client *client)
{
    json_decref(client->answer);
    free(client->text);
    cbk_fd_closep(&client->fd);
}

static void add(struct cbk_arena *arena, struct cbk_pairs *pairs, const char *name, const char *value)
{
    cbk_pairs_push(pairs, (struct cbk_pair){cbk_arena_strdup(arena, name), cbk_arena_strdup(arena, value)});
}

static void flatten(struct cbk_arena *arena, struct cbk_pairs *pairs, const char *name, const json_t *value)
{
    size_t index;
    json_t *item;
    const char *key;
    if (json_is_string(value)) {
        add(arena, pairs, name, json_string_value(value));
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, item)
            flatten(arena, pairs, cbk_arena_strf(arena, "%s.%zu", name, index + 1), item);
    } else if (json_is_object(value) && strchr(name, '.')) {
        json_object_foreach((json_t *)value, key, item)
            flatten(arena, pairs, cbk_arena_strf(arena, "%s.%s", name, key), item);
    } else {
        CBK_STR(text);
        cbk_json_add_canonical(&text, value);
        add(arena, pairs, name, text.ptr);
    }
}

static void add_signature(const struct client *client, struct cbk_arena *arena, struct cbk_pairs *pairs)
{
    CBK_STR(nonce);
    CBK_STR(now);
    CBK_STR(to_sign);
    CBK_STR(signature);
    cbk_uuid_add(&nonce);
    cbk_time_add_utc(&now, cbk_time_now());
    add(arena, pairs, "Format", client->format ? client->format : "JSON");
    add(arena, pairs, "AccessKeyId", client->access_key_id);
    add(arena, pairs, "SignatureMethod", "HMAC-SHA1");
    add(arena, pairs, "SignatureVersion", "1.0");
    add(arena, pairs, "SignatureNonce", client->nonce ? client->nonce : nonce.ptr);
    add(arena, pairs, "Timestamp", client->timestamp ? client->timestamp : now.ptr);
    if (client->token)
        add(arena, pairs, "SecurityToken", client->token);
    cbk_sign_v1_string(&to_sign, "GET", pairs->items, pairs->len);
    cbk_sign_v1(&signature, client->secret, to_sign.ptr);
    add(arena, pairs, "Signature", signature.ptr);
}

/* ---- over a socket ---- */

static bool connect_to(struct client *client)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)client->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (client->fd >= 0)
        return true;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return client->fd >= 0 && connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Reads headers and a body of Content-Length; false when the connection broke. */
static bool read_answer(int fd, struct cbk_str *text, size_t *ret_body)
{
    char buffer[16384];
    size_t need = 0;
    for (;;) {
        const char *end = strstr(text->ptr, "\r\n\r\n");
        const char *length = end ? strcasestr(text->ptr, "\r\ncontent-length:") : NULL;
        if (length && length < end) {
            *ret_body = (size_t)(end - text->ptr) + 4;
            need = *ret_body + strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
        }
        if (need && text->len >= need)
            return true;
        ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
        if (got <= 0)
            return false;
        cbk_str_add_bytes(text, buffer, (size_t)got);
    }
}

static void call_server(struct client *client, const char *target, struct sim_reply *reply)
{
    CBK_STR(request);
    CBK_STR(answer);
    size_t body = 0;
    cbk_str_addf(&request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", target);
    if (!connect_to(client) || send(client->fd, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len ||
        !read_answer(client->fd, &answer, &body)) {
        cbk_fd_closep(&client->fd);
        return;
    }
    reply->http_status = (int)strtol(answer.ptr + strlen("HTTP/1.1 "), NULL, 10);
    cbk_str_add(&reply->body, answer.ptr + body);
}

json_t *client_call(struct client *client, const char *version, const char *action, const char *params)
{
    CBK_ERROR(err);
    CBK_STR(target);
    CBK_JSON *tree = parse(params);
    CBK_CLEANUP(sim_request_release) struct sim_request request;
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
    CBK_CLEANUP(sim_reply_release) struct sim_reply reply = {.body = CBK_STR_INIT};
    const char *key;
    json_t *value;
    sim_request_init(&request, "GET");
    json_object_foreach(tree, key, value)
        flatten(request.arena, &pairs, key, value);
    add(request.arena, &pairs, "Action", action);
    add(request.arena, &pairs, "Version", version);
    add_signature(client, request.arena, &pairs);
    cbk_str_add(&target, "/?");
    cbk_sign_add_canonical_query(&target, pairs.items, pairs.len);
    if (client->port) {
        call_server(client, target.ptr, &reply);
    } else {
        assert_int_equal(sim_request_set_target(&request, target.ptr, &err), 0);
        sim_gateway_serve(client->gateway, &request, &reply);
    }
    json_decref(client->answer);
    free(client->text);
    client->status = reply.http_status;
    client->fate = reply.fate;
    client->text = cbk_strdup(reply.body.ptr);
    client->answer = json_loadb(reply.body.ptr, reply.body.len, 0, NULL);
    return client->answer;
}

json_t *client_ecs(struct client *client, const char *action, const char *params)
{
    return client_call(client, ECS, action, params);
}

json_t *client_ram(struct client *client, const char *action, const char *params)
{
    return client_call(client, RAM, action, params);
}

json_t *client_hbr(struct client *client, const char *action, const char *params)
{
    return client_call(client, HBR, action, params);
}

json_t *client_sts(struct client *client, const char *action, const char *params)
{
    return client_call(client, STS, action, params);
}

void client_expect(struct client *client, const char *version, const char *action, const char *params, const char *code)
{
    const json_t *answer = client_call(client, version, action, params);
    const char *got = cbk_json_text_or(answer, "Code", "");
    bool fine = client->status == 200 && (!*got || strcmp(got, "200") == 0);
    if (!code || !*code ? !fine : strcmp(got, code) != 0)
        fail_msg("%s %s: %d %s", action, params, client->status, client->text);
}
