#include "kinds/level.h"

#include "kinds/downgrade.h"

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

/* NULL: it has no such tag. */
static const char *tag_value(const json_t *snapshot, const char *key)
{
    size_t index;
    json_t *tag;
    json_array_foreach(cbk_json_at(snapshot, "Tags.Tag"), index, tag)
        if (cbk_str_equal(cbk_json_text(tag, "TagKey"), key))
            return cbk_json_text(tag, "TagValue");
    return NULL;
}

static bool has_tag(const json_t *snapshot, const char *key)
{
    return cbk_str_equal(tag_value(snapshot, key), "True");
}

static enum cbk_level tagged_level(const json_t *snapshot)
{
    if (has_tag(snapshot, "APPConsistent"))
        return CBK_LEVEL_APPLICATION;
    return has_tag(snapshot, "FsConsistent") ? CBK_LEVEL_FILESYSTEM : CBK_LEVEL_CRASH;
}

/* What the two witnesses say of one point. */
struct testimony {
    const json_t *point, *snapshots; /* the latter by id */
    const json_t *ids;               /* of the point's disk snapshots */
    const char *spelled, *reason;    /* never NULL */
    enum cbk_level said;             /* by the cloud */
    enum cbk_level tagged;           /* by the tags: the weakest disk counts */
};

static enum cbk_level weakest_tagged(const json_t *ids, const json_t *snapshots)
{
    enum cbk_level weakest = CBK_LEVEL_APPLICATION;
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)ids, index, id) {
        enum cbk_level level = tagged_level(json_object_get(snapshots, json_string_value(id)));
        weakest = level < weakest ? level : weakest;
    }
    return weakest;
}

/* Each of these answers why the testimony proves nothing, which the caller frees, or NULL. */

static char *doubt_end(const struct testimony *testimony)
{
    const char *status = cbk_json_text_or(testimony->point, "Status", "");
    bool is_whole = !*status || cbk_str_equal(status, "COMPLETE"); /* a field may be missing */
    return is_whole ? NULL : cbk_strf("the cloud calls it %s, not COMPLETE", status);
}

static char *doubt_spelling(const struct testimony *testimony)
{
    return testimony->said != CBK_LEVEL_UNPROVEN
               ? NULL
               : cbk_strf("the cloud calls its level '%s', which is not known here", testimony->spelled);
}

static char *doubt_reason(const struct testimony *testimony)
{
    const char *reason = testimony->reason;
    if (*reason && testimony->said == CBK_LEVEL_APPLICATION)
        return cbk_strf("the cloud names a reason for a lower level, '%s'", reason);
    return *reason && !cbk_downgrade_words(reason)
               ? cbk_strf("the cloud names the reason '%s', which is not known here", reason)
               : NULL;
}

static char *doubt_absence(const struct testimony *testimony)
{
    bool has_witness = json_array_size(testimony->ids) || testimony->said == CBK_LEVEL_CRASH;
    return has_witness ? NULL : cbk_strdup("it names no disk snapshots whose tags could be read");
}

static char *doubt_snapshot(const json_t *snapshot, const char *id, const char *job_id)
{
    const char *tag = tag_value(snapshot, "HBR JobId");
    if (!snapshot)
        return cbk_strf("its disk snapshot '%s' is gone", id);
    if (cbk_str_equal(cbk_json_text(snapshot, "Status"), "failed"))
        return cbk_strf("its disk snapshot '%s' has failed", id);
    if (tag && job_id && !cbk_str_equal(tag, job_id))
        return cbk_strf("its disk snapshot '%s' is tagged as of the job '%s'", id, tag);
    return NULL;
}

static char *doubt_snapshots(const struct testimony *testimony)
{
    const char *job_id = cbk_json_text(testimony->point, "JobId");
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)testimony->ids, index, id) {
        const char *name = json_string_value(id);
        char *why = doubt_snapshot(json_object_get(testimony->snapshots, name), name, job_id);
        if (why)
            return why;
    }
    return NULL;
}

static char *doubt_agreement(const struct testimony *testimony)
{
    if (!json_array_size(testimony->ids) || testimony->tagged == testimony->said)
        return NULL;
    return cbk_strf("the cloud calls it %s, the tags of its disk snapshots say %s", level_names[testimony->said],
                    level_names[testimony->tagged]);
}

/* In this order: the first doubt is the one that is told. */
static char *(*const doubts[])(const struct testimony *testimony) = {
    doubt_end, doubt_spelling, doubt_absence, doubt_snapshots, doubt_agreement, doubt_reason,
};

/* What was lost, or is not known for sure, though the level is proven. */
static char *remark(const struct testimony *testimony)
{
    if (*testimony->reason)
        return cbk_strf("%s: %s", testimony->reason, cbk_downgrade_words(testimony->reason));
    return json_array_size(testimony->ids) ? NULL : cbk_strdup("it names no disk snapshots whose tags could be read");
}

enum cbk_level cbk_level_judge(const json_t *point, const json_t *snapshots, char **ret_why)
{
    const json_t *ids = cbk_json_at(point, "Detail.NativeSnapshotIdList");
    const char *spelled = cbk_json_text_or(point, "Detail.ConsistentLevel", "");
    const struct testimony testimony = {
        .point = point,
        .snapshots = snapshots,
        .ids = ids,
        .spelled = spelled,
        .reason = cbk_json_text_or(point, "Detail.DowngradeReason", ""),
        .said = spelled_level(spelled),
        .tagged = weakest_tagged(ids, snapshots),
    };
    *ret_why = NULL;
    for (size_t i = 0; i < CBK_ARRAY_LEN(doubts) && !*ret_why; i++)
        *ret_why = doubts[i](&testimony);
    if (*ret_why)
        return CBK_LEVEL_UNPROVEN;
    *ret_why = remark(&testimony);
    return testimony.said;
}
