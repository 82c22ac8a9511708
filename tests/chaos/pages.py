"""Lists whose pages come empty, or come again: what is missing there must never be taken for deleted."""
import json
import tempfile
from pathlib import Path

from simulated import KEY, Wrong
from stage import Example

# More of each than a page holds. Disks and points need no more than one page: a single one may come empty, too.
INSTANCES, POLICIES, VAULTS = 130, 105, 100
LISTS = ("DescribeInstances", "DescribeInstanceRamRole", "DescribePolicyBindings", "DescribePoliciesV2", "DescribeVaults")


def write_fleet(folder):
    """A stack with long lists, and its world."""
    schedule = {"every": "1d", "from": "2026-12-01T02:00:00+08:00"}
    stack = {
        "cbk": 1, "stack": "fleet", "provider": {"region": "cn-hangzhou", "account": "1234567890123456"},
        "instances": {"all": {"tags": {"app": "fleet"}}},
        "roles": {"role": {"trust": {"service": ["ecs.aliyuncs.com"]}}},
        "attachments": {"all": {"role": "roles.role", "instances": "all"}},
        "vaults": {f"v{n:03}": {} for n in range(VAULTS)},
        "backup_policies": {f"p{n:03}": {"schedule": schedule, "retain": "7d"} for n in range(POLICIES)},
        "bindings": {"all": {"policy": "backup_policies.p000", "instances": "all", "consistency": {"level": "crash"}}},
    }
    world = {
        "account": "1234567890123456", "region": "cn-hangzhou",
        "credentials": [{"access_key_id": KEY[0], "access_key_secret": KEY[1]}],
        "instances": [{"id": f"i-{n:03}", "tags": {"app": "fleet"}} for n in range(INSTANCES)],
    }
    (folder / "cbk.yaml").write_text(json.dumps(stack))
    (folder / "world.yaml").write_text(json.dumps(world))


class Fleet(Example):
    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="cbk-fleet-")
        folder = Path(self.dir.name) / "fleet"
        folder.mkdir()
        (folder.parent / "scripts").mkdir()
        write_fleet(folder)
        super().__init__(folder)
        self.stays = True  # vaults are not deleted in their first hours

    def key(self):
        return KEY


def lose(undisturbed, action, fault, times):
    """From the second page on one, or each, comes wrong: the plan is empty, or refused; it never plans to mend that."""
    with undisturbed.stage("destroy") as stage:
        stage.fault(fault, {"action": action, "nth": 2}, times=times)
        code, text = stage.say(*stage.words("plan", "--detailed-exitcode"))
        stage.judge_end(code, text, ["plan"])
        if code == 1 and "has holes" not in text:
            raise Wrong(text)
        if code == 0 and times == 0 and fault == "page_empty":
            raise Wrong(f"nobody saw that {action} has pages without items")
        code, text = stage.ends_well("apply", "--auto-approve")
        stage.no_faults()
        stage.settle("apply", undisturbed.worlds["apply"])
        return code == 0


def cells(undisturbeds):
    undisturbed = undisturbeds.of(Fleet())
    for action in LISTS:
        for fault in ("page_empty", "page_again"):
            for times, how in ((1, "once"), (0, "always")):
                yield (f"fleet, {action}", f"{fault}, {how}", f"fleet: {action}, {fault} {how}", lose,
                       (undisturbed, action, fault, times))
