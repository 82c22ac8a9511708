#include "engine/pins.h"

#include "engine/guard_settings.h"

#include <string.h>

#define PROTECTION "lifecycle.prevent_destroy"

static void note(struct cbk_stack *stack, const char *address, const char *setting, const json_t *wanted,
                 const json_t *pinned)
{
    json_t *settings = json_object_get(stack->pins, "settings");
    json_array_append_new(settings, json_pack("{s:s, s:s, s:o, s:o}", "address", address, "setting", setting, "wanted",
                                              wanted ? json_deep_copy(wanted) : json_null(), "pinned",
                                              pinned ? json_deep_copy(pinned) : json_null()));
}

/* Sets the value at "a.b" or "a"; NULL takes it away. */
static void put(json_t *object, const char *trail, const json_t *value)
{
    const char *dot = strchr(trail, '.');
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strndup(trail, strcspn(trail, "."));
    if (dot) {
        if (!json_object_get(object, key))
            json_object_set_new(object, key, json_object());
        put(json_object_get(object, key), dot + 1, value);
    } else if (value) {
        json_object_set_new(object, key, json_deep_copy(value));
    } else {
        json_object_del(object, key);
    }
}

/* What is asked of `is` but less than of `was`, as `was` has it. `is` is part of the stack's own tree. */
static void pin(struct cbk_stack *stack, const char *address, bool is_selector, const json_t *was, json_t *is)
{
    for (size_t i = 0; i < cbk_guard_setting_count; i++) {
        const struct cbk_guard_setting *setting = &cbk_guard_settings[i];
        const json_t *pinned = cbk_guard_setting_of(setting, was), *wanted = cbk_guard_setting_of(setting, is);
        if (setting->of_selectors != is_selector || !setting->loosens(pinned, wanted))
            continue;
        note(stack, address, setting->trail, wanted, pinned);
        put(is, setting->trail, pinned);
    }
}

/* Two versions of a stack, and which declaration of the one has become which of the other. */
struct pinning {
    struct cbk_stack *stack;
    const struct cbk_stack *base;
    struct cbk_map *moved; /* address in the stack -> declaration in the base, by `moved` blocks */
    struct cbk_map *named; /* kind and name in the cloud -> declaration in the base whose address the stack lacks */
    struct cbk_map *found; /* addresses in the base that have a successor, as keys */
};

static void pinning_release(struct pinning *pinning)
{
    cbk_map_free(pinning->moved);
    cbk_map_free(pinning->named);
    cbk_map_free(pinning->found);
}

/* "role AppSnapshot"; NULL: such things have no name of their own in the cloud. The caller frees. */
static char *name_of(const struct cbk_declaration *declaration)
{
    const char *title = declaration->kind->title;
    return title ? cbk_strf("%s %s", declaration->kind->name,
                            cbk_json_text_or(declaration->value, title, declaration->key))
                 : NULL;
}

static void find_moved(struct pinning *pinning)
{
    const struct cbk_blocks *blocks = &pinning->stack->blocks;
    for (size_t i = 0; i < blocks->moved.len; i++) {
        struct cbk_declaration *was = cbk_map_get(pinning->base->by_address, blocks->moved.items[i].text);
        if (was)
            cbk_map_set(pinning->moved, blocks->moved.items[i].to_text, was);
    }
}

static void find_names(struct pinning *pinning)
{
    for (size_t i = 0; i < pinning->base->declarations.len; i++) {
        struct cbk_declaration *was = pinning->base->declarations.items[i];
        CBK_CLEANUP(cbk_string_freep) char *name = name_of(was);
        if (name && !cbk_map_get(pinning->stack->by_address, was->address))
            cbk_map_set(pinning->named, name, was);
    }
}

/* What the base declares for it: at its address, at the one that it has moved from, or by its name in the cloud, since
 * another key makes no other thing of it. */
static const struct cbk_declaration *former(const struct pinning *pinning, const struct cbk_declaration *declaration)
{
    const struct cbk_declaration *was = cbk_map_get(pinning->base->by_address, declaration->address);
    if (!was)
        was = cbk_map_get(pinning->moved, declaration->address);
    CBK_CLEANUP(cbk_string_freep) char *name = was ? NULL : name_of(declaration);
    return name ? cbk_map_get(pinning->named, name) : was;
}

/* The selector that a declaration uses, by whatever name: another name must not lose what is expected of it. */
static void pin_selector(struct cbk_stack *stack, const struct cbk_stack *base,
                         const struct cbk_declaration *declaration, const struct cbk_declaration *was)
{
    const char *name = NULL, *was_name = NULL;
    struct cbk_span span;
    json_t *selector = (json_t *)cbk_stack_selector(stack, declaration, &name, &span);
    const json_t *was_selector = cbk_stack_selector(base, was, &was_name, &span);
    CBK_CLEANUP(cbk_string_freep)
    char *address = name ? cbk_strf("instances.%s", name) : cbk_strf("%s.instances", declaration->address);
    if (selector && was_selector)
        pin(stack, address, /* is_selector= */ true, was_selector, selector);
}

static void pin_declarations(struct pinning *pinning)
{
    struct cbk_stack *stack = pinning->stack;
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = stack->declarations.items[i];
        const struct cbk_declaration *was = former(pinning, declaration);
        if (!was)
            continue;
        cbk_map_set(pinning->found, was->address, stack);
        pin(stack, declaration->address, /* is_selector= */ false, was->value, (json_t *)declaration->value);
        if (declaration->kind->per_instance && was->kind->per_instance)
            pin_selector(stack, pinning->base, declaration, was);
    }
}

static void pin_removed(struct pinning *pinning)
{
    for (size_t i = 0; i < pinning->base->declarations.len; i++) {
        const struct cbk_declaration *was = pinning->base->declarations.items[i];
        const json_t *protection = cbk_json_at(was->value, PROTECTION);
        if (json_is_true(protection) && !cbk_map_get(pinning->found, was->address))
            note(pinning->stack, was->address, PROTECTION, NULL, protection);
    }
}

void cbk_stack_pin(struct cbk_stack *stack, const struct cbk_stack *base, const char *revision, const json_t *commit)
{
    stack->pins = json_pack("{s:s, s:O?, s:b, s:[]}", "revision", revision, "commit", json_object_get(commit, "commit"),
                            "has_stack", base != NULL, "settings");
    if (!base)
        return;
    CBK_CLEANUP(pinning_release)
    struct pinning pinning = {
        .stack = stack, .base = base, .moved = cbk_map_new(), .named = cbk_map_new(), .found = cbk_map_new()};
    find_moved(&pinning);
    find_names(&pinning);
    pin_declarations(&pinning);
    pin_removed(&pinning);
}

bool cbk_stack_is_pinned(const struct cbk_stack *stack, const char *address)
{
    size_t index;
    json_t *setting;
    json_array_foreach(json_object_get(stack->pins, "settings"), index, setting)
        if (cbk_str_equal(cbk_json_text(setting, "address"), address) &&
            cbk_str_equal(cbk_json_text(setting, "setting"), PROTECTION))
            return true;
    return false;
}
