/* The check of what is mounted: every file system on a disk can be frozen, and nothing is shared with other machines.
 */
#include "engine/check_rows.h"
#include "kinds/guest.h"

#include <string.h>
#include <strings.h>

enum verdict { FINE, IGNORED, SHARED, DOUBTFUL, UNSUPPORTED };

/* File systems by what they mean. Source of the fine ones: the vendor's page (2025-11). "NAME*" is all that begin so.
 */
static const struct type_row {
    const char *type;
    enum verdict verdict;
} types[] = {
    {"ext3", FINE},
    {"ext4", FINE},
    {"xfs", FINE},
    {"ntfs", FINE},
    {"ntfs3", FINE},
    {"iso9660", IGNORED},
    {"udf", IGNORED},
    {"squashfs", IGNORED},
    {"erofs", IGNORED}, /* read-only images */
    {"nfs", SHARED},
    {"nfs4", SHARED},
    {"cifs", SHARED},
    {"smb3", SHARED},
    {"smbfs", SHARED},
    {"afs", SHARED},
    {"ceph", SHARED},
    {"glusterfs", SHARED},
    {"lustre", SHARED},
    {"gpfs", SHARED},
    {"beegfs", SHARED},
    {"cpfs", SHARED},
    {"9p", SHARED},
    {"virtiofs", SHARED},
    {"ocfs2", SHARED},
    {"gfs2", SHARED},
    {"orangefs", SHARED},
    {"fuse.sshfs", SHARED},
    {"fuse.ossfs*", SHARED},
    {"fuse.s3fs", SHARED},
    {"fuse.glusterfs", SHARED},
    {"fuse.juicefs", SHARED},
    {"fuse.rclone", SHARED},
    {"fuse.ceph*", SHARED},
    {"fuse.aliyun-alinas*", SHARED},
};

static bool is_on_disk(const json_t *mount)
{
    const char *source = cbk_json_text_or(mount, "source", "");
    return cbk_str_starts_with(source, "/dev/") && strcmp(source, "/dev/fuse") != 0;
}

static bool is_remote(const json_t *mount)
{
    const char *source = cbk_json_text_or(mount, "source", "");
    return cbk_str_starts_with(source, "//") || strstr(source, ":/");
}

/* The firmware's own partition is FAT on every machine that boots by UEFI. Nothing in it belongs to an application, and
 * the vendor's list does not mention it: taken to do no harm (U). */
static bool is_firmware(const json_t *mount)
{
    const char *target = cbk_json_text_or(mount, "target", "");
    return strcmp(cbk_json_text_or(mount, "type", ""), "vfat") == 0 &&
           (strcmp(target, "/boot/efi") == 0 || strcmp(target, "/efi") == 0 || strcmp(target, "/boot") == 0);
}

static enum verdict judge(const json_t *mount)
{
    const char *type = cbk_json_text_or(mount, "type", "");
    for (size_t i = 0; i < CBK_ARRAY_LEN(types); i++)
        if (cbk_str_glob(types[i].type, type))
            return types[i].verdict;
    if (is_remote(mount))
        return SHARED;
    if (!is_on_disk(mount))
        return IGNORED;
    return is_firmware(mount) ? DOUBTFUL : UNSUPPORTED;
}

static char *complain(const json_t *mount, enum verdict verdict)
{
    const char *type = cbk_json_text_or(mount, "type", ""), *target = cbk_json_text_or(mount, "target", "");
    if (verdict == SHARED)
        return cbk_strf("%s at '%s' is a network or shared file system", type, target);
    if (verdict == UNSUPPORTED)
        return cbk_strf("the file system at '%s' is %s, not ext3, ext4, xfs or ntfs", target, type);
    return NULL;
}

/* The plugin fails where a device is mounted more than once, be it a part of it (a bind mount). */
static char *check_repeated(const json_t *mounts)
{
    CBK_JSON *seen = json_object();
    size_t index;
    json_t *mount;
    json_array_foreach((json_t *)mounts, index, mount) {
        const char *source = cbk_json_text_or(mount, "source", "");
        if (!is_on_disk(mount) || judge(mount) == IGNORED)
            continue;
        const char *target = cbk_json_text_or(mount, "target", ""), *first = cbk_json_text(seen, source);
        if (first)
            return cbk_strf("%s is mounted twice, at '%s' and at '%s'", source, first, target);
        json_object_set_new(seen, source, json_string(target));
    }
    return NULL;
}

char *cbk_check_mounts(const struct cbk_check_subject *subject, enum cbk_level *falls_to)
{
    (void)falls_to;
    const json_t *seen = cbk_env_guest(subject->checker->env, subject->instance->id);
    const json_t *mounts = json_object_get(seen, "mounts");
    if (!mounts)
        return cbk_strf("its file systems cannot be read: %s", cbk_json_text_or(seen, "error", "findmnt does not run"));
    size_t index;
    json_t *mount;
    json_array_foreach((json_t *)mounts, index, mount) {
        char *complaint = complain(mount, judge(mount));
        if (complaint)
            return complaint;
    }
    return check_repeated(mounts);
}
