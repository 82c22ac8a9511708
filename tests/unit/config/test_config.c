/* A whole stack: includes, merging, variables, files that it names. Messages: tests/errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/parallel.h"
#include "config/config.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

struct stack {
    char top[64]; /* a directory of our own, with the stack in "s [1]": its name is hard on globs */
    char *dir;
};

static int make_stack(void **state)
{
    static struct stack stack;
    (void)strcpy(stack.top, "/tmp/cbk-test-config-XXXXXX");
    if (!mkdtemp(stack.top))
        return -1;
    CBK_ERROR(err);
    stack.dir = cbk_path_join(stack.top, "s [1]");
    *state = &stack;
    return cbk_dir_make(stack.dir, &err);
}

static int remove_stack(void **state)
{
    struct stack *stack = *state;
    CBK_CLEANUP(cbk_string_freep) char *command = cbk_strf("rm -rf '%s'", stack->top);
    free(stack->dir);
    return system(command);
}

static void put(const struct stack *stack, const char *name, const char *text)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(stack->dir, name);
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_dir(path);
    CBK_ERROR(err);
    assert_int_equal(cbk_dir_make(dir, &err), 0);
    assert_int_equal(cbk_file_replace(path, text, strlen(text), 0644, &err), 0);
}

static struct cbk_config *load(const struct stack *stack, const struct cbk_config_input *inputs, size_t input_count)
{
    const struct cbk_config_options options = {.dir = stack->dir, .inputs = inputs, .input_count = input_count};
    struct cbk_config *config = NULL;
    CBK_ERRORS(errors);
    int r = cbk_config_load(&options, &config, &errors);
    if (r < 0) {
        CBK_STR(text);
        cbk_error_format(&errors.list.items[0], &text);
        cbk_config_free(config);
        fail_msg("%s", text.ptr);
    }
    return config;
}

static void assert_json(const json_t *value, const char *expected)
{
    CBK_STR(text);
    assert_non_null(value);
    cbk_json_add_canonical(&text, value);
    assert_string_equal(text.ptr, expected);
}

static void files_are_merged_key_by_key(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml",
        "cbk: 1\nstack: a\ninclude: ['*.yaml', 'more/?.yaml', 'more/[ab].yaml']\n"
        "roles: {one: 1}\nmoved: [{from: a, to: b}]\n");
    put(stack, "z.yaml", "roles: {three: 3}\ncbk: 1\n");
    put(stack, "more/b.yaml", "roles:\n  two: 2\nmoved: [{from: c, to: d}]\n");
    put(stack, "more/a.yaml", "# nothing\n");
    put(stack, "more/ab.yaml", "not: [included\n");
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
    const json_t *root = cbk_config_root(config);
    assert_json(json_object_get(root, "roles"), "{\"one\":1,\"three\":3,\"two\":2}");
    assert_json(json_object_get(root, "moved"), "[{\"from\":\"a\",\"to\":\"b\"},{\"from\":\"c\",\"to\":\"d\"}]");

    struct cbk_span two = cbk_config_span(config, "/roles/two", true);
    assert_true(cbk_str_ends_with(two.source->path, "/s [1]/more/b.yaml"));
    assert_int_equal(two.line, 2);
    assert_int_equal(two.column, 3);
    struct cbk_span moved = cbk_config_span(config, "/moved/1/from", true);
    assert_true(cbk_str_ends_with(moved.source->path, "/more/b.yaml"));
    assert_int_equal(moved.line, 3);
    struct cbk_span roles = cbk_config_span(config, "/roles/none", true);
    assert_true(cbk_str_ends_with(roles.source->path, "/cbk.yaml"));
    assert_string_equal(cbk_config_dir(config), stack->dir);
}

