#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/disk_images.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/map.h"
#include "scratch.h"

#define NAMES_MAX 12 /* of names that may or may not be: 2^12 images */
#define PIECES 16    /* so many beginnings of a write are tried */
#define NOBODY (-1)

static bool is_named(const struct disk_op *op)
{
    return op->kind <= DISK_UNLINK;
}

static bool is_data(const struct disk_op *op)
{
    return op->kind == DISK_WRITE || op->kind == DISK_TRUNCATE;
}

/* What a crash behind the call `cut` may leave, and which of it is looked at now. */
struct crash {
    const struct disk_ops *ops;
    size_t *settled_by;      /* of each call the sync behind which it is there for good */
    size_t cut;              /* so many calls were made */
    size_t names[NAMES_MAX]; /* the calls on names that may be lost ... */
    size_t name_count;
    unsigned kept;     /* ... and those of them that are there, by bit */
    int torn;          /* the file of whose late calls a part is there; NOBODY: of none */
    size_t torn_calls; /* so many of them are there whole */
    enum { NOTHING, HEAD, ZERO_TAIL, ZERO_HEAD } part; /* and this of the next, a write ... */
    size_t part_len;                                   /* ... of which so many bytes are the head */
    bool has_rest;                                     /* late calls on other files are there */
};

static size_t sync_behind(const struct disk_ops *ops, size_t index)
{
    const struct disk_op *op = &ops->items[index];
    int node = is_named(op) ? op->dir : op->node;
    for (size_t i = index + 1; i < ops->len; i++)
        if (ops->items[i].kind == DISK_SYNC && ops->items[i].node == node)
            return i;
    return SIZE_MAX;
}

static bool is_settled(const struct crash *crash, size_t index)
{
    return crash->settled_by[index] < crash->cut;
}

/* --- one image ------------------------------------------------------------------------------------------------------
 */

struct entry {
    int dir, node;
    const char *name; /* NULL: it is gone; borrowed from the recording */
};
CBK_VEC(entries, struct entry)
CBK_VEC(contents, struct cbk_str)

struct image {
    struct entries entries;
    struct contents contents; /* by node */
};

static void release_image(struct image *image)
{
    for (size_t i = 0; i < image->contents.len; i++)
        cbk_str_release(&image->contents.items[i]);
    contents_release(&image->contents);
    entries_release(&image->entries);
}

static struct cbk_str *content_of(struct image *image, int node)
{
    while (image->contents.len <= (size_t)node)
        contents_push(&image->contents, (struct cbk_str)CBK_STR_INIT);
    return &image->contents.items[node];
}

static void name_goes(struct image *image, int dir, const char *name)
{
    for (size_t i = 0; i < image->entries.len; i++) {
        struct entry *entry = &image->entries.items[i];
        if (entry->name && entry->dir == dir && strcmp(entry->name, name) == 0)
            entry->name = NULL;
    }
}

static void do_named(struct image *image, const struct disk_op *op)
{
    name_goes(image, op->dir, op->name);
    if (op->kind == DISK_UNLINK)
        return;
    const char *name = op->kind == DISK_RENAME ? op->to : op->name;
    name_goes(image, op->dir, name);
    entries_push(&image->entries, (struct entry){op->dir, op->node, name});
}

static void set_length(struct cbk_str *content, size_t len)
{
    if (len < content->len)
        cbk_str_truncate(content, len);
    while (content->len < len)
        cbk_str_add_char(content, '\0');
}

/* The bytes `from` to `to` of a write, and the length as if it were whole. */
static void do_part(struct image *image, const struct disk_op *op, size_t from, size_t to, bool has_length)
{
    struct cbk_str *content = content_of(image, op->node);
    size_t end = (size_t)op->at + (has_length ? op->len : to);
    if (content->len < end)
        set_length(content, end);
    memcpy(content->ptr + op->at + from, op->bytes + from, to - from);
}

static void do_data(struct image *image, const struct disk_op *op)
{
    if (op->kind == DISK_TRUNCATE)
        set_length(content_of(image, op->node), (size_t)op->at);
    else
        do_part(image, op, 0, op->len, true);
}

static void do_torn(struct image *image, const struct crash *crash, const struct disk_op *op)
{
    if (crash->part == HEAD)
        do_part(image, op, 0, crash->part_len, false);
    else if (crash->part == ZERO_TAIL)
        do_part(image, op, 0, crash->part_len, true);
    else if (crash->part == ZERO_HEAD)
        do_part(image, op, crash->part_len, op->len, true);
}

static bool keeps_name(const struct crash *crash, size_t index)
{
    for (size_t i = 0; i < crash->name_count; i++)
        if (crash->names[i] == index)
            return crash->kept >> i & 1;
    return true;
}

static void build(const struct crash *crash, struct image *image)
{
    size_t torn_calls = 0;
    for (size_t i = 0; i < crash->cut; i++) {
        const struct disk_op *op = &crash->ops->items[i];
        if (is_named(op) && keeps_name(crash, i))
            do_named(image, op);
        if (!is_data(op))
            continue;
        bool is_torn = op->node == crash->torn && !is_settled(crash, i);
        size_t number = is_torn ? torn_calls++ : 0;
        if (is_torn && number == crash->torn_calls)
            do_torn(image, crash, op);
        else if (is_torn ? number < crash->torn_calls : crash->has_rest || is_settled(crash, i))
            do_data(image, op);
    }
}

