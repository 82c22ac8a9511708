/* Builtins that print and judge: cat, echo, printf, test, true, false, exit. */
#include "sim/guest/shell.h"

#include <string.h>

static int run_cat(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    int status = 0;
    for (size_t i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1; i < argc; i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, argv[i]);
        enum sim_node kind = sim_tree_kind(shell->instance, path);
        if (kind == SIM_NODE_FILE) {
            sim_file_content(sim_tree_file(shell->instance, path), shell->out);
            continue;
        }
        cbk_str_addf(shell->err, "cat: %s: %s\n", argv[i],
                     kind == SIM_NODE_NONE ? "No such file or directory" : "Is a directory");
        status = 1;
    }
    return status;
}

static int run_echo(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;
    for (size_t i = newline ? 1 : 2; i < argc; i++)
        cbk_str_addf(shell->out, "%s%s", argv[i], i + 1 < argc ? " " : "");
    if (newline)
        cbk_str_add_char(shell->out, '\n');
    return 0;
}

/* Prints the format once; answers how many arguments it took. */
static size_t print_once(struct sim_shell *shell, const char *format, size_t argc, const char *const *argv)
{
    static const char escapes[] = {['n'] = '\n', ['t'] = '\t', ['\\'] = '\\'};
    size_t taken = 0;
    for (const char *c = format; *c; c++) {
        unsigned char next = (unsigned char)c[1];
        if (*c == '\\' && next < sizeof(escapes) && escapes[next]) {
            cbk_str_add_char(shell->out, escapes[next]);
            c++;
        } else if (*c == '%' && (next == 's' || next == 'd')) {
            cbk_str_add(shell->out, taken < argc ? argv[taken] : next == 'd' ? "0" : "");
            taken++;
            c++;
        } else if (*c == '%' && next == '%') {
            cbk_str_add_char(shell->out, '%');
            c++;
        } else {
            cbk_str_add_char(shell->out, *c);
        }
    }
    return taken;
}

static int run_printf(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    if (argc < 2) {
        cbk_str_add(shell->err, "sh: 1: printf: usage: printf format [arg ...]\n");
        return 2;
    }
    for (size_t at = 2;;) { /* the format is used again while arguments are left */
        size_t taken = print_once(shell, argv[1], argc - at, argv + at);
        at += taken;
        if (!taken || at >= argc)
            return 0;
    }
}

static bool test_file(const struct sim_shell *shell, char what, const char *operand)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    enum sim_node kind = sim_tree_kind(shell->instance, path);
    CBK_STR(content);
    if (kind == SIM_NODE_FILE)
        sim_file_content(sim_tree_file(shell->instance, path), &content);
    switch (what) {
    case 'f':
        return kind == SIM_NODE_FILE;
    case 'd':
        return kind == SIM_NODE_DIRECTORY;
    case 'x': /* root may run what anyone may run */
        return kind != SIM_NODE_NONE && (sim_node_mode(shell->instance, path) & 0111);
    case 's':
        return kind == SIM_NODE_DIRECTORY || content.len;
    default: /* -e, and -r and -w, which root always may */
        return kind != SIM_NODE_NONE;
    }
}

/* 0 true, 1 false, 2 not understood. */
static int test(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    if (argc && strcmp(argv[0], "!") == 0) {
        int r = test(shell, argc - 1, argv + 1);
        return r == 2 ? 2 : !r;
    }
    if (argc == 0)
        return 1;
    if (argc == 1)
        return !*argv[0];
    if (argc == 2 && argv[0][0] == '-' && argv[0][1] && strchr("efdxrws", argv[0][1]))
        return !test_file(shell, argv[0][1], argv[1]);
    if (argc == 2 && strcmp(argv[0], "-n") == 0)
        return !*argv[1];
    if (argc == 2 && strcmp(argv[0], "-z") == 0)
        return *argv[1] != '\0';
    if (argc == 3 && strcmp(argv[1], "=") == 0)
        return strcmp(argv[0], argv[2]) != 0;
    if (argc == 3 && strcmp(argv[1], "!=") == 0)
        return strcmp(argv[0], argv[2]) == 0;
    cbk_str_addf(shell->err, "sh: 1: test: %s: unexpected operator\n", argc > 1 ? argv[1] : argv[0]);
    return 2;
}

static int run_test(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    return test(shell, argc - 1, argv + 1);
}

static int run_bracket(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    if (strcmp(argv[argc - 1], "]") != 0 || argc < 2) {
        cbk_str_add(shell->err, "sh: 1: [: missing ]\n");
        return 2;
    }
    return test(shell, argc - 2, argv + 1);
}

static int run_true(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    (void)shell;
    (void)argc;
    (void)argv;
    return 0;
}

static int run_false(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    (void)shell;
    (void)argc;
    (void)argv;
    return 1;
}

static int run_exit(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    shell->exited = true;
    return argc > 1 ? (int)(strtol(argv[1], NULL, 10) & 0xff) : shell->status;
}

const struct sim_builtin_row sim_builtins_text[] = {
    {"cat", run_cat, true},   {"echo", run_echo, true}, {"printf", run_printf, true}, {"test", run_test, true},
    {"[", run_bracket, true}, {"true", run_true, true}, {":", run_true, true},        {"false", run_false, true},
    {"exit", run_exit, true}, {"set", run_true, true},  {"sync", run_true, true},     {"sleep", run_true, true},
    {NULL, NULL, false},
};
