"""What it takes that jobs and bindings reach the level that they ask for: declared in a stack, or all of it but one thing."""

PLUG_IN = ["ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources", "ecs:DescribeDisks"]


def orders(stack):
    """Every declaration that asks for a level."""
    return [declaration for section in ("bindings", "snapshot_jobs") for declaration in stack.get(section, {}).values()]


def equip(stack):
    """Declares all that the orders of the stack need, so that they get what they ask for."""
    for order in orders(stack):
        wanted = order["consistency"]
        if wanted["level"] == "crash":
            order.pop("require", None)
            continue
        wanted |= {"role": role_of(stack, order["instances"]), "scripts": scripts_of(stack, order["instances"])}
        wanted.pop("writers", None)


def role_of(stack, group):
    """The role that the group's instances carry; one that may do what the plug-in does."""
    attachments = stack.setdefault("attachments", {})
    roles = stack.setdefault("roles", {"equipped": {"trust": {"service": ["ecs.aliyuncs.com"]}}})
    first = {"role": f"roles.{next(iter(roles))}", "instances": group}
    attached = next((a for a in attachments.values() if a["instances"] == group), None)
    role = (attached or attachments.setdefault(f"of-{group}", first))["role"]
    policies = roles[role.split(".")[1]].setdefault("policies", [])
    if "policies.plug-in" not in policies:
        policies.append("policies.plug-in")
    stack.setdefault("policies", {})["plug-in"] = allowing(PLUG_IN)
    return role


def allowing(actions):
    return {"document": {"Version": "1", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]}}


def scripts_of(stack, group):
    scripts = stack.setdefault("scripts", {})
    own = {"instances": group, "pre_freeze": {"source": "one.sh"}, "post_thaw": {"source": "two.sh"}}
    key = next((key for key, s in scripts.items() if s["instances"] == group), None) or f"of-{group}"
    scripts.setdefault(key, own)
    return f"scripts.{key}"


def leave_out_scripts(stack):
    stack.pop("scripts", None)
    for order in orders(stack):
        order["consistency"].pop("scripts", None)


def leave_out_attachments(stack):
    stack.pop("attachments", None)


def leave_out_permission(stack):
    stack.setdefault("policies", {})["plug-in"] = allowing(PLUG_IN[1:])


def leave_out_writers(stack):
    for order in orders(stack):
        order["consistency"]["writers"] = False


LACKS = [leave_out_scripts, leave_out_attachments, leave_out_permission, leave_out_writers]
