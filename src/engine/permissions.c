#include "engine/permissions.h"

#include <string.h>

/* Instances are chosen and looked at wherever anything is made for each of them. */
#define INSTANCE_ACTIONS "ecs:DescribeInstances"
/* The one action that is about something that the caller hands on: which roles it may give to instances. */
#define PASS_ROLE "ram:PassRole"

static void add_words(json_t *actions, const char *words)
{
    for (const char *at = words; at && *at;) {
        size_t len = strcspn(at, " ");
        json_array_append_new(actions, json_stringn(at, len));
        at += len + strspn(at + len, " ");
    }
}

static bool declares(const struct cbk_stack *stack, const struct cbk_kind *kind)
{
    return json_object_size(json_object_get(stack->tree, kind->section)) > 0;
}

static json_t *statement(json_t *actions, json_t *resources)
{
    return json_pack("{s:s, s:o, s:o}", "Effect", "Allow", "Action", actions, "Resource", resources);
}

/* The roles that the stack attaches, as policies name them (the place of the region matches any, and none, which is
 * how other documents have it); the account may be unknown. */
static json_t *attached_roles(const struct cbk_stack *stack)
{
    const struct cbk_env env = {.config = stack->config, .stack = stack->tree};
    CBK_JSON *arns = json_array();
    const char *key;
    json_t *attachment;
    json_object_foreach(json_object_get(stack->tree, "attachments"), key, attachment) {
        CBK_CLEANUP(cbk_string_freep)
        char *arn = cbk_strf("acs:ram:*:%s:role/%s", stack->account ? stack->account : "*",
                             cbk_env_name(&env, cbk_json_text_or(attachment, "role", "")));
        json_array_append_new(arns, json_string(arn));
    }
    return cbk_json_sorted_texts(arns);
}

static json_t *actions_of(const struct cbk_stack *stack, bool applies)
{
    CBK_JSON *actions = json_array();
    for (size_t i = 0; i < cbk_kind_count; i++) {
        const struct cbk_kind *kind = cbk_kinds[i];
        if (!declares(stack, kind))
            continue;
        add_words(actions, kind->plan_actions);
        if (kind->per_instance)
            add_words(actions, INSTANCE_ACTIONS);
        if (applies)
            add_words(actions, kind->apply_actions);
    }
    return cbk_json_sorted_texts(actions);
}

json_t *cbk_permissions(const struct cbk_stack *stack, bool applies)
{
    CBK_JSON *all = actions_of(stack, applies), *statements = json_array();
    json_t *actions = json_array();
    bool passes = false;
    size_t index;
    json_t *action;
    json_array_foreach(all, index, action) {
        bool is_pass = cbk_str_equal(json_string_value(action), PASS_ROLE);
        passes = passes || is_pass;
        if (!is_pass)
            json_array_append(actions, action);
    }
    json_array_append_new(statements, statement(actions, json_pack("[s]", "*")));
    if (passes)
        json_array_append_new(statements, statement(json_pack("[s]", PASS_ROLE), attached_roles(stack)));
    return json_pack("{s:s, s:O}", "Version", "1", "Statement", statements);
}
