#include "config/config.h"

#include "base/digest.h"
#include "config/include.h"
#include "config/interpolate.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

struct file {
    char *text; /* owned */
    const char *path;
    size_t len;
    char digest[CBK_SHA256_HEX + 1];
};

struct cbk_config {
    char *dir;
    const struct cbk_files *files;
    struct cbk_files *own_files; /* those of `dir`; NULL: others were given */
    struct cbk_arena *arena;
    struct cbk_doc_vec docs; /* cbk.yaml first, then what it includes, then files of variables */
    json_t *root;
    const struct cbk_place *place;
    struct cbk_map *sensitive; /* pointers as keys */
    json_t *given;             /* variables from outside; owned */
    pthread_mutex_t lock;      /* guards what follows, and the arena: scripts are sent by many threads */
    struct cbk_map *read;      /* name -> struct file *, in the arena */
    struct cbk_map *readers;   /* pointer of the value that named it -> struct file * */
};

void cbk_config_free(struct cbk_config *config)
{
    if (!config)
        return;
    CBK_MAP_FOREACH(entry, config->read) {
        struct file *file = cbk_map_entry_value(entry);
        free(file->text);
    }
    cbk_map_free(config->read);
    cbk_map_free(config->readers);
    cbk_map_free(config->sensitive);
    json_decref(config->root);
    json_decref(config->given);
    for (size_t i = 0; i < config->docs.len; i++)
        cbk_doc_free(config->docs.items[i]);
    cbk_doc_vec_release(&config->docs);
    cbk_arena_free(config->arena);
    cbk_files_free(config->own_files);
    (void)pthread_mutex_destroy(&config->lock);
    free(config->dir);
    free(config);
}

static struct cbk_config *new_config(const struct cbk_config_options *options)
{
    struct cbk_config *config = CBK_NEW(struct cbk_config);
    config->dir = cbk_strdup(options->dir ? options->dir : ".");
    config->own_files = options->files ? NULL : cbk_files_of_dir(config->dir, options->work_tree);
    config->files = options->files ? options->files : config->own_files;
    config->arena = cbk_arena_new();
    config->sensitive = cbk_map_new();
    (void)pthread_mutex_init(&config->lock, NULL);
    config->read = cbk_map_new();
    config->readers = cbk_map_new();
    return config;
}

/* Reads a file into the config's documents. When it cannot be read at all, the error stands at `span`. */
static int read_doc(struct cbk_config *config, const char *name, enum cbk_files_reach reach, struct cbk_span span,
                    struct cbk_errors *errors)
{
    struct cbk_doc *doc = NULL;
    int r = cbk_doc_read_from(config->files, name, reach, &doc, errors);
    if (doc)
        cbk_doc_vec_push(&config->docs, doc);
    else
        cbk_error_locate(&errors->list.items[errors->list.len - 1], span);
    return r;
}

static int find_stack(const struct cbk_files *files, struct cbk_error *err)
{
    enum cbk_files_kind kind = CBK_FILES_NOTHING, place = CBK_FILES_NOTHING;
    int r = cbk_files_look(files, CBK_STACK_FILE, CBK_FILES_WHOLE, &kind, err);
    if (r == 0)
        r = cbk_files_look(files, "", CBK_FILES_START, &place, err);
    if (r < 0 || kind != CBK_FILES_NOTHING)
        return r; /* reading it says what else is wrong */
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_files_path(files, "");
    if (place == CBK_FILES_NOTHING)
        return cbk_fail_errno(err, ENOENT, "cannot open the directory '%s'", dir);
    if (place == CBK_FILES_DIRECTORY)
        cbk_fail(err, CBK_E_NOT_FOUND, "no " CBK_STACK_FILE " in '%s'", dir);
    else
        cbk_fail(err, CBK_E_NOT_FOUND, "'%s' is not a directory", dir);
    return cbk_error_hint(err, "a stack is a directory with a " CBK_STACK_FILE "; -C DIR names another one");
}