/* --- images on a disk -----------------------------------------------------------------------------------------------
 */

struct walk {
    struct image *image;
    const struct disk_ops *ops;
    json_t *digests; /* of files, by path */
    const char *root;
};

static bool is_dir(const struct disk_ops *ops, int node)
{
    for (size_t i = 0; i < ops->len; i++)
        if (ops->items[i].kind == DISK_MAKE_DIR && ops->items[i].node == node)
            return true;
    return false;
}

/* Names what stands below a directory, and puts it onto the disk where `walk` has a root. */
static void walk_below(const struct walk *walk, int dir, const char *path)
{
    for (size_t i = 0; i < walk->image->entries.len; i++) {
        const struct entry *entry = &walk->image->entries.items[i];
        if (!entry->name || entry->dir != dir)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_path_join(path, entry->name);
        CBK_CLEANUP(cbk_string_freep) char *full = walk->root ? cbk_path_join(walk->root, name) : NULL;
        const struct cbk_str *content = content_of(walk->image, entry->node);
        if (is_dir(walk->ops, entry->node)) {
            json_object_set_new(walk->digests, name, json_true());
            assert_int_equal(full ? mkdir(full, 0755) : 0, 0);
            walk_below(walk, entry->node, name);
            continue;
        }
        char digest[CBK_SHA256_HEX + 1];
        cbk_sha256_hex(content->ptr, content->len, digest);
        json_object_set_new(walk->digests, name, json_string(digest));
        if (full)
            scratch_write(walk->root, name, content->ptr, content->len);
    }
}

struct run {
    char *dir;
    disk_image_use use;
    void *context;
    struct cbk_map *seen;
    bool goes_on;
};

static void use_image(const struct crash *crash, struct run *run)
{
    if (!run->goes_on)
        return;
    CBK_CLEANUP(release_image) struct image image = {0};
    CBK_JSON *digests = json_object();
    struct walk walk = {&image, crash->ops, digests, NULL};
    int step = crash->cut ? crash->ops->items[crash->cut - 1].step : 0;
    bool is_done = crash->cut == crash->ops->len || crash->ops->items[crash->cut].step != step;
    build(crash, &image);
    walk_below(&walk, 0, "");
    CBK_STR(key);
    cbk_str_addf(&key, "%d %d ", step, is_done);
    cbk_json_add_canonical(&key, digests);
    if (cbk_map_set(run->seen, key.ptr, run))
        return;
    scratch_remove(run->dir);
    assert_int_equal(mkdir(run->dir, 0755), 0);
    walk.root = run->dir;
    walk_below(&walk, 0, "");
    run->goes_on = run->use(run->context, run->dir, step, is_done);
}

/* --- all images -----------------------------------------------------------------------------------------------------
 */

/* The late calls on the file `torn`: all beginnings, and parts of writes. */
static void use_torn(struct crash *crash, struct run *run)
{
    size_t number = 0;
    for (size_t i = 0; i < crash->cut; i++) {
        const struct disk_op *op = &crash->ops->items[i];
        if (!is_data(op) || op->node != crash->torn || is_settled(crash, i))
            continue;
        crash->torn_calls = number++;
        crash->part = NOTHING;
        use_image(crash, run);
        size_t stride = op->len / PIECES + 1;
        for (crash->part_len = 1; crash->part_len < op->len; crash->part_len += stride)
            for (crash->part = HEAD; crash->part <= ZERO_HEAD; crash->part++)
                use_image(crash, run);
    }
    crash->torn_calls = number;
    use_image(crash, run);
}

static bool has_late_data(const struct crash *crash, int node)
{
    for (size_t i = 0; i < crash->cut; i++)
        if (is_data(&crash->ops->items[i]) && crash->ops->items[i].node == node && !is_settled(crash, i))
            return true;
    return false;
}

static void use_data(struct crash *crash, struct run *run)
{
    for (int rest = 0; rest <= 1; rest++) {
        crash->has_rest = rest;
        crash->torn = NOBODY;
        use_image(crash, run);
        for (size_t node = 1; node <= crash->ops->len; node++) {
            crash->torn = (int)node;
            if (has_late_data(crash, crash->torn))
                use_torn(crash, run);
        }
    }
}

static void use_names(struct crash *crash, struct run *run)
{
    crash->name_count = 0;
    for (size_t i = 0; i < crash->cut; i++) {
        if (!is_named(&crash->ops->items[i]) || is_settled(crash, i))
            continue;
        assert_true(crash->name_count < NAMES_MAX);
        crash->names[crash->name_count++] = i;
    }
    for (crash->kept = 0; crash->kept < 1U << crash->name_count; crash->kept++)
        use_data(crash, run);
}

size_t disk_images(const struct disk_ops *ops, char *dir, disk_image_use use, void *context)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *seen = cbk_map_new();
    struct run run = {.dir = dir, .use = use, .context = context, .seen = seen, .goes_on = true};
    struct crash crash = {.ops = ops, .settled_by = cbk_alloc(ops->len, sizeof(size_t))};
    for (size_t i = 0; i < ops->len; i++)
        crash.settled_by[i] = sync_behind(ops, i);
    for (crash.cut = 0; crash.cut <= ops->len && run.goes_on; crash.cut++)
        use_names(&crash, &run);
    free(crash.settled_by);
    return cbk_map_count(seen);
}
