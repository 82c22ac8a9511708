/* Builtins that look at one file after the other: stat, sha256sum. */
#include "base/digest.h"
#include "sim/guest/shell.h"

#include <string.h>

static const char *type_name(enum sim_node kind, size_t size)
{
    if (kind == SIM_NODE_DIRECTORY)
        return "directory";
    return size ? "regular file" : "regular empty file";
}

static void add_directive(struct sim_shell *shell, char directive, const char *operand, const char *path)
{
    enum sim_node kind = sim_tree_kind(shell->instance, path);
    json_t *file = sim_tree_file(shell->instance, path);
    CBK_STR(content);
    if (file)
        sim_file_content(file, &content);
    CBK_CLEANUP(cbk_string_freep) char *user = sim_node_user(shell->instance, path);
    CBK_CLEANUP(cbk_string_freep) char *group = sim_node_group(shell->instance, path);
    size_t size = kind == SIM_NODE_DIRECTORY ? 4096 : content.len;
    switch (directive) {
    case 'a':
        cbk_str_addf(shell->out, "%o", sim_node_mode(shell->instance, path));
        return;
    case 'u':
        cbk_str_addf(shell->out, "%u", sim_user_number(user));
        return;
    case 'g':
        cbk_str_addf(shell->out, "%u", sim_user_number(group));
        return;
    case 'U':
        cbk_str_add(shell->out, user);
        return;
    case 'G':
        cbk_str_add(shell->out, group);
        return;
    case 's':
        cbk_str_addf(shell->out, "%zu", size);
        return;
    case 'F':
        cbk_str_add(shell->out, type_name(kind, size));
        return;
    case 'n':
        cbk_str_add(shell->out, operand);
        return;
    case 'Y':
        cbk_str_addf(shell->out, "%lld",
                     (long long)cbk_json_int(file, "modified", cbk_json_int(shell->instance, "created", 0)));
        return;
    case '%':
        cbk_str_add_char(shell->out, '%');
        return;
    default: /* as coreutils prints a directive that it does not know */
        cbk_str_add_char(shell->out, '?');
    }
}

static int stat_one(struct sim_shell *shell, const char *operand, const char *format)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    if (sim_tree_kind(shell->instance, path) == SIM_NODE_NONE)
        return sim_shell_complain(shell, "stat: cannot statx ", operand, "No such file or directory");
    for (const char *c = format; *c; c++) {
        if (*c == '%' && c[1])
            add_directive(shell, *++c, operand, path);
        else
            cbk_str_add_char(shell->out, *c);
    }
    cbk_str_add_char(shell->out, '\n');
    return 0;
}

static int run_stat(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    const char *format = "  File: %n\n  Size: %s\t%F\nAccess: (%a)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %Y";
    size_t first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "--") == 0) {
            first++;
            break;
        }
        if (strcmp(argv[first], "-c") == 0 && first + 1 < argc)
            format = argv[++first];
        else if (cbk_str_starts_with(argv[first], "--format="))
            format = argv[first] + strlen("--format=");
        else if (cbk_str_starts_with(argv[first], "-c") && argv[first][2])
            format = argv[first] + 2;
        else if (strcmp(argv[first], "-L") != 0) {
            cbk_str_addf(shell->err, "stat: invalid option -- '%s'\n", argv[first] + 1);
            return 1;
        }
    }
    return first < argc ? sim_shell_each(shell, argc, argv, first, format, stat_one) : sim_shell_missing(shell, "stat");
}

static int sha256_one(struct sim_shell *shell, const char *operand, const char *context)
{
    (void)context;
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    enum sim_node kind = sim_tree_kind(shell->instance, path);
    if (kind != SIM_NODE_FILE) {
        cbk_str_addf(shell->err, "sha256sum: %s: %s\n", operand,
                     kind == SIM_NODE_NONE ? "No such file or directory" : "Is a directory");
        return 1;
    }
    CBK_STR(content);
    sim_file_content(sim_tree_file(shell->instance, path), &content);
    char hex[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(content.ptr, content.len, hex);
    cbk_str_addf(shell->out, "%s  %s\n", hex, operand);
    return 0;
}

static int run_sha256sum(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    unsigned flags;
    size_t first = sim_shell_options(shell, argc, argv, "bt", &flags);
    return first ? sim_shell_each(shell, argc, argv, first, NULL, sha256_one) : 1;
}

const struct sim_builtin_row sim_builtins_stat[] = {
    {"stat", run_stat, true},
    {"sha256sum", run_sha256sum, true},
    {NULL, NULL, false},
};
