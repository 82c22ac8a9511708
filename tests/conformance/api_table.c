/*
 * The simulator's table against the cloud's API descriptions (../shared/api), where those lie beside the repository:
 * every action, every parameter with its encoding, every field of every answer with its type. Without them there is
 * nothing to compare, and the test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "sim/action/action.h"

#include <dirent.h>
#include <string.h>

static const char *const services[] = {"ram", "ecs", "sts", "hbr"};

/* What does not fit, one line each. */
static struct cbk_str complaints = CBK_STR_INIT;

static json_t *read_description(const char *directory, const char *name)
{
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(directory, name);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    json_t *json = NULL;
    assert_int_equal(cbk_file_read(path, 1 << 20, &text, &len, &err), 0);
    assert_int_equal(cbk_json_parse(path, text, len, &json, &err), 0);
    return json;
}

/* The types of the table that fit a parameter's encoding and type. */
static bool param_fits(const json_t *described, const char *type)
{
    const char *encoding = cbk_json_text_or(described, "encoding", "");
    const char *kind = cbk_json_text_or(described, "type", "");
    if (strcmp(encoding, "json-string") == 0)
        return strcmp(type, "json") == 0 || strcmp(type, "ids") == 0;
    if (strstr(encoding, "JSON array text"))
        return strcmp(type, "ids") == 0;
    if (cbk_str_starts_with(encoding, "repeat-list"))
        return strcmp(type, strstr(encoding, ".N.Field") ? "records" : "list") == 0;
    if (strcmp(kind, "boolean") == 0)
        return strcmp(type, "boolean") == 0;
    if (strcmp(kind, "integer") == 0 || strcmp(kind, "long") == 0)
        return strcmp(type, "integer") == 0;
    return strcmp(type, "string") == 0;
}

static void compare_params(const char *action, const json_t *described, const json_t *table)
{
    const char *name;
    json_t *param;
    json_object_foreach((json_t *)described, name, param) {
        const json_t *row = json_object_get(table, name);
        bool required = json_is_true(json_object_get(param, "required"));
        if (!row)
            cbk_str_addf(&complaints, "%s: parameter %s is missing\n", action, name);
        else if (!param_fits(param, cbk_json_text_or(row, "type", "")))
            cbk_str_addf(&complaints, "%s: parameter %s is of type %s\n", action, name, cbk_json_text(row, "type"));
        else if (required != json_is_true(json_object_get(row, "required")))
            cbk_str_addf(&complaints, "%s: parameter %s: required is %d\n", action, name, !required);
    }
}

static bool leaf_fits(const json_t *described, const json_t *shape)
{
    const char *text = json_string_value(described), *type = json_string_value(shape);
    return type && strncmp(text, type, strlen(type)) == 0;
}

static void compare_answer(const char *action, const char *at, const json_t *described, const json_t *shape)
{
    const char *name;
    json_t *field;
    if (json_is_array(described) || json_is_array(shape)) {
        if (json_array_size(described) && json_array_size(shape))
            compare_answer(action, at, json_array_get(described, 0), json_array_get(shape, 0));
        else
            cbk_str_addf(&complaints, "%s: answer %s: one is a list, the other not\n", action, at);
    } else if (json_is_string(described)) {
        if (!leaf_fits(described, shape))
            cbk_str_addf(&complaints, "%s: answer %s is not of type %s\n", action, at, json_string_value(described));
    } else {
        json_object_foreach((json_t *)described, name, field) {
            CBK_CLEANUP(cbk_string_freep) char *below = cbk_strf("%s.%s", at, name);
            const json_t *own = json_object_get(shape, name);
            if (own)
                compare_answer(action, below, field, own);
            else
                cbk_str_addf(&complaints, "%s: answer %s is missing\n", action, below);
        }
    }
}

static const json_t *find_row(const json_t *table, const char *service, const char *action)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)table, index, row)
        if (cbk_str_equal(cbk_json_text(row, "service"), service) &&
            cbk_str_equal(cbk_json_text(row, "action"), action))
            return row;
    return NULL;
}

static void compare_action(const json_t *table, const json_t *described)
{
    const char *service = cbk_json_text(described, "service"), *action = cbk_json_text(described, "action");
    const json_t *row = find_row(table, service, action);
    if (!row) {
        cbk_str_addf(&complaints, "%s %s: the action is missing\n", service, action);
        return;
    }
    assert_string_equal(cbk_json_text(row, "version"), cbk_json_text(described, "version"));
    compare_params(action, json_object_get(described, "request"), json_object_get(row, "params"));
    compare_answer(action, "", json_object_get(described, "response"), json_object_get(row, "answer"));
}

/* How many actions of a service were compared. */
static size_t compare_service(const json_t *table, const char *service)
{
    size_t count = 0;
    CBK_CLEANUP(cbk_string_freep) char *directory = cbk_path_join(CBK_SOURCE_DIR "/../shared/api", service);
    DIR *files = opendir(directory);
    for (struct dirent *entry = files ? readdir(files) : NULL; entry; entry = readdir(files)) {
        if (!cbk_str_ends_with(entry->d_name, ".json"))
            continue;
        CBK_JSON *described = read_description(directory, entry->d_name);
        compare_action(table, described);
        count++;
    }
    if (files)
        closedir(files);
    return count;
}

static size_t compare_all(void)
{
    size_t count = 0;
    CBK_CLEANUP(sim_registry_freep) struct sim_registry *registry = sim_registry_new();
    CBK_JSON *table = sim_registry_describe(registry);
    for (size_t i = 0; i < CBK_ARRAY_LEN(services); i++)
        count += compare_service(table, services[i]);
    return count;
}

static void test_the_table(void **state)
{
    (void)state;
    size_t count = compare_all(); /* skip() jumps out: nothing may be owned here */
    if (!count)
        skip();
    if (complaints.len)
        fail_msg("%zu actions compared:\n%s", count, complaints.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_table)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cbk_str_release(&complaints);
    return failed;
}