static void links_are_followed_inside_only(void **state)
{
    const struct stack *stack = *state;
    CBK_CLEANUP(cbk_string_freep) char *outside = cbk_path_join(stack->top, "outside.yaml");
    CBK_CLEANUP(cbk_string_freep) char *link = cbk_path_join(stack->dir, "link.yaml");
    CBK_CLEANUP(cbk_string_freep) char *inner = cbk_path_join(stack->dir, "inner.yaml");
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(outside, "roles: {}\n", 10, 0644, &err), 0);
    assert_int_equal(symlink("../outside.yaml", link), 0);
    put(stack, "real.txt", "roles: {x: 1}\n");
    assert_int_equal(symlink("real.txt", inner), 0);
    put(stack, "cbk.yaml", "cbk: 1\ninclude: [inner.yaml]\nfile: link.yaml\n");
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
    assert_json(json_object_get(cbk_config_root(config), "roles"), "{\"x\":1}");

    const char *text = NULL;
    size_t len = 0;
    assert_int_equal(cbk_config_read_file(config, "/file", "link.yaml", 100, &text, &len, &err), CBK_E_VALIDATION);
    assert_string_equal(err.message, "'link.yaml' lies outside of the stack's directory");
    assert_int_equal(err.span.line, 3);

    put(stack, "cbk.yaml", "cbk: 1\ninclude: [link.yaml]\n");
    const struct cbk_config_options options = {.dir = stack->dir};
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *refused = NULL;
    CBK_ERRORS(errors);
    assert_int_equal(cbk_config_load(&options, &refused, &errors), CBK_E_VALIDATION);
}

static void files_may_stand_anywhere_in_the_work_tree(void **state)
{
    const struct stack *stack = *state;
    CBK_CLEANUP(cbk_string_freep) char *shared = cbk_path_join(stack->top, "shared.sh");
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(shared, "#!/bin/sh\n", 10, 0644, &err), 0);
    put(stack, "cbk.yaml", "cbk: 1\nsource: ../shared.sh\nother: ../../etc/passwd\n");
    const struct cbk_config_options options = {.dir = stack->dir, .work_tree = stack->top};
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = NULL;
    CBK_ERRORS(errors);
    assert_int_equal(cbk_config_load(&options, &config, &errors), 0);
    const char *text = NULL;
    size_t len = 0;
    assert_int_equal(cbk_config_read_file(config, "/source", "../shared.sh", 100, &text, &len, &err), 0);
    assert_int_equal(len, 10);
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings read = {0};
    cbk_config_files_read(config, &read);
    assert_int_equal(read.len, 2);
    assert_true(cbk_str_ends_with(read.items[0], "/cbk.yaml"));
    assert_true(cbk_str_ends_with(read.items[1], "/../shared.sh"));
    assert_int_equal(cbk_config_read_file(config, "/other", "../..", 100, &text, &len, &err), CBK_E_VALIDATION);
    assert_string_equal(err.message, "'../..' lies outside of the git work tree");
}

static void files_that_values_name_are_read_once(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", "cbk: 1\nsource: scripts/a.sh\n");
    put(stack, "scripts/a.sh", "#!/bin/sh\n");
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
    CBK_CLEANUP(cbk_string_freep) char *before = cbk_config_digest(config);
    const char *text = NULL, *again = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(cbk_config_read_file(config, "/source", "scripts/a.sh", 100, &text, &len, &err), 0);
    assert_int_equal(len, 10);
    assert_string_equal(text, "#!/bin/sh\n");
    put(stack, "scripts/a.sh", "changed\n");
    assert_int_equal(cbk_config_read_file(config, "/source", "scripts/a.sh", 100, &again, &len, &err), 0);
    assert_ptr_equal(again, text);
    CBK_CLEANUP(cbk_string_freep) char *after = cbk_config_digest(config);
    assert_string_not_equal(before, after);

    static const struct {
        const char *name;
        int code;
    } refused[] = {
        {"scripts/a.sh", CBK_E_LIMIT}, {"/etc/passwd", CBK_E_VALIDATION}, {"../../../etc/passwd", CBK_E_VALIDATION},
        {"scripts", CBK_E_IO},         {"scripts/none", CBK_E_IO},        {".", CBK_E_IO},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(refused); i++) {
        assert_int_equal(cbk_config_read_file(config, "/source", refused[i].name, 4, &text, &len, &err),
                         refused[i].code);
        assert_int_equal(err.span.line, 2);
    }
}

enum { READERS = 4 };

struct readers {
    struct cbk_config *config;
    pthread_barrier_t all; /* nobody is done before everybody is there */
};

