#include "base/json.h"

#include "base/digest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void cbk_json_start(void)
{
    json_set_alloc_funcs(cbk_library_malloc, free);
    json_object_seed(0);
}

json_t *cbk_json_at(const json_t *root, const char *trail)
{
    const json_t *at = root;
    while (at && *trail) {
        size_t len = strcspn(trail, ".");
        if (!trail[len]) /* the last key, and mostly the only one, needs no copy */
            return json_object_get(at, trail);
        CBK_CLEANUP(cbk_string_freep) char *key = cbk_strndup(trail, len);
        at = json_object_get(at, key);
        trail += len + (trail[len] == '.');
    }
    return (json_t *)at;
}

const char *cbk_json_text(const json_t *root, const char *trail)
{
    return json_string_value(cbk_json_at(root, trail));
}

const char *cbk_json_text_or(const json_t *root, const char *trail, const char *otherwise)
{
    const char *text = cbk_json_text(root, trail);
    return text ? text : otherwise;
}

int64_t cbk_json_int(const json_t *root, const char *trail, int64_t otherwise)
{
    const json_t *value = cbk_json_at(root, trail);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

bool cbk_json_bool(const json_t *root, const char *trail, bool otherwise)
{
    const json_t *value = cbk_json_at(root, trail);
    if (json_is_boolean(value))
        return json_is_true(value);
    const char *text = json_string_value(value);
    if (text && strcmp(text, "true") == 0)
        return true;
    if (text && strcmp(text, "false") == 0)
        return false;
    return otherwise;
}

void cbk_json_set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

void cbk_json_set_copy(json_t *object, const char *key, const json_t *value)
{
    if (value)
        json_object_set_new(object, key, json_deep_copy(value));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *cbk_json_sorted_texts(const json_t *texts)
{
    CBK_JSON *list = json_is_string(texts) ? json_pack("[O]", texts) : json_incref((json_t *)texts);
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings found = {0};
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
        if (json_is_string(item))
            cbk_strings_push(&found, json_string_value(item));
    if (found.len)
        qsort(found.items, found.len, sizeof(found.items[0]), compare_texts);
    json_t *sorted = json_array();
    for (size_t i = 0; i < found.len; i++)
        if (!i || strcmp(found.items[i - 1], found.items[i]) != 0)
            json_array_append_new(sorted, json_string(found.items[i]));
    return sorted;
}

static int compare_canonical(const void *a, const void *b)
{
    CBK_STR(left);
    CBK_STR(right);
    cbk_json_add_canonical(&left, *(json_t *const *)a);
    cbk_json_add_canonical(&right, *(json_t *const *)b);
    return strcmp(left.ptr, right.ptr);
}

json_t *cbk_json_sorted(const json_t *array)
{
    size_t count = json_array_size(array);
    json_t **items = cbk_alloc(count, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(array, i);
    if (count)
        qsort(items, count, sizeof(json_t *), compare_canonical);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    return sorted;
}

json_t *cbk_json_sorted_keys(const json_t *object)
{
    CBK_JSON *keys = json_array();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
        json_array_append_new(keys, json_string(key));
    return cbk_json_sorted_texts(keys);
}

bool cbk_json_array_has(const json_t *array, const char *text)
{
    size_t index;
    json_t *item;
    json_array_foreach(array, index, item)
        if (cbk_str_equal(json_string_value(item), text))
            return true;
    return false;
}

void cbk_pointer_add_key(struct cbk_str *pointer, const char *key)
{
    cbk_str_add_char(pointer, '/');
    for (; *key; key++) {
        if (*key == '~')
            cbk_str_add(pointer, "~0");
        else if (*key == '/')
            cbk_str_add(pointer, "~1");
        else
            cbk_str_add_char(pointer, *key);
    }
}

void cbk_pointer_add_index(struct cbk_str *pointer, size_t index)
{
    cbk_str_addf(pointer, "/%zu", index);
}

char *cbk_pointer_next(const char **pointer)
{
    CBK_STR(token);
    const char *at = *pointer + 1;
    for (; *at && *at != '/'; at++) {
        if (*at == '~' && (at[1] == '0' || at[1] == '1')) {
            at++;
            cbk_str_add_char(&token, *at == '0' ? '~' : '/');
        } else {
            cbk_str_add_char(&token, *at);
        }
    }
    *pointer = at;
    return cbk_str_detach(&token);
}

bool cbk_pointer_index(const char *token, size_t *ret_index)
{
    size_t len = strlen(token);
    if (!len || len > 9 || strspn(token, "0123456789") != len || (len > 1 && token[0] == '0'))
        return false;
    *ret_index = strtoul(token, NULL, 10);
    return true;
}

json_t *cbk_pointer_get(const json_t *root, const char *pointer)
{
    const json_t *value = root;
    while (value && *pointer == '/') {
        CBK_CLEANUP(cbk_string_freep) char *token = cbk_pointer_next(&pointer);
        size_t index = 0;
        if (json_is_array(value))
            value = cbk_pointer_index(token, &index) ? json_array_get(value, index) : NULL;
        else
            value = json_object_get(value, token);
    }
    return *pointer ? NULL : (json_t *)value;
}

static bool is_plain_name(const char *token)
{
    if (!*token)
        return false;
    for (; *token; token++)
        if (!isalnum((unsigned char)*token) && *token != '_' && *token != '-')
            return false;
    return true;
}

void cbk_pointer_add_path(struct cbk_str *out, const char *pointer)
{
    bool first = true;
    while (*pointer == '/') {
        CBK_CLEANUP(cbk_string_freep) char *token = cbk_pointer_next(&pointer);
        size_t index = 0;
        if (cbk_pointer_index(token, &index))
            cbk_str_addf(out, "[%s]", token);
        else if (is_plain_name(token))
            cbk_str_addf(out, "%s%s", first ? "" : ".", token);
        else
            cbk_str_addf(out, "[\"%s\"]", token);
        first = false;
    }
}

int cbk_json_parse(const char *what, const char *text, size_t len, json_t **ret, struct cbk_error *err)
{
    json_error_t reason;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &reason);
    if (!json)
        return cbk_fail(err, CBK_E_SYNTAX, "%s is not valid JSON: line %d, column %d: %s", what, reason.line,
                        reason.column, reason.text);
    *ret = json;
    return 0;
}

static int append(const char *bytes, size_t len, void *str)
{
    cbk_str_add_bytes(str, bytes, len);
    return 0;
}

static void dump(struct cbk_str *out, const json_t *json, size_t flags)
{
    if (json_dump_callback(json, append, out, flags | JSON_SORT_KEYS | JSON_ENCODE_ANY) < 0)
        cbk_out_of_memory(); /* all strings in our trees are valid UTF-8: only memory can be missing */
}

void cbk_json_add_canonical(struct cbk_str *out, const json_t *json)
{
    dump(out, json, JSON_COMPACT);
}

void cbk_json_add_pretty(struct cbk_str *out, const json_t *json)
{
    dump(out, json, JSON_INDENT(2));
    cbk_str_add_char(out, '\n');
}

char *cbk_json_digest(const json_t *json)
{
    CBK_STR(text);
    cbk_json_add_canonical(&text, json);
    char hex[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(text.ptr, text.len, hex);
    return cbk_strf("sha256:%s", hex);
}
