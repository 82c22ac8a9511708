"""Stacks that have been drawn are applied: what every apply has to keep to."""
import json
import re

from draw import is_closed
from simulated import ROOT, Wrong
from watch import protection
from worlds import standing

TRIES = 60
ALLOW = sorted(set(re.findall(r"--allow-[a-z-]+", (ROOT / "man/cbk.1").read_text().replace("\\-", "-"))))
# What a stack may make; all else in the simulated world tells how it came to be, or outlives the stack by design.
MADE = ("instances", "policies", "roles", "vaults", "backup_policies", "bindings")


def world_of(cloud):
    world = cloud.admin("GET", "world")
    return {name: standing(world.get(name, [])) for name in MADE}


def write(folder, stack):
    (folder / "cbk.yaml").write_text(json.dumps(stack, indent=2))


def plan_of(cloud, *words):
    """The plan as JSON, or None where the stack is refused: then nothing may have been changed."""
    code, text = cloud.say("plan", "--format", "json", *ALLOW, *words)
    if code == 0:
        return json.loads(text)
    if "Sanitizer" in text or "internal" in text:
        raise Wrong(text)
    return None


def draw_valid(cloud, draw):
    """Draws until a stack has a plan: the schema does not know all that has to fit."""
    for _ in range(TRIES):
        stack = draw()
        if not is_closed(stack):
            continue
        write(cloud.folder, stack)
        plan = plan_of(cloud)
        if plan:
            return plan
    raise Wrong(f"no stack of {TRIES} has a plan: {cloud.say('plan', *ALLOW)[1]}")


def apply(cloud, watch, plan, allow, codes):
    """Applies, and looks at what was seen on the way. The exit code, one of `codes`."""
    before, start = protection(watch.world()), len(watch.seen)
    code, text = cloud.say("apply", "--auto-approve", *allow)
    if code not in codes:
        raise Wrong(f"exit code {code} of apply\n{text}")
    after = protection(watch.world())
    announced = {re.search(r'\["(.*)"\]', c["address"]).group(1) for c in plan["changes"] if c.get("gap")}
    for number, seen in enumerate(watch.seen[start:], 1):
        lost = (before & after) - seen - announced
        if lost:
            raise Wrong(f"after request {number} of the apply these were not protected: {', '.join(sorted(lost))}\n{text}")
    return code


def settle(cloud, watch, plan):
    """Applies, and expects an empty plan."""
    apply(cloud, watch, plan, ALLOW, (0, 3))  # 3: a job that was accepted below its level is no harm here
    code, text = cloud.say("plan", "--detailed-exitcode", *ALLOW)
    if code != 0:
        raise Wrong(f"the second plan is not empty (exit code {code})\n{text}")
