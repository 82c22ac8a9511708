#include "kinds/guest_mount.h"

#include <string.h>

/* -r: one line a mount, with spaces inside of fields escaped; -t no...: all types but these. */
const char cbk_guest_mount_command[] =
    "findmnt -rn -t "
    "nooverlay,tmpfs,devtmpfs,ramfs,proc,sysfs,cgroup,cgroup2,devpts,mqueue,hugetlbfs,debugfs,tracefs,"
    "securityfs,pstore,bpf,configfs,fusectl,nsfs,binfmt_misc,autofs,rpc_pipefs,efivarfs,selinuxfs,squashfs "
    "-o SOURCE,FSTYPE,TARGET";

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* findmnt writes what would break its lines as \x20. */
static void unescape(char *text)
{
    unsigned char *to = (unsigned char *)text;
    for (const char *from = text; *from; to++) {
        int high = from[0] == '\\' && from[1] == 'x' ? hex_digit(from[2]) : -1;
        int low = high >= 0 ? hex_digit(from[3]) : -1;
        *to = (unsigned char)(low >= 0 ? high * 16 + low : *from);
        from += low >= 0 ? 4 : 1;
    }
    *to = '\0';
}

static char *take_field(char **at)
{
    char *field = *at;
    char *end = field + strcspn(field, " ");
    *at = *end ? end + 1 : end;
    *end = '\0';
    unescape(field);
    return field;
}

void cbk_guest_mount_take(char *line, json_t *mounts)
{
    char *at = line;
    char *source = take_field(&at), *type = take_field(&at), *target = take_field(&at);
    if (!*source || !*type || *target != '/')
        return;
    char *part = strchr(source, '[');
    if (part && cbk_str_starts_with(source, "/dev/")) /* "/dev/vda1[/var/lib]": a part of what is on it, once more */
        *part = '\0';
    json_t *mount = json_pack("{s:s, s:s, s:s}", "source", source, "type", type, "target", target);
    if (mount) /* else it is not UTF-8 */
        json_array_append_new(mounts, mount);
}
