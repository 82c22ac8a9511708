#include "sim/guest/disk_tree.h"

#include "base/digest.h"

#include <string.h>

static const char *const usual_directories[] = {"/",          "/bin", "/boot",    "/dev",     "/etc",    "/home",
                                                "/lib",       "/mnt", "/opt",     "/proc",    "/root",   "/run",
                                                "/sbin",      "/srv", "/sys",     "/tmp",     "/usr",    "/usr/bin",
                                                "/usr/local", "/var", "/var/lib", "/var/log", "/var/tmp"};

char *sim_path_resolve(const char *from, const char *path)
{
    CBK_STR(out);
    CBK_CLEANUP(cbk_string_freep) char *whole = *path == '/' ? cbk_strdup(path) : cbk_strf("%s/%s", from, path);
    for (const char *at = whole; *at;) {
        at += strspn(at, "/");
        size_t len = strcspn(at, "/");
        if (len == 2 && strncmp(at, "..", 2) == 0) {
            while (out.len && out.ptr[--out.len] != '/')
                ;
            if (out.cap)
                out.ptr[out.len] = '\0';
        } else if (len && !(len == 1 && *at == '.')) {
            cbk_str_add_char(&out, '/');
            cbk_str_add_bytes(&out, at, len);
        }
        at += len;
    }
    if (!out.len)
        cbk_str_add_char(&out, '/');
    return cbk_str_detach(&out);
}

static json_t *files_of(const json_t *instance)
{
    return json_object_get(instance, "files");
}

static bool lies_in(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    return strcmp(directory, "/") == 0 || (strncmp(path, directory, len) == 0 && path[len] == '/');
}

enum sim_node sim_tree_kind(const json_t *instance, const char *path)
{
    const char *other;
    json_t *file = json_object_get(files_of(instance), path);
    if (file)
        return cbk_json_bool(file, "directory", false) ? SIM_NODE_DIRECTORY : SIM_NODE_FILE;
    for (size_t i = 0; i < CBK_ARRAY_LEN(usual_directories); i++)
        if (strcmp(path, usual_directories[i]) == 0)
            return SIM_NODE_DIRECTORY;
    json_object_foreach(files_of(instance), other, file)
        if (lies_in(other, path))
            return SIM_NODE_DIRECTORY;
    size_t index;
    json_t *disk;
    json_array_foreach(json_object_get(instance, "disks"), index, disk)
        if (cbk_str_equal(cbk_json_text(disk, "mount"), path))
            return SIM_NODE_DIRECTORY;
    return SIM_NODE_NONE;
}

json_t *sim_tree_file(const json_t *instance, const char *path)
{
    return sim_tree_kind(instance, path) == SIM_NODE_FILE ? json_object_get(files_of(instance), path) : NULL;
}

/* The bytes as text where they are text, else in Base64. */
static void set_content(json_t *file, const void *bytes, size_t len)
{
    json_t *text = memchr(bytes, '\0', len) ? NULL : json_stringn(bytes, len);
    json_object_del(file, "base64");
    json_object_del(file, "content");
    if (text) {
        json_object_set_new(file, "content", text);
        return;
    }
    CBK_STR(encoded);
    cbk_base64_add(&encoded, bytes, len);
    json_object_set_new(file, "base64", json_string(encoded.ptr));
}

json_t *sim_tree_write(json_t *instance, const char *path, const void *bytes, size_t len, int64_t now)
{
    json_t *files = files_of(instance), *file = json_object_get(files, path);
    if (!file) {
        file = json_pack("{ss ss}", "mode", "0644", "owner", "root");
        json_object_set_new(files, path, file);
    }
    set_content(file, bytes, len);
    json_object_set_new(file, "modified", json_integer(now));
    return file;
}

void sim_tree_make_directory(json_t *instance, const char *path)
{
    if (sim_tree_kind(instance, path) == SIM_NODE_NONE)
        json_object_set_new(files_of(instance), path,
                            json_pack("{sb ss ss}", "directory", 1, "mode", "0755", "owner", "root"));
}

void sim_tree_remove(json_t *instance, const char *path)
{
    const char *other;
    json_t *file;
    void *next;
    json_object_foreach_safe(files_of(instance), next, other,
                             file) if (strcmp(other, path) == 0 || lies_in(other, path))
        json_object_del(files_of(instance), other);
}

void sim_file_content(const json_t *file, struct cbk_str *out)
{
    const json_t *content = json_object_get(file, "content");
    const char *encoded = cbk_json_text(file, "base64");
    if (content)
        cbk_str_add_bytes(out, json_string_value(content), json_string_length(content));
    else if (encoded)
        (void)cbk_base64_decode(encoded, strlen(encoded), out);
}

unsigned sim_node_mode(const json_t *instance, const char *path)
{
    const char *mode = cbk_json_text(json_object_get(files_of(instance), path), "mode");
    if (mode)
        return (unsigned)strtoul(mode, NULL, 8) & 07777;
    return strcmp(path, "/tmp") == 0 || strcmp(path, "/var/tmp") == 0 ? 01777
           : strcmp(path, "/root") == 0                               ? 0700
                                                                      : 0755;
}

static const char *owner_of(const json_t *instance, const char *path)
{
    return cbk_json_text_or(json_object_get(files_of(instance), path), "owner", "root");
}

char *sim_node_user(const json_t *instance, const char *path)
{
    const char *owner = owner_of(instance, path);
    return cbk_strndup(owner, strcspn(owner, ":"));
}

char *sim_node_group(const json_t *instance, const char *path)
{
    const char *owner = owner_of(instance, path);
    const char *colon = strchr(owner, ':');
    return cbk_strdup(colon ? colon + 1 : owner);
}

unsigned sim_user_number(const char *name)
{
    static const struct {
        const char *name;
        unsigned number;
    } known[] = {{"root", 0}, {"daemon", 1}, {"bin", 2}, {"mysql", 27}, {"postgres", 26}, {"nobody", 65534}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    if (*name && strspn(name, "0123456789") == strlen(name))
        return (unsigned)strtoul(name, NULL, 10);
    return 1000;
}
