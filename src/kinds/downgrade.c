#include "kinds/downgrade.h"

#include "base/owned.h"
#include "base/str.h"

/* HBR.NoRamRoleBound has been seen in the vendor's answers. The others are assumed, after the agent's log and the
 * prerequisites (U): should the cloud spell them otherwise, they are reasons that nobody here knows. */
static const struct downgrade {
    const char *reason, *words;
} downgrades[] = {
    {"HBR.NoRamRoleBound", "the instance did not carry the role"},
    {"HBR.RamRoleNotTrusted", "its role does not trust ECS"},
    {"HBR.RamRoleNoPermission", "its role may not do what the plugin does"},
    {"HBR.InstanceNotRunning", "it was not running"},
    {"HBR.RegionNotSupported", "the region does not offer more"},
    {"HBR.OsNotSupported", "its operating system is not supported"},
    {"HBR.SnapshotGroupEnabled", "a snapshot group was asked for"},
    {"HBR.CloudAssistantNotRunning", "its Cloud Assistant agent was not running"},
    {"HBR.DiskCategoryNotSupported", "a disk is no ESSD"},
    {"HBR.TooManyDisks", "its disks do not fit into one snapshot group"},
    {"HBR.FileSystemNotSupported", "a file system cannot be frozen"},
    {"HBR.DeviceMountedTwice", "a device was mounted twice"},
    {"HBR.FreezeFailed", "a file system did not freeze"},
    {"HBR.FreezeTimedOut", "the file systems had to thaw before the snapshots were taken"},
    {"HBR.WritersDisabled", "the VSS writers were not used"},
    {"HBR.PreScriptNotReady", "the pre-freeze script was missing, or not root's with mode 0700"},
    {"HBR.PostScriptNotReady", "the post-thaw script was missing, or not root's with mode 0700"},
    {"HBR.PreScriptFailed", "the pre-freeze script failed"},
    {"HBR.PostScriptFailed", "the post-thaw script failed"},
};

const char *cbk_downgrade_words(const char *reason)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(downgrades); i++)
        if (cbk_str_equal(downgrades[i].reason, reason))
            return downgrades[i].words;
    return NULL;
}
