#include "sim/real/mounts.h"

#include "base/file.h"
#include "sim/real/loop.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Blanks and the like stand in there as "\040". */
static char *unescape(const char *text, size_t len)
{
    CBK_STR(out);
    for (size_t i = 0; i < len; i++) {
        bool escaped = text[i] == '\\' && i + 3 < len && strspn(text + i + 1, "01234567") >= 3;
        if (!escaped) {
            cbk_str_add_char(&out, text[i]);
            continue;
        }
        const char digits[] = {text[i + 1], text[i + 2], text[i + 3], '\0'};
        cbk_str_add_char(&out, (char)strtol(digits, NULL, 8));
        i += 3;
    }
    return cbk_str_detach(&out);
}

/* "36 35 98:0 /in/the/filesystem /mount/point rw,noatime ..." */
char *sim_mounts_point(const char *line, unsigned device_major, unsigned device_minor)
{
    CBK_CLEANUP(cbk_string_freep) char *device = cbk_strf("%u:%u", device_major, device_minor);
    const char *field = line;
    for (int i = 0; i < 4; i++) {
        size_t len = strcspn(field, " ");
        if (!field[len] || (i == 2 && (len != strlen(device) || strncmp(field, device, len) != 0)))
            return NULL;
        field += len + 1;
    }
    return unescape(field, strcspn(field, " "));
}

static bool device_of(const char *image, dev_t *ret)
{
    struct stat stat_of_device;
    CBK_CLEANUP(cbk_fd_closep) int fd = -1;
    CBK_CLEANUP(cbk_string_freep) char *device = sim_loop_find(image, &fd);
    if (!device || fstat(fd, &stat_of_device) < 0)
        return false;
    *ret = stat_of_device.st_rdev;
    return true;
}

/* Adds where that device is mounted to `points`; answers how often it is. */
static size_t add_points(const char *mountinfo, dev_t device, json_t *points)
{
    size_t found = 0;
    for (const char *line = mountinfo; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        CBK_CLEANUP(cbk_string_freep) char *whole = cbk_strndup(line, strcspn(line, "\n"));
        CBK_CLEANUP(cbk_string_freep) char *point = sim_mounts_point(whole, major(device), minor(device));
        if (!point)
            continue;
        json_array_append_new(points, json_string(point));
        found++;
    }
    return found;
}

int sim_mounts_find(int pid, const json_t *disks, json_t **ret, struct cbk_error *err)
{
    enum { MOST_BYTES = 1024 * 1024 };
    size_t index, len = 0;
    json_t *disk;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/proc/%d/mountinfo", pid);
    CBK_CLEANUP(cbk_string_freep) char *mountinfo = NULL;
    CBK_JSON *points = json_array();
    int r = cbk_file_read(path, MOST_BYTES, &mountinfo, &len, err);
    if (r < 0)
        return r;
    json_array_foreach(disks, index, disk) {
        dev_t device = 0;
        if (!device_of(cbk_json_text_or(disk, "image", ""), &device))
            continue; /* nobody uses it */
        if (add_points(mountinfo, device, points) > 1)
            return cbk_fail(err, CBK_E_CONFLICT, "the disk '%s' is mounted twice", cbk_json_text_or(disk, "id", ""));
    }
    *ret = cbk_json_sorted_texts(points);
    return 0;
}
