/* Builtins that change files or list them: rm, chmod, chown, ls, mv, cp, touch, mkdir. */
#include "sim/guest/shell.h"

#include <string.h>

/* ---- rm, chmod, chown ---- */

static int rm_one(struct sim_shell *shell, const char *operand, const char *options)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    enum sim_node kind = sim_tree_kind(shell->instance, path);
    bool force = strchr(options, 'f'), recursive = strchr(options, 'r');
    if (kind == SIM_NODE_NONE)
        return force ? 0 : sim_shell_complain(shell, "rm: cannot remove ", operand, "No such file or directory");
    if (kind == SIM_NODE_DIRECTORY && !recursive)
        return sim_shell_complain(shell, "rm: cannot remove ", operand, "Is a directory");
    sim_tree_remove(shell->instance, path);
    return 0;
}

static int run_rm(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    unsigned flags;
    size_t first = sim_shell_options(shell, argc, argv, "frR", &flags);
    if (!first)
        return 1;
    CBK_CLEANUP(cbk_string_freep) char *options = cbk_strf("%s%s", flags & 1 ? "f" : "", flags & 6 ? "r" : "");
    if (first >= argc)
        return flags & 1 ? 0 : sim_shell_missing(shell, "rm");
    return sim_shell_each(shell, argc, argv, first, options, rm_one);
}

static int chmod_one(struct sim_shell *shell, const char *operand, const char *mode)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    json_t *file = json_object_get(json_object_get(shell->instance, "files"), path);
    if (!file) {
        if (sim_tree_kind(shell->instance, path) == SIM_NODE_DIRECTORY)
            return 0;
        return sim_shell_complain(shell, "chmod: cannot access ", operand, "No such file or directory");
    }
    unsigned bits =
        strcmp(mode, "+x") == 0 ? sim_node_mode(shell->instance, path) | 0111 : (unsigned)strtoul(mode, NULL, 8);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%04o", bits & 07777);
    json_object_set_new(file, "mode", json_string(text));
    return 0;
}

static int run_chmod(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    if (argc < 3)
        return sim_shell_missing(shell, "chmod");
    const char *mode = argv[1];
    bool is_octal = strspn(mode, "01234567") == strlen(mode) && strlen(mode) <= 4;
    if (!is_octal && strcmp(mode, "+x") != 0) {
        cbk_str_addf(shell->err, "chmod: invalid mode: '%s'\n", mode);
        return 1;
    }
    return sim_shell_each(shell, argc, argv, strcmp(argv[2], "--") == 0 ? 3 : 2, mode, chmod_one);
}

static int chown_one(struct sim_shell *shell, const char *operand, const char *owner)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    json_t *file = json_object_get(json_object_get(shell->instance, "files"), path);
    if (!file) {
        if (sim_tree_kind(shell->instance, path) == SIM_NODE_DIRECTORY)
            return 0;
        return sim_shell_complain(shell, "chown: cannot access ", operand, "No such file or directory");
    }
    CBK_CLEANUP(cbk_string_freep) char *group = sim_node_group(shell->instance, path);
    CBK_CLEANUP(cbk_string_freep) char *both = strchr(owner, ':') ? cbk_strdup(owner) : cbk_strf("%s:%s", owner, group);
    json_object_set_new(file, "owner", json_string(both));
    return 0;
}

static int run_chown(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    if (argc < 3)
        return sim_shell_missing(shell, "chown");
    return sim_shell_each(shell, argc, argv, strcmp(argv[2], "--") == 0 ? 3 : 2, argv[1], chown_one);
}

/* ---- ls, mv, cp, touch, mkdir ---- */

static void list_directory(struct sim_shell *shell, const char *path)
{
    const char *other;
    json_t *file;
    size_t len = strcmp(path, "/") == 0 ? 0 : strlen(path);
    CBK_JSON *names = json_object();
    json_object_foreach(json_object_get(shell->instance, "files"), other, file) {
        if (strncmp(other, path, len) != 0 || other[len] != '/')
            continue;
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_strndup(other + len + 1, strcspn(other + len + 1, "/"));
        json_object_set_new(names, name, json_true());
    }
    json_object_foreach(names, other, file)
        cbk_str_addf(shell->out, "%s\n", other);
}

