#include "sim/guest/mounts.h"

#include <string.h>

json_t *sim_guest_mounts(const json_t *instance)
{
    size_t index;
    json_t *disk;
    json_t *list = json_array();
    json_array_foreach(json_object_get(instance, "disks"), index, disk) {
        const char *device = cbk_json_text_or(disk, "device", ""), *at = strstr(device, "xvd");
        if (!cbk_json_text(disk, "mount"))
            continue;
        /* The API says /dev/xvda; the guest knows it as /dev/vda, and the system disk has a partition. */
        CBK_CLEANUP(cbk_string_freep)
        char *source = cbk_strf("%s%s%s", at ? "/dev/" : "", at ? at + 1 : device,
                                strcmp(cbk_json_text_or(disk, "type", ""), "system") == 0 ? "1" : "");
        json_array_append_new(list, json_pack("{ss ss ss sI}", "source", source, "filesystem",
                                              cbk_json_text_or(disk, "filesystem", "ext4"), "mount",
                                              cbk_json_text(disk, "mount"), "size_gib",
                                              (json_int_t)cbk_json_int(disk, "size_gib", 0)));
    }
    json_array_extend(list, json_object_get(instance, "mounts"));
    return list;
}