static int read_main(struct cbk_config *config, struct cbk_errors *errors)
{
    CBK_ERROR(err);
    if (find_stack(config->files, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    int r = read_doc(config, CBK_STACK_FILE, CBK_FILES_WHOLE, (struct cbk_span){0}, errors);
    if (r < 0)
        return r;
    const struct cbk_doc *doc = config->docs.items[0];
    if (!json_is_null(doc->root))
        return 0;
    return cbk_fail_at(cbk_errors_add(errors), cbk_doc_span(doc, "", false), CBK_E_SCHEMA, "the file is empty");
}

static int read_includes(struct cbk_config *config, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_include_vec_release) struct cbk_include_vec includes = {0};
    int failed = cbk_include_expand(config->files, config->docs.items[0], config->arena, &includes, errors);
    for (size_t i = 0; i < includes.len; i++) {
        int r = read_doc(config, includes.items[i].name, CBK_FILES_START, includes.items[i].span, errors);
        if (r == 0)
            r = cbk_include_refuse(config->docs.items[config->docs.len - 1], errors);
        failed = failed ? failed : r;
    }
    return failed;
}

static int put_variables(struct cbk_config *config, const struct cbk_config_options *options, struct cbk_errors *errors)
{
    CBK_VARIABLES(variables);
    int failed =
        cbk_variables_load(config->root, config->place, options, &config->docs, config->arena, &variables, errors);
    config->given = cbk_variables_given(&variables);
    int r = cbk_interpolate(config->root, config->place, &variables, config->sensitive, errors);
    return failed ? failed : r;
}

int cbk_config_load(const struct cbk_config_options *options, struct cbk_config **ret, struct cbk_errors *errors)
{
    struct cbk_config *config = new_config(options);
    *ret = config;
    int r = read_main(config, errors);
    if (r < 0)
        return r;
    int failed = read_includes(config, errors);
    r = cbk_merge_docs(&config->docs, config->arena, &config->root, &config->place, errors);
    failed = failed ? failed : r;
    if (failed) /* half a stack may miss the declarations of its variables */
        return failed;
    return put_variables(config, options, errors);
}

const json_t *cbk_config_root(const struct cbk_config *config)
{
    return config->root;
}

struct cbk_span cbk_config_span(const struct cbk_config *config, const char *pointer, bool of_key)
{
    return cbk_place_span(config->place, pointer, of_key);
}

bool cbk_config_is_sensitive(const struct cbk_config *config, const char *pointer)
{
    return cbk_map_get(config->sensitive, pointer) != NULL;
}

const json_t *cbk_config_given(const struct cbk_config *config)
{
    return config->given;
}

const char *cbk_config_dir(const struct cbk_config *config)
{
    return config->dir;
}

char *cbk_config_digest(const struct cbk_config *config)
{
    CBK_JSON *files = json_object();
    CBK_MAP_FOREACH(entry, config->read) {
        const struct file *file = cbk_map_entry_value(entry);
        json_object_set_new(files, cbk_map_entry_key(entry), json_string(file->digest));
    }
    CBK_JSON *all = json_pack("{s:O, s:O}", "files", files, "root", config->root);
    return cbk_json_digest(all);
}

static int read_file(struct cbk_config *config, const char *name, size_t limit, struct file **ret,
                     struct cbk_error *err)
{
    char *text = NULL;
    size_t len = 0;
    int r = cbk_files_read(config->files, name, CBK_FILES_WHOLE, limit, &text, &len, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_files_path(config->files, name);
    struct file *file = CBK_ARENA_NEW(config->arena, struct file);
    file->text = text;
    file->path = cbk_arena_strdup(config->arena, path);
    file->len = len;
    cbk_sha256_hex(text, len, file->digest);
    cbk_map_set(config->read, name, file);
    *ret = file;
    return 0;
}

static int find_file(struct cbk_config *config, const char *pointer, const char *name, size_t limit, struct file **ret,
                     struct cbk_error *err)
{
    struct file *file = cbk_map_get(config->read, name);
    int r = file ? 0 : read_file(config, name, limit, &file, err);
    if (r == 0 && file->len > limit) /* read before under a higher limit */
        r = cbk_fail(err, CBK_E_LIMIT, "'%s' is larger than %zu bytes", name, limit);
    if (r < 0)
        return cbk_error_locate(err, cbk_config_span(config, pointer, false));
    cbk_map_set(config->readers, pointer, file);
    *ret = file;
    return 0;
}

int cbk_config_read_file(struct cbk_config *config, const char *pointer, const char *name, size_t limit,
                         const char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    struct file *file = NULL;
    (void)pthread_mutex_lock(&config->lock);
    int r = find_file(config, pointer, name, limit, &file, err);
    (void)pthread_mutex_unlock(&config->lock);
    if (!file)
        return r;
    *ret_text = file->text;
    *ret_len = file->len;
    return 0;
}

void cbk_config_each_file(const struct cbk_config *config, const char *pointer,
                          void (*visit)(void *context, const char *path, const char *text, size_t len), void *context)
{
    size_t len = strlen(pointer);
    CBK_MAP_FOREACH(entry, config->readers) {
        const struct file *file = cbk_map_entry_value(entry);
        const char *reader = cbk_map_entry_key(entry);
        if (strncmp(reader, pointer, len) == 0 && (!reader[len] || reader[len] == '/'))
            visit(context, file->path, file->text, file->len);
    }
}

void cbk_config_files_read(const struct cbk_config *config, struct cbk_strings *ret)
{
    for (size_t i = 0; i < config->docs.len; i++)
        cbk_strings_push(ret, config->docs.items[i]->source->path);
    CBK_MAP_FOREACH(entry, config->read) {
        const struct file *file = cbk_map_entry_value(entry);
        cbk_strings_push(ret, file->path);
    }
}
