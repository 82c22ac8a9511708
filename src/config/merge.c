#include "config/merge.h"

#include "base/map.h"

#include <string.h>

/* One top-level key, gathered from all documents. */
struct section {
    json_t *value; /* borrowed from the merged root */
    struct cbk_place *place;
    struct cbk_place_vec children;
};

struct merger {
    struct cbk_arena *arena;
    struct cbk_errors *errors;
    size_t first_error;
    json_t *root;             /* owned */
    struct cbk_map *sections; /* name -> struct section *, in the arena */
};

static void add_children(struct section *section, const struct cbk_place *place)
{
    for (size_t i = 0; i < place->child_count; i++)
        cbk_place_vec_push(&section->children, place->children[i]);
}

static void open_section(struct merger *merger, const char *name, json_t *value, const struct cbk_place *place)
{
    struct section *section = CBK_ARENA_NEW(merger->arena, struct section);
    section->value = value;
    section->place = CBK_ARENA_NEW(merger->arena, struct cbk_place);
    *section->place = *place;
    add_children(section, place);
    json_object_set(merger->root, name, value);
    cbk_map_set(merger->sections, name, section);
}

static void given_twice(struct merger *merger, const char *name, struct cbk_span here, struct cbk_span first)
{
    struct cbk_error *err = cbk_errors_add(merger->errors);
    cbk_fail_at(err, here, CBK_E_SYNTAX, "'%s' is given twice", name);
    cbk_error_note(err, first, "first given here");
}

static const struct cbk_place *find_child(const struct section *section, const char *name)
{
    for (size_t i = 0; i < section->children.len; i++)
        if (strcmp(section->children.items[i]->name, name) == 0)
            return section->children.items[i];
    return section->place;
}

static void merge_object(struct merger *merger, struct section *section, json_t *value, const struct cbk_place *place)
{
    const char *name;
    json_t *member;
    json_object_foreach(value, name, member) {
        const struct cbk_place *member_place = cbk_place_member(place, name);
        if (json_object_get(section->value, name)) {
            given_twice(merger, name, member_place->key, find_child(section, name)->key);
            continue;
        }
        json_object_set(section->value, name, member);
        cbk_place_vec_push(&section->children, member_place);
    }
}

static void merge_key(struct merger *merger, const char *name, json_t *value, const struct cbk_place *place)
{
    struct section *section = cbk_map_get(merger->sections, name);
    if (!section) {
        open_section(merger, name, value, place);
    } else if (json_is_object(value) && json_is_object(section->value)) {
        merge_object(merger, section, value, place);
    } else if (json_is_array(value) && json_is_array(section->value)) {
        json_array_extend(section->value, value);
        add_children(section, place);
    } else if (strcmp(name, "cbk") != 0 || !json_equal(value, section->value)) {
        given_twice(merger, name, place->key, section->place->key);
    }
}

static void merge_doc(struct merger *merger, const struct cbk_doc *doc)
{
    if (!doc->root || json_is_null(doc->root))
        return;
    if (!json_is_object(doc->root)) {
        struct cbk_error *err = cbk_errors_add(merger->errors);
        cbk_fail_at(err, cbk_doc_span(doc, "", false), CBK_E_SCHEMA, "expected a mapping of sections here");
        cbk_error_hint(err, "a file of a stack begins with keys such as 'policies:' or 'roles:'");
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach(doc->root, name, value)
        merge_key(merger, name, value, cbk_place_member(doc->place, name));
}

static const struct cbk_place *close_sections(struct merger *merger, const struct cbk_doc_vec *docs)
{
    struct cbk_place *root = CBK_ARENA_NEW(merger->arena, struct cbk_place);
    if (docs->len)
        root->value = cbk_doc_span(docs->items[0], "", false);
    CBK_CLEANUP(cbk_place_vec_release) struct cbk_place_vec children = {0};
    CBK_MAP_FOREACH(entry, merger->sections) {
        struct section *section = cbk_map_entry_value(entry);
        cbk_place_adopt(merger->arena, section->place, &section->children);
        cbk_place_vec_release(&section->children);
        cbk_place_vec_push(&children, section->place);
    }
    cbk_place_adopt(merger->arena, root, &children);
    return root;
}

int cbk_merge_docs(const struct cbk_doc_vec *docs, struct cbk_arena *arena, json_t **ret_root,
                   const struct cbk_place **ret_place, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *sections = cbk_map_new();
    struct merger merger = {
        .arena = arena, .errors = errors, .first_error = errors->list.len, .root = json_object(), .sections = sections};
    for (size_t i = 0; i < docs->len; i++)
        merge_doc(&merger, docs->items[i]);
    *ret_place = close_sections(&merger, docs);
    *ret_root = merger.root;
    return errors->list.len > merger.first_error ? errors->list.items[merger.first_error].code : 0;
}