static int read_scripts(void *context, size_t index, struct cbk_error *err)
{
    struct readers *readers = context;
    static const char *const pointers[READERS] = {"/one", "/two", "/two/a", "/three"};
    (void)pthread_barrier_wait(&readers->all);
    for (size_t i = 0; i < 50; i++) {
        const char *text = NULL;
        size_t len = 0;
        int r = cbk_config_read_file(readers->config, pointers[(index + i) % READERS],
                                     i % 2 ? "scripts/a.sh" : "scripts/b.sh", 100, &text, &len, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static void files_are_read_by_many_threads(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", "cbk: 1\n");
    put(stack, "scripts/a.sh", "#!/bin/sh\n");
    put(stack, "scripts/b.sh", "#!/bin/dash\n");
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
    CBK_ERROR(err);
    struct readers readers = {.config = config};
    assert_int_equal(pthread_barrier_init(&readers.all, NULL, READERS), 0);
    assert_int_equal(cbk_parallel(READERS, READERS, read_scripts, &readers, &err), 0);
    (void)pthread_barrier_destroy(&readers.all);
    struct cbk_strings files = {0};
    cbk_config_files_read(config, &files);
    assert_int_equal(files.len, 3); /* cbk.yaml, too */
    cbk_strings_release(&files);
}

static void the_digest_is_of_meaning(void **state)
{
    const struct stack *stack = *state;
    static const struct {
        const char *text;
        bool same;
    } rows[] = {
        {"cbk: 1\nroles: {a: {x: 1, y: 2}}\n", true},
        {"# comment\nroles:\n  a:\n    y: 0x2\n    x: 1 # one\ncbk: 1\n", true},
        {"cbk: 1\nroles: {a: {x: 1, y: 3}}\n", false},
    };
    CBK_CLEANUP(cbk_string_freep) char *first = NULL;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        put(stack, "cbk.yaml", rows[i].text);
        CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
        CBK_CLEANUP(cbk_string_freep) char *digest = cbk_config_digest(config);
        first = first ? first : cbk_strdup(digest);
        assert_int_equal(strcmp(first, digest) == 0, rows[i].same);
    }
}

static const char with_variables[] = "cbk: 1\n"
                                     "variables:\n"
                                     "  env: {default: prod}\n"
                                     "  least: {type: number, default: 1}\n"
                                     "  on: {type: bool, default: false}\n"
                                     "  ratio: {default: 0.5}\n"
                                     "  secret: {default: s3, sensitive: true}\n"
                                     "values:\n"
                                     "  env: \"${var.env}\"\n"
                                     "  mixed: \"a-${var.env}-${var.least}-${var.on}-${var.ratio}\"\n"
                                     "  least: \"${var.least}\"\n"
                                     "  on: \"${var.on}\"\n"
                                     "  literal: \"$${var.env} ${acs:CurrentTime} ${HOME} $5 $$ ${}\"\n"
                                     "  list: [x, \"${var.env}\", {deep: \"${var.secret}!\"}]\n";

static void variables_are_put_into_strings(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", with_variables);
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, NULL, 0);
    assert_json(json_object_get(cbk_config_root(config), "values"),
                "{\"env\":\"prod\",\"least\":1,\"list\":[\"x\",\"prod\",{\"deep\":\"s3!\"}],"
                "\"literal\":\"${var.env} ${acs:CurrentTime} ${HOME} $5 $$ ${}\","
                "\"mixed\":\"a-prod-1-false-0.5\",\"on\":false}");
    assert_true(cbk_config_is_sensitive(config, "/values/list/2/deep"));
    assert_false(cbk_config_is_sensitive(config, "/values/list/1"));
}

static const struct {
    const char *environment;
    struct cbk_config_input inputs[4];
    const char *env;
} strengths[] = {
    {NULL, {{0}}, "\"prod\""},
    {"from-env", {{0}}, "\"from-env\""},
    {"from-env", {{.var_file = "one.yaml"}}, "\"one\""},
    {"from-env", {{.var_file = "two.yaml"}, {.var_file = "one.yaml"}}, "\"one\""},
    {"from-env", {{.var = "env=arg"}, {.var_file = "one.yaml"}}, "\"arg\""},
    {"from-env", {{.var = "env=first"}, {.var = "env=a=b"}}, "\"a=b\""},
    {"from-env", {{.var = "env="}}, "\"\""},
    {NULL, {{.var = "env=5"}}, "\"5\""},
};

static void the_strongest_source_wins(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", with_variables);
    put(stack, "one.yaml", "env: one\n");
    put(stack, "two.yaml", "env: two\nleast: 7\n");
    char before[4096];
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(stack->dir), 0); /* var files are relative to where cbk was started */
    for (size_t i = 0; i < CBK_ARRAY_LEN(strengths); i++) {
        if (strengths[i].environment)
            assert_int_equal(setenv("CBK_VAR_env", strengths[i].environment, 1), 0);
        CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, strengths[i].inputs, 4);
        assert_int_equal(unsetenv("CBK_VAR_env"), 0);
        assert_json(cbk_json_at(cbk_config_root(config), "values.env"), strengths[i].env);
    }
    assert_int_equal(chdir(before), 0);
}

