/* export: what lives in the account, as a stack. */
#include "engine/export.h"
#include "base/file.h"
#include "cli/interrupt.h"
#include "cli/session.h"
#include "config/emit.h"
#include "config/include.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* The stack's region where there is one, else the environment's, under the names that the vendor's tools know. */
static const char *region_of(const struct cbk_session *session)
{
    static const char *const names[] = {"ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID"};
    if (session->stack)
        return session->stack->region;
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        const char *region = getenv(names[i]);
        if (region && *region)
            return region;
    }
    return NULL;
}

static bool is_stack(const char *dir)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, CBK_STACK_FILE);
    return access(path, F_OK) == 0;
}

static void add_yaml(const struct cbk_export *export, struct cbk_str *out)
{
    cbk_str_add(out, "# What lives in the account, as 'cbk export' read it: a plan adopts it, and changes nothing.\n"
                     "# Scripts and snapshot jobs cannot be read back: declare them where application consistency is "
                     "wanted.\n");
    size_t index;
    json_t *note;
    json_array_foreach(export->notes, index, note) {
        cbk_str_add(out, "# ");
        cbk_str_add_visible(out, json_string_value(note));
        cbk_str_add_char(out, '\n');
    }
    const char *key;
    json_t *value;
    json_object_foreach(export->stack, key, value) {
        CBK_JSON *section = json_pack("{s:O}", key, value);
        if (!json_is_integer(value) && !json_is_string(value))
            cbk_str_add_char(out, '\n');
        cbk_yaml_add(out, section, 0);
    }
}

static int check_free(const char *path, struct cbk_error *err)
{
    struct stat st;
    if (lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    (void)cbk_fail(err, CBK_E_CONFLICT, "'%s' exists already, nothing was written", path);
    return cbk_error_hint(err, "name another directory after --out");
}

static int save(const char *dir, const struct cbk_str *yaml, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, CBK_STACK_FILE);
    int r = check_free(path, err);
    if (r == 0)
        r = cbk_dir_make(dir, err);
    if (r == 0)
        r = cbk_file_replace(path, yaml->ptr, yaml->len, 0644, err);
    if (r < 0)
        return r;
    CBK_STR(text);
    cbk_str_addf(&text, "The stack is in '%s'.\n", path);
    return cbk_cli_write(&text, err);
}

static int open_cloud(struct cbk_session *session, struct cbk_error *err)
{
    const char *region = region_of(session), *endpoint = getenv("CBK_ENDPOINT");
    if (!region) {
        (void)cbk_fail(err, CBK_E_USAGE, "of which region is not known");
        return cbk_error_hint(err, "set ALIBABA_CLOUD_REGION, or name the directory of a stack by -C");
    }
    const struct cbk_cloud_options options = {.region = region, .endpoint = endpoint && *endpoint ? endpoint : NULL};
    int r = cbk_cloud_new(&options, &session->cloud, err);
    if (r == 0)
        cbk_interrupt_stops(session->cloud);
    return r;
}

static int export_account(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_export_release) struct cbk_export export = {0};
    CBK_STR(yaml);
    int r = open_cloud(session, err);
    const struct cbk_export_input input = {
        .cloud = session->cloud, .region = region_of(session), .stack_name = "exported", .sections = &cli->args->words};
    if (r == 0)
        r = cbk_export_make(&input, &export, err);
    if (r < 0)
        return r;
    add_yaml(&export, &yaml);
    return cli->args->out ? save(cli->args->out, &yaml, err) : cbk_cli_write(&yaml, err);
}

static int run_export(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    if (is_stack(cli->args->dir ? cli->args->dir : ".") && cbk_session_load(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    return export_account(cli, &session, &err) < 0 ? cbk_cli_fail(&err) : CBK_EXIT_OK;
}

const struct cbk_command cbk_command_export = {
    .name = "export",
    .words = "[SECTION...]",
    .max_words = SIZE_MAX,
    .summary = "write a stack for what lives in the account",
    .options = CBK_OPT_INPUTS | CBK_OPT_OUT,
    .run = run_export,
};
