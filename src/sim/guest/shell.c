#include "sim/guest/shell.h"

#include "sim/guest/shell_parse.h"
#include "sim/world/machine.h"

#include <string.h>

/* Nobody needs more from a virtual disk; what is beyond is dropped. */
enum { MOST_OUTPUT = 1024 * 1024 };

static const struct sim_builtin_row *find_builtin(const char *name)
{
    const struct sim_builtin_row *const tables[] = {sim_builtins_stat, sim_builtins_files, sim_builtins_text,
                                                    sim_builtins_system};
    const char *slash = strrchr(name, '/');
    if (slash && (cbk_str_starts_with(name, "/bin/") || cbk_str_starts_with(name, "/usr/bin/")))
        name = slash + 1;
    for (size_t i = 0; i < CBK_ARRAY_LEN(tables); i++)
        for (const struct sim_builtin_row *row = tables[i]; row->name; row++)
            if (strcmp(row->name, name) == 0)
                return row;
    return NULL;
}

/* Where one of the two streams of a command goes. */
struct sink {
    struct cbk_str *text;
    char *path; /* NULL: not a file */
    bool append;
    struct cbk_str own;
};

static void sink_release(struct sink *sink)
{
    free(sink->path);
    cbk_str_release(&sink->own);
}

static void send_to_file(const struct sim_shell *shell, const struct sim_redirect *redirect, struct sink *sink)
{
    sink_release(sink);
    *sink = (struct sink){.own = CBK_STR_INIT};
    sink->own.ceiling = MOST_OUTPUT;
    sink->text = &sink->own;
    if (strcmp(redirect->path, "/dev/null") == 0)
        return;
    sink->path = sim_path_resolve(shell->cwd, redirect->path);
    sink->append = redirect->append;
}

/* Writes the file that a sink collected for; sh makes it even when nothing was printed. */
static void flush(struct sim_shell *shell, struct sink *sink)
{
    if (!sink->path)
        return;
    CBK_STR(whole);
    json_t *before = sim_tree_file(shell->instance, sink->path);
    if (before && sink->append)
        sim_file_content(before, &whole);
    cbk_str_add_bytes(&whole, sink->own.ptr, sink->own.len);
    sim_tree_write(shell->instance, sink->path, whole.ptr, whole.len, sim_world_now(shell->world));
}

static void run_builtin(struct sim_shell *shell, const struct sim_command *command)
{
    if (!command->words.len) {
        shell->status = 0;
        return;
    }
    const char *name = command->words.items[0];
    const struct sim_builtin_row *builtin = find_builtin(name);
    if (builtin) {
        shell->status = builtin->run(shell, command->words.len, command->words.items);
        return;
    }
    CBK_CLEANUP(cbk_string_freep) char *path = sim_shell_path(shell, name);
    json_t *script = strchr(name, '/') ? sim_tree_file(shell->instance, path) : NULL;
    if (script && (sim_node_mode(shell->instance, path) & 0111)) { /* scripts are there, but not run for real */
        shell->status = (int)cbk_json_int(script, "exit_code", 0);
        return;
    }
    shell->status = script ? 126 : 127;
    cbk_str_addf(shell->err, "sh: 1: %s: %s\n", name, script ? "Permission denied" : "not found");
}

static void run_command(struct sim_shell *shell, const struct sim_command *command, struct cbk_str *screen)
{
    struct sink sinks[2] = {{.text = screen, .own = CBK_STR_INIT}, {.text = screen, .own = CBK_STR_INIT}};
    for (size_t i = 0; i < command->redirects.len; i++) { /* from left to right, as sh does */
        const struct sim_redirect *redirect = &command->redirects.items[i];
        struct sink *sink = &sinks[redirect->fd - 1];
        if (redirect->path)
            send_to_file(shell, redirect, sink);
        else
            sink->text = sinks[redirect->to_fd - 1].text;
    }
    shell->out = sinks[0].text;
    shell->err = sinks[1].text;
    run_builtin(shell, command);
    for (size_t i = 0; i < 2; i++) {
        flush(shell, &sinks[i]);
        sink_release(&sinks[i]);
    }
}

