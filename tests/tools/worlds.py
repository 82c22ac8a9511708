"""Worlds of the simulated cloud, compared: what stands in one, and whether two are alike but for ids and times."""
import json
import re

# What only tells how a thing came to be.
WAYS = {"last_snapshot", "last_heartbeat", "plugin_installed", "made_ms"}
# What stacks make, directly or by their jobs; all else in a world is how it was asked for.
MADE = ("instances", "policies", "roles", "vaults", "backup_policies", "bindings", "backup_jobs", "recovery_points",
        "snapshots", "snapshot_groups", "tasks")
# Sections whose records are told apart by a name, and not by the id that the cloud has given them.
NAMED = {"backup_policies", "vaults", "roles"}
FIRST_MOMENT = 1_500_000_000  # what is not smaller counts seconds, or milliseconds, since 1970
JOB_NAME = re.compile(r"(cbk-[\w-]+-[0-9a-f]{8}-)[0-9a-f]{12}")


def standing(value):
    """What stands in the world, without what only tells how it came to be."""
    if isinstance(value, dict):
        return {k: standing(v) for k, v in value.items() if k not in WAYS}
    return [standing(v) for v in value] if isinstance(value, list) else value


def differences(before, after):
    """What has gone and what is new, one record a line; "" where nothing is."""
    lines = []
    for section in sorted(set(before) | set(after)):
        old, new = ([json.dumps(record, sort_keys=True) for record in side[section]] for side in (before, after))
        lines += [f"{section}: gone: {record}" for record in without(old, new)]
        lines += [f"{section}: new: {record}" for record in without(new, old)]
    return "\n".join(lines)


def without(records, others):
    """The records that are not among the others; one that is there twice has to be there twice."""
    left = list(others)
    return sorted(record for record in records if not (record in left and left.remove(record) is None))


def generated_ids(world):
    """Each id that the cloud has made, and what stands for it."""
    for section in MADE:
        if section == "instances":
            continue
        for record in world.get(section, []):
            label = f"<{record['name']}>" if section in NAMED else f"<{section}>"
            yield record.get("id"), label
            for rule in record.get("rules", []):
                yield rule.get("RuleId"), "<rule>"


def timeless(value):
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted((timeless(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return "<moment>" if isinstance(value, int) and value >= FIRST_MOMENT else value


def lasting(record):
    """A job that was cancelled has left nothing."""
    return record.get("status") != "CANCELED"


def likeness(world):
    """What two runs of the same stack must agree on: the world without ids, moments and the order of lists."""
    text = json.dumps({section: standing(list(filter(lasting, world.get(section, [])))) for section in MADE})
    for made, label in generated_ids(world):
        if made:
            text = text.replace(json.dumps(made)[1:-1], label)
    return timeless(json.loads(JOB_NAME.sub(r"\1<chance>", text)))
