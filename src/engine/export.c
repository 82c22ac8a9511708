#include "engine/export.h"

#include "cloud/sts.h"
#include "engine/export_names.h"
#include "engine/objects.h"
#include "schema/schema.h"

#include <string.h>

/* One export on its way. */
struct work {
    const struct cbk_export_input *input;
    struct cbk_env env;
    json_t *head; /* cbk, stack, provider: what every stack has */
    struct cbk_inventory *inventory;
    struct cbk_objects *objects; /* of the kind under way and those before it */
    struct cbk_map *addresses;   /* "KIND ID" -> address */
    struct cbk_map *known;       /* addresses as keys -> the declaration */
    struct cbk_export *ret;
};

static void release_work(struct work *work)
{
    json_decref(work->head);
    cbk_map_free(work->addresses);
    cbk_map_free(work->known);
    cbk_objects_free(work->objects);
    cbk_inventory_free(work->inventory);
}

static int read_account(struct work *work, struct cbk_error *err)
{
    CBK_JSON *identity = NULL, *ids = json_array();
    int r = cbk_sts_get_caller_identity(work->input->cloud, &identity, err);
    if (r == 0)
        r = cbk_inventory_read(work->input->cloud, NULL, &work->inventory, err);
    if (r < 0 || !work->inventory)
        return r;
    work->head = json_pack("{s:i, s:s, s:{s:s, s:s}}", "cbk", 1, "stack", work->input->stack_name, "provider", "region",
                           work->input->region, "account", cbk_json_text_or(identity, "AccountId", ""));
    CBK_MAP_FOREACH(entry, work->inventory->instances)
        json_array_append_new(ids, json_string(cbk_map_entry_key(entry)));
    work->env = (struct cbk_env){.cloud = work->input->cloud,
                                 .stack = work->head,
                                 .stack_name = work->input->stack_name,
                                 .instances = work->inventory->instances,
                                 .objects = work->objects->by_address,
                                 .now = cbk_cloud_now(work->input->cloud)};
    return cbk_inventory_read_details(work->inventory, work->input->cloud, ids, /* with_disks= */ false, err);
}

/* The objects of one kind, each read as it lives; `mine` and `items` are in the same order. */
static int read_objects(struct work *work, const struct cbk_kind *kind, struct cbk_object_list *mine,
                        json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *items = NULL;
    int r = kind->enumerate(&work->env, &items, err);
    if (r < 0)
        return cbk_wrap(err, "cannot list %s", kind->section);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *text = cbk_json_text_or(json_array_get(items, i), "id", "");
        const char *id = cbk_arena_strdup(work->objects->arena, text);
        struct cbk_object *object =
            cbk_objects_add(work->objects, kind, kind->per_instance ? "" : id, kind->per_instance ? id : NULL);
        object->id = id;
        object->is_exported = true;
        cbk_object_list_push(mine, object);
    }
    *ret_items = cbk_json_steal(&items);
    return mine->len ? kind->refresh(&work->env, mine->items, mine->len, err) : 0;
}

/* What people should know of what lives: that it is left out, and why, or something else. */
static void note(struct work *work, const struct cbk_object *object, bool is_left_out, const char *remark)
{
    CBK_CLEANUP(cbk_string_freep)
    char *text = cbk_strf("%s '%s'%s: %s", object->kind->name, object->instance ? object->instance : object->id,
                          is_left_out ? " is left out" : "", remark);
    json_array_append_new(work->ret->notes, json_string(text));
}

static void take_message(void *context, const struct cbk_violation *violation)
{
    char **message = context;
    if (!*message)
        *message = cbk_strf("%s", violation->message);
}

/* What no stack may say cannot be declared: NULL when it may, else why not. The caller frees. */
static char *why_not(const struct work *work, const struct cbk_kind *kind, const char *key, json_t *declaration)
{
    char *message = NULL;
    CBK_JSON *stack = json_copy(work->head);
    json_object_set_new(stack, kind->section, json_pack("{s:O}", key, declaration));
    (void)cbk_schema_validate(cbk_schema_stack(), stack, take_message, &message);
    return message;
}

/* Puts the declaration under a key of its own; NULL when it cannot be declared, which is noted of `object`. Borrowed.
 */
static const char *place(struct work *work, const struct cbk_object *object, const char *name, json_t *declaration)
{
    const struct cbk_kind *kind = object->kind;
    json_t *section = json_object_get(work->ret->stack, kind->section);
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_export_key(section, name);
    CBK_CLEANUP(cbk_string_freep) char *obstacle = why_not(work, kind, key, declaration);
    if (obstacle) {
        note(work, object, /* is_left_out= */ true, obstacle);
        return NULL;
    }
    if (!section) {
        section = json_object();
        json_object_set_new(work->ret->stack, kind->section, section);
    }
    json_object_set(section, key, declaration);
    const char *address = cbk_address_make(work->objects->arena, kind->section, key, NULL);
    cbk_map_set(work->known, address, declaration);
    return address;
}