static void text_is_converted_to_the_type(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", with_variables);
    const struct cbk_config_input inputs[] = {{.var = "least=0x10"}, {.var = "on=true"}};
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = load(stack, inputs, 2);
    assert_json(cbk_json_at(cbk_config_root(config), "values.least"), "16");
    assert_json(cbk_json_at(cbk_config_root(config), "values.on"), "true");
}

static void variables_cannot_blow_a_stack_up(void **state)
{
    const struct stack *stack = *state;
    CBK_STR(text);
    cbk_str_add(&text, "variables: {big: {default: ");
    cbk_str_add_repeat(&text, 'x', 1 << 20);
    cbk_str_add(&text, "}}\nlist:\n");
    for (int i = 0; i < 70; i++)
        cbk_str_add(&text, "- \"${var.big}!\"\n");
    put(stack, "cbk.yaml", text.ptr);
    const struct cbk_config_options options = {.dir = stack->dir};
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = NULL;
    CBK_ERRORS(errors);
    assert_int_equal(cbk_config_load(&options, &config, &errors), CBK_E_LIMIT);
}

static const struct {
    const char *dir, *message;
} nowhere[] = {
    {"/dev/null", "'/dev/null' is not a directory"},
    {"/no/such/place", "cannot open the directory '/no/such/place': No such file or directory"},
};

static void a_stack_that_is_not_there_is_one_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(nowhere); i++) {
        const struct cbk_config_options options = {.dir = nowhere[i].dir};
        CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = NULL;
        CBK_ERRORS(errors);
        assert_true(cbk_config_load(&options, &config, &errors) < 0);
        assert_int_equal(errors.list.len, 1);
        assert_string_equal(errors.list.items[0].message, nowhere[i].message);
        assert_null(cbk_config_root(config));
        assert_int_equal(cbk_config_span(config, "/stack", false).line, 0);
    }
}

static void a_value_that_is_no_utf8_is_refused(void **state)
{
    const struct stack *stack = *state;
    put(stack, "cbk.yaml", with_variables);
    const struct cbk_config_input input = {.var = "env=a\xff"};
    const struct cbk_config_options options = {.dir = stack->dir, .inputs = &input, .input_count = 1};
    CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = NULL;
    CBK_ERRORS(errors);
    assert_int_equal(cbk_config_load(&options, &config, &errors), CBK_E_VALIDATION);
    assert_string_equal(errors.list.items[0].message, "--var 'env' is not valid UTF-8");
}

int main(void)
{
#define STACK_TEST(name) cmocka_unit_test_setup_teardown(name, make_stack, remove_stack)
    const struct CMUnitTest tests[] = {
        STACK_TEST(files_are_merged_key_by_key),
        STACK_TEST(links_are_followed_inside_only),
        STACK_TEST(files_may_stand_anywhere_in_the_work_tree),
        STACK_TEST(files_that_values_name_are_read_once),
        STACK_TEST(files_are_read_by_many_threads),
        STACK_TEST(the_digest_is_of_meaning),
        STACK_TEST(variables_are_put_into_strings),
        STACK_TEST(the_strongest_source_wins),
        STACK_TEST(text_is_converted_to_the_type),
        STACK_TEST(variables_cannot_blow_a_stack_up),
        STACK_TEST(a_value_that_is_no_utf8_is_refused),
        cmocka_unit_test(a_stack_that_is_not_there_is_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