int sim_shell_run(struct sim_world *world, json_t *instance, const char *script, struct cbk_str *output)
{
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(sim_commands_free) struct sim_commands commands = {0};
    struct sim_shell shell = {.world = world, .instance = instance, .cwd = "/root"};
    CBK_JSON *text = json_string(script);
    if (!text) { /* file names are keys of the world, and those are UTF-8 */
        cbk_str_add(output, "sh: 1: Syntax error: Invalid multibyte sequence\n");
        return 2;
    }
    if (sim_shell_parse(arena, script, &commands, &err) < 0) {
        cbk_str_addf(output, "sh: 1: %s\n", err.message);
        return 2;
    }
    for (size_t i = 0; i < commands.len && !shell.exited; i++) {
        const struct sim_command *command = &commands.items[i];
        bool runs = command->join == SIM_JOIN_ALWAYS || (command->join == SIM_JOIN_AND) == (shell.status == 0);
        if (runs)
            run_command(&shell, command, output);
    }
    return shell.status;
}

static bool only_looks(const struct sim_command *command)
{
    for (size_t i = 0; i < command->redirects.len; i++) {
        const char *path = command->redirects.items[i].path;
        if (path && strcmp(path, "/dev/null") != 0)
            return false;
    }
    const struct sim_builtin_row *builtin = command->words.len ? find_builtin(command->words.items[0]) : NULL;
    return builtin && builtin->looks;
}

bool sim_shell_only_looks(const char *script)
{
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(sim_commands_free) struct sim_commands commands = {0};
    if (sim_shell_parse(arena, script, &commands, &err) < 0)
        return false; /* what cannot be read may do anything */
    for (size_t i = 0; i < commands.len; i++)
        if (!only_looks(&commands.items[i]))
            return false;
    return true;
}

char *sim_shell_path(const struct sim_shell *shell, const char *path)
{
    return sim_path_resolve(shell->cwd, path);
}

int sim_shell_complain(struct sim_shell *shell, const char *start, const char *path, const char *why)
{
    cbk_str_addf(shell->err, "%s'%s': %s\n", start, path, why);
    return 1;
}

int sim_shell_each(struct sim_shell *shell, size_t argc, const char *const *argv, size_t first, const char *context,
                   int (*each)(struct sim_shell *shell, const char *operand, const char *context))
{
    int status = 0;
    for (size_t i = first; i < argc; i++)
        if (each(shell, argv[i], context) != 0)
            status = 1;
    return status;
}

int sim_shell_missing(struct sim_shell *shell, const char *name)
{
    cbk_str_addf(shell->err, "%s: missing operand\nTry '%s --help' for more information.\n", name, name);
    return 1;
}

size_t sim_shell_options(struct sim_shell *shell, size_t argc, const char *const *argv, const char *known,
                         unsigned *ret_flags)
{
    *ret_flags = 0;
    for (size_t i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return i + 1;
        if (argv[i][0] != '-' || !argv[i][1])
            return i;
        for (const char *c = argv[i] + 1; *c; c++) {
            const char *at = strchr(known, *c);
            if (!at) {
                cbk_str_addf(shell->err, "%s: invalid option -- '%c'\n", argv[0], *c);
                return 0;
            }
            *ret_flags |= 1U << (at - known);
        }
    }
    return argc;
}

int sim_machine_run(struct sim_world *world, json_t *instance, const char *script, struct cbk_str *output)
{
    return sim_shell_run(world, instance, script, output);
}

void sim_machine_reboot(struct sim_world *world, json_t *instance)
{
    static const char *const emptied[] = {"/tmp", "/run"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(emptied); i++)
        sim_tree_remove(instance, emptied[i]);
    json_object_set_new(instance, "booted", json_integer(sim_world_now(world)));
    if (cbk_json_bool(instance, "assistant_installed", false)) {
        json_object_set_new(instance, "assistant", json_string("online"));
        json_object_del(instance, "assistant_installed");
    }
}
