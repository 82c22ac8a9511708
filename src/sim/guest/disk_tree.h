/*
 * The files of a virtual instance: {path: {mode, owner, content}} as the world file has them. Binary content stands in
 * "base64" instead of "content". Directories need not be listed: every parent of a file is one, and so are the usual
 * ones of a Linux system.
 */
#ifndef CBK_SIM_DISK_TREE_H
#define CBK_SIM_DISK_TREE_H

#include "base/json.h"

enum sim_node { SIM_NODE_NONE, SIM_NODE_FILE, SIM_NODE_DIRECTORY };

/* "/tmp/../x" from "/root" is "/x". The caller frees. */
char *sim_path_resolve(const char *from, const char *path);

/* What stands at an absolute, resolved path. */
enum sim_node sim_tree_kind(const json_t *instance, const char *path);
/* The file's record, or NULL. Borrowed. */
json_t *sim_tree_file(const json_t *instance, const char *path);
/* Replaces or makes a file; what was there keeps mode and owner, a new one gets 0644 root. */
json_t *sim_tree_write(json_t *instance, const char *path, const void *bytes, size_t len, int64_t now);
void sim_tree_make_directory(json_t *instance, const char *path);
/* Takes a file out, or a directory with all in it. */
void sim_tree_remove(json_t *instance, const char *path);
/* Adds the bytes of a file. */
void sim_file_content(const json_t *file, struct cbk_str *out);

/* 0700 of "0700". Directories that are not listed are 0755, /tmp 01777. */
unsigned sim_node_mode(const json_t *instance, const char *path);
/* The names before and after the colon of an owner; "root" where nothing is said. The caller frees. */
char *sim_node_user(const json_t *instance, const char *path);
char *sim_node_group(const json_t *instance, const char *path);
/* The number of a user or group of that name. */
unsigned sim_user_number(const char *name);

#endif
