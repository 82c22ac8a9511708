#include "kinds/level.h"

static const char *const level_names[CBK_LEVEL_COUNT] = {
    [CBK_LEVEL_UNPROVEN] = "unproven",
    [CBK_LEVEL_CRASH] = "crash",
    [CBK_LEVEL_FILESYSTEM] = "filesystem",
    [CBK_LEVEL_APPLICATION] = "application",
};

/* Detail.ConsistentLevel as the cloud spells it. Only CRASH has been seen; the others are assumed (U). */
static const struct spelling {
    const char *text;
    enum cbk_level level;
} spellings[] = {
    {"CRASH", CBK_LEVEL_CRASH},
    {"FILE_SYSTEM", CBK_LEVEL_FILESYSTEM},
    {"APPLICATION", CBK_LEVEL_APPLICATION},
};

const char *cbk_level_name(enum cbk_level level)
{
    return level_names[level];
}

enum cbk_level cbk_level_parse(const char *name)
{
    for (int i = 0; i < CBK_LEVEL_COUNT; i++)
        if (cbk_str_equal(level_names[i], name))
            return (enum cbk_level)i;
    return CBK_LEVEL_UNPROVEN;
}

static enum cbk_level spelled_level(const char *text)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(spellings); i++)
        if (cbk_str_equal(spellings[i].text, text))
            return spellings[i].level;
    return CBK_LEVEL_UNPROVEN;
}

static bool has_tag(const json_t *snapshot, const char *key)
{
    size_t index;
    json_t *tag;
    json_array_foreach(cbk_json_at(snapshot, "Tags.Tag"), index, tag)
        if (cbk_str_equal(cbk_json_text(tag, "TagKey"), key))
            return cbk_str_equal(cbk_json_text(tag, "TagValue"), "True");
    return false;
}

static enum cbk_level tagged_level(const json_t *snapshot)
{
    if (has_tag(snapshot, "APPConsistent"))
        return CBK_LEVEL_APPLICATION;
    return has_tag(snapshot, "FsConsistent") ? CBK_LEVEL_FILESYSTEM : CBK_LEVEL_CRASH;
}

/* The lowest level that the tags of the point's disk snapshots tell; unproven when one of them is gone. */
static enum cbk_level all_tagged_level(const json_t *ids, const json_t *snapshots, const char **ret_gone)
{
    enum cbk_level lowest = CBK_LEVEL_APPLICATION;
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)ids, index, id) {
        const json_t *snapshot = json_object_get(snapshots, json_string_value(id));
        if (!snapshot) {
            *ret_gone = json_string_value(id);
            return CBK_LEVEL_UNPROVEN;
        }
        enum cbk_level level = tagged_level(snapshot);
        lowest = level < lowest ? level : lowest;
    }
    return lowest;
}

enum cbk_level cbk_level_judge(const json_t *point, const json_t *snapshots, char **ret_why)
{
    *ret_why = NULL;
    const char *spelled = cbk_json_text_or(point, "Detail.ConsistentLevel", "");
    const char *reason = cbk_json_text_or(point, "Detail.DowngradeReason", "");
    const json_t *ids = cbk_json_at(point, "Detail.NativeSnapshotIdList");
    enum cbk_level said = spelled_level(spelled);
    if (said == CBK_LEVEL_UNPROVEN) {
        *ret_why = cbk_strf("the cloud calls its level '%s', which is not known here", spelled);
        return CBK_LEVEL_UNPROVEN;
    }
    if (!json_array_size(ids)) {
        *ret_why = cbk_strdup("it names no disk snapshots whose tags could be read");
        return said == CBK_LEVEL_CRASH ? CBK_LEVEL_CRASH : CBK_LEVEL_UNPROVEN;
    }
    const char *gone = NULL;
    enum cbk_level tagged = all_tagged_level(ids, snapshots, &gone);
    if (gone) {
        *ret_why = cbk_strf("its disk snapshot '%s' is gone", gone);
        return CBK_LEVEL_UNPROVEN;
    }
    if (tagged != said) {
        *ret_why = cbk_strf("the cloud calls it %s, the tags of its disk snapshots say %s", level_names[said],
                            level_names[tagged]);
        return CBK_LEVEL_UNPROVEN;
    }
    if (*reason && said == CBK_LEVEL_APPLICATION) {
        *ret_why = cbk_strf("the cloud names a reason for a lower level, '%s'", reason);
        return CBK_LEVEL_UNPROVEN;
    }
    if (*reason)
        *ret_why = cbk_strdup(reason);
    return said;
}
