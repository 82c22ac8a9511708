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
        const json_t *pinned = cbk_json_at(was, setting->trail), *wanted = cbk_json_at(is, setting->trail);
        if (setting->of_selectors != is_selector || !setting->loosens(pinned, wanted))
            continue;
        note(stack, address, setting->trail, wanted, pinned);
        put(is, setting->trail, pinned);
    }
}

/* What the base declares for it: at its address, or at the one that it has moved from. */
static const struct cbk_declaration *former(const struct cbk_stack *stack, const struct cbk_stack *base,
                                            const struct cbk_declaration *declaration)
{
    const struct cbk_declaration *found = cbk_map_get(base->by_address, declaration->address);
    for (size_t i = 0; !found && i < stack->blocks.moved.len; i++)
        if (strcmp(stack->blocks.moved.items[i].to_text, declaration->address) == 0)
            found = cbk_map_get(base->by_address, stack->blocks.moved.items[i].text);
    return found;
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

static void pin_declarations(struct cbk_stack *stack, const struct cbk_stack *base)
{
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = stack->declarations.items[i];
        const struct cbk_declaration *was = former(stack, base, declaration);
        if (!was)
            continue;
        pin(stack, declaration->address, /* is_selector= */ false, was->value, (json_t *)declaration->value);
        if (declaration->kind->per_instance && was->kind->per_instance)
            pin_selector(stack, base, declaration, was);
    }
}

static void pin_removed(struct cbk_stack *stack, const struct cbk_stack *base)
{
    for (size_t i = 0; i < base->declarations.len; i++) {
        const struct cbk_declaration *was = base->declarations.items[i];
        const json_t *protection = cbk_json_at(was->value, PROTECTION);
        if (json_is_true(protection) && !cbk_map_get(stack->by_address, was->address))
            note(stack, was->address, PROTECTION, NULL, protection);
    }
}

void cbk_stack_pin(struct cbk_stack *stack, const struct cbk_stack *base, const char *revision, const json_t *commit)
{
    stack->pins =
        json_pack("{s:s, s:O?, s:[]}", "revision", revision, "commit", json_object_get(commit, "commit"), "settings");
    if (!base)
        return;
    pin_declarations(stack, base);
    pin_removed(stack, base);
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
