/* Builtins that tell about the machine: id, uname, hostname, lsblk, findmnt, mount. */
#include "sim/guest/mounts.h"
#include "sim/guest/shell.h"

#include <string.h>

static int run_id(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    bool number = argc > 1 && strcmp(argv[1], "-u") == 0;
    cbk_str_add(shell->out, number ? "0\n" : "uid=0(root) gid=0(root) groups=0(root)\n");
    return 0;
}

static int run_uname(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    const char *name = cbk_json_text_or(shell->instance, "name", "");
    const char *option = argc > 1 ? argv[1] : "-s";
    if (strcmp(option, "-a") == 0)
        cbk_str_addf(shell->out, "Linux %s 5.10.134-16.al8.x86_64 #1 SMP x86_64 GNU/Linux\n", name);
    else if (strcmp(option, "-r") == 0)
        cbk_str_add(shell->out, "5.10.134-16.al8.x86_64\n");
    else if (strcmp(option, "-m") == 0)
        cbk_str_add(shell->out, "x86_64\n");
    else
        cbk_str_add(shell->out, "Linux\n");
    return 0;
}

static int run_hostname(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    (void)argc;
    (void)argv;
    cbk_str_addf(shell->out, "%s\n", cbk_json_text_or(shell->instance, "name", ""));
    return 0;
}

static const char *column(const json_t *mount, const char *name, size_t len)
{
    static const struct {
        const char *column, *key;
    } columns[] = {{"SOURCE", "source"}, {"FSTYPE", "filesystem"}, {"TARGET", "mount"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(columns); i++)
        if (strlen(columns[i].column) == len && strncmp(columns[i].column, name, len) == 0)
            return cbk_json_text_or(mount, columns[i].key, "");
    return len == 7 && strncmp(name, "OPTIONS", 7) == 0 ? "rw,relatime" : NULL;
}

static bool add_columns(struct sim_shell *shell, const json_t *mount, const char *columns)
{
    for (const char *at = columns; *at; at += strspn(at, ",")) {
        size_t len = strcspn(at, ",");
        const char *text = column(mount, at, len);
        if (!text) {
            cbk_str_addf(shell->err, "findmnt: unknown column: %.*s\n", (int)len, at);
            return false;
        }
        cbk_str_addf(shell->out, "%s%s", at == columns ? "" : " ", text);
        at += len;
    }
    cbk_str_add_char(shell->out, '\n');
    return true;
}

static int run_findmnt(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    const char *columns = "TARGET,SOURCE,FSTYPE,OPTIONS";
    bool headings = true;
    for (size_t i = 1; i < argc; i++) {
        size_t len = strlen(argv[i]);
        headings = headings && !(argv[i][0] == '-' && strchr(argv[i], 'n'));
        if (argv[i][0] == '-' && len > 1 && argv[i][len - 1] == 'o' && i + 1 < argc)
            columns = argv[++i];
    }
    if (headings) {
        CBK_CLEANUP(cbk_string_freep) char *titles = cbk_strdup(columns);
        for (char *c = titles; *c; c++)
            if (*c == ',')
                *c = ' ';
        cbk_str_addf(shell->out, "%s\n", titles);
    }
    size_t index;
    json_t *mount;
    CBK_JSON *list = sim_guest_mounts(shell->instance);
    json_array_foreach(list, index, mount)
        if (!add_columns(shell, mount, columns))
            return 1;
    return 0;
}

static int run_mount(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    (void)argc;
    (void)argv;
    size_t index;
    json_t *mount;
    CBK_JSON *list = sim_guest_mounts(shell->instance);
    json_array_foreach(list, index, mount)
        cbk_str_addf(shell->out, "%s on %s type %s (rw,relatime)\n", cbk_json_text_or(mount, "source", ""),
                     cbk_json_text_or(mount, "mount", ""), cbk_json_text_or(mount, "filesystem", ""));
    return 0;
}

static int run_lsblk(struct sim_shell *shell, size_t argc, const char *const *argv)
{
    (void)argc;
    (void)argv;
    size_t index;
    json_t *mount;
    CBK_JSON *list = sim_guest_mounts(shell->instance);
    cbk_str_add(shell->out, "NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT\n");
    json_array_foreach(list, index, mount) {
        const char *source = cbk_json_text_or(mount, "source", "");
        if (!cbk_str_starts_with(source, "/dev/"))
            continue;
        size_t len = strcspn(source + 5, "0123456789");
        bool has_partition = source[5 + len];
        const char *target = cbk_json_text_or(mount, "mount", "");
        long long size = cbk_json_int(mount, "size_gib", 0);
        cbk_str_addf(shell->out, "%-6.*s 254:%-4zu 0 %4lldG  0 disk %s\n", (int)len, source + 5, index * 16, size,
                     has_partition ? "" : target);
        if (has_partition)
            cbk_str_addf(shell->out, "`-%-4s 254:%-4zu 0 %4lldG  0 part %s\n", source + 5, index * 16 + 1, size,
                         target);
    }
    return 0;
}

const struct sim_builtin_row sim_builtins_system[] = {
    {"id", run_id, true},       {"uname", run_uname, true},     {"hostname", run_hostname, true},
    {"lsblk", run_lsblk, true}, {"findmnt", run_findmnt, true}, {"mount", run_mount, true},
    {NULL, NULL, false},
};