static void add_import(struct work *work, const char *address, const char *id)
{
    json_t *imports = json_object_get(work->ret->stack, "import");
    if (!imports) {
        imports = json_array();
        json_object_set_new(work->ret->stack, "import", imports);
    }
    json_array_append_new(imports, json_pack("{s:s, s:s}", "address", address, "id", id));
}

/* The declaration of what lives, and a note of what is to be said; NULL: it is left out. New reference. */
static json_t *declare(struct work *work, const struct cbk_object *object, const json_t *item)
{
    CBK_CLEANUP(cbk_string_freep) char *remark = NULL;
    json_t *declaration = object->kind->declare(&work->env, work->addresses, object, item, &remark);
    if (remark)
        note(work, object, /* is_left_out= */ !declaration, remark);
    return declaration;
}

static void declare_one(struct work *work, const struct cbk_object *object, const json_t *item)
{
    CBK_JSON *declaration = declare(work, object, item);
    const char *address = declaration ? place(work, object, cbk_object_title(object), declaration) : NULL;
    if (!address)
        return;
    CBK_CLEANUP(cbk_string_freep) char *claim = cbk_strf("%s %s", object->kind->name, object->id);
    cbk_map_set(work->addresses, claim, (void *)address);
    if (object->kind->exports_ids)
        add_import(work, address, object->id);
}

/* Instances that would be declared alike are one declaration's: the groups, by what they declare. */
static void group_one(struct work *work, json_t *groups, const struct cbk_object *object, const json_t *item)
{
    CBK_JSON *declaration = declare(work, object, item);
    CBK_STR(meaning);
    if (!declaration)
        return;
    cbk_json_add_canonical(&meaning, declaration);
    json_t *group = json_object_get(groups, meaning.ptr);
    if (!group) {
        json_object_set_new(declaration, "instances", json_pack("{s:[]}", "ids"));
        json_object_set(groups, meaning.ptr, declaration);
        group = declaration;
    }
    json_array_append_new(cbk_json_at(group, "instances.ids"), json_string(object->instance));
}

static void place_groups(struct work *work, const struct cbk_kind *kind, const struct cbk_object_list *mine,
                         const json_t *groups)
{
    const char *meaning;
    json_t *declaration;
    json_object_foreach((json_t *)groups, meaning, declaration) {
        const char *first = json_string_value(json_array_get(cbk_json_at(declaration, "instances.ids"), 0));
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_export_name_of(declaration, work->known, kind->section);
        for (size_t i = 0; i < mine->len; i++)
            if (cbk_str_equal(mine->items[i]->instance, first))
                (void)place(work, mine->items[i], name, declaration);
    }
}

static int export_kind(struct work *work, const struct cbk_kind *kind, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_object_list_release) struct cbk_object_list mine = {0};
    CBK_JSON *items = NULL, *groups = json_object();
    int r = read_objects(work, kind, &mine, &items, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < mine.len; i++) {
        const struct cbk_object *object = mine.items[i];
        if (object->unreachable)
            note(work, object, /* is_left_out= */ true, object->unreachable);
        else if (object->live && kind->per_instance)
            group_one(work, groups, object, json_array_get(items, i));
        else if (object->live)
            declare_one(work, object, json_array_get(items, i));
    }
    place_groups(work, kind, &mine, groups);
    return 0;
}

static int check_sections(const struct cbk_strings *sections, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    for (size_t i = 0; i < cbk_kind_count; i++)
        if (cbk_kinds[i]->enumerate)
            cbk_strings_push(&names, cbk_kinds[i]->section);
    for (size_t i = 0; i < sections->len; i++) {
        const struct cbk_kind *kind = cbk_kind_of_section(sections->items[i]);
        if (kind && kind->enumerate)
            continue;
        if (kind)
            return cbk_fail(err, CBK_E_USAGE, "'%s' cannot be exported: what lives does not tell", kind->section);
        return cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_USAGE, "section", sections->items[i], names.items,
                                names.len);
    }
    return 0;
}

int cbk_export_make(const struct cbk_export_input *input, struct cbk_export *ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_export_release) struct cbk_export made = {.stack = json_object(), .notes = json_array()};
    CBK_CLEANUP(release_work)
    struct work work = {
        .input = input, .objects = cbk_objects_new(), .addresses = cbk_map_new(), .known = cbk_map_new(), .ret = &made};
    int r = check_sections(input->sections, err);
    if (r == 0)
        r = read_account(&work, err);
    if (r == 0)
        json_object_update(made.stack, work.head);
    for (size_t i = 0; r == 0 && i < cbk_kind_count; i++)
        if (cbk_kinds[i]->enumerate)
            r = export_kind(&work, cbk_kinds[i], err);
    if (r < 0)
        return r;
    cbk_export_narrow(made.stack, input->sections, work.known);
    *ret = made;
    made = (struct cbk_export){0};
    return 0;
}

void cbk_export_release(struct cbk_export *export)
{
    json_decref(export->stack);
    json_decref(export->notes);
}