static int ls_one(struct sim_shell *shell, const char *operand, const char *context)
{
    (void)context;
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    enum sim_node kind = sim_tree_kind(shell->instance, path);
    if (kind == SIM_NODE_NONE)
        return sim_shell_complain(shell, "ls: cannot access ", operand, "No such file or directory");
    if (kind == SIM_NODE_DIRECTORY)
        list_directory(shell, path);
    else
        cbk_str_addf(shell->out, "%s\n", operand);
    return 0;
}

static int run_ls(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    unsigned flags;
    size_t first = sim_shell_options(shell, argc, argv, "1aAdlh", &flags);
    if (!first)
        return 2;
    int status = first < argc ? sim_shell_each(shell, argc, argv, first, NULL, ls_one) : ls_one(shell, ".", NULL);
    return status ? 2 : 0;
}

/* Where a copy ends up: in the directory when the target is one. */
static char *target_path(const struct sim_shell *shell, const char *target, const char *from)
{
    char *path = sim_shell_path(shell, target);
    if (sim_tree_kind(shell->instance, path) != SIM_NODE_DIRECTORY)
        return path;
    CBK_CLEANUP(cbk_string_freep) char *directory = path;
    return cbk_strf("%s%s", strcmp(directory, "/") == 0 ? "" : directory, strrchr(from, '/'));
}

static int copy_file(struct sim_shell *shell, size_t argc, const char *const *argv, bool moves)
{
    unsigned flags;
    size_t first = sim_shell_options(shell, argc, argv, "fpa", &flags);
    if (!first)
        return 1;
    if (argc != first + 2)
        return sim_shell_missing(shell, argv[0]);
    CBK_CLEANUP(cbk_string_freep) char *from = sim_shell_path(shell, argv[first]);
    json_t *file = sim_tree_file(shell->instance, from);
    if (!file) {
        CBK_CLEANUP(cbk_string_freep) char *start = cbk_strf("%s: cannot stat ", argv[0]);
        return sim_shell_complain(shell, start, argv[first], "No such file or directory");
    }
    CBK_CLEANUP(cbk_string_freep) char *to = target_path(shell, argv[first + 1], from);
    if (strcmp(from, to) == 0)
        return 0;
    json_object_set_new(json_object_get(shell->instance, "files"), to, json_deep_copy(file));
    if (moves)
        sim_tree_remove(shell->instance, from);
    return 0;
}

static int run_cp(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    return copy_file(shell, argc, argv, false);
}

static int run_mv(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    return copy_file(shell, argc, argv, true);
}

static int touch_one(struct sim_shell *shell, const char *operand, const char *context)
{
    (void)context;
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    json_t *file = sim_tree_file(shell->instance, path);
    if (file)
        json_object_set_new(file, "modified", json_integer(sim_world_now(shell->world)));
    else if (sim_tree_kind(shell->instance, path) == SIM_NODE_NONE)
        sim_tree_write(shell->instance, path, "", 0, sim_world_now(shell->world));
    return 0;
}

static int run_touch(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    return argc < 2 ? sim_shell_missing(shell, "touch") : sim_shell_each(shell, argc, argv, 1, NULL, touch_one);
}

static int mkdir_one(struct sim_shell *shell, const char *operand, const char *options)
{
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, operand);
    if (sim_tree_kind(shell->instance, path) == SIM_NODE_NONE)
        sim_tree_make_directory(shell->instance, path);
    else if (!*options)
        return sim_shell_complain(shell, "mkdir: cannot create directory ", operand, "File exists");
    return 0;
}

static int run_mkdir(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    unsigned flags;
    size_t first = sim_shell_options(shell, argc, argv, "p", &flags);
    if (!first)
        return 1;
    return first < argc ? sim_shell_each(shell, argc, argv, first, flags ? "p" : "", mkdir_one)
                        : sim_shell_missing(shell, "mkdir");
}

const struct sim_builtin_row sim_builtins_files[] = {
    {"rm", run_rm, false},       {"chmod", run_chmod, false}, {"chown", run_chown, false},
    {"ls", run_ls, true},        {"mv", run_mv, false},       {"cp", run_cp, false},
    {"touch", run_touch, false}, {"mkdir", run_mkdir, false}, {NULL, NULL, false},
};
