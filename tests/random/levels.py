"""Stacks whose jobs and bindings ask for application consistency: what that needs is declared for most of them, and most
of their worlds have it. Where it is missing, cbk must have known before."""
import copy
import json
import re

from draw import TAME, alter, draw_stack, draw_world, is_closed, pick
from equip import LACKS, equip, orders
from settle import ALLOW, apply, world_of
from simulated import Wrong

RANK = ["none", "crash", "filesystem", "application"]
# The simulated service's words for them.
TOLD = {"CRASH": "crash", "FILE_SYSTEM": "filesystem", "APPLICATION": "application"}
STRICT = [word for word in ALLOW if word != "--allow-downgrade"]
UBUNTU = {"os_type": "linux", "os_name": "Ubuntu  22.04 64 bit"}
# What makes an instance unfit.
SPOILS = [
    {"status": "Stopped"}, {"assistant": "offline"}, {"assistant": "missing"}, {"category": "cloud_efficiency"},
    {**UBUNTU, "os_name": "Debian  12.4 64 bit"},
    {**UBUNTU, "mounts": [{"source": "nas:/share", "filesystem": "nfs", "mount": "/nas"}]},
    {**UBUNTU, "mounts": [{"source": "/dev/vda1", "filesystem": "ext4", "mount": "/srv"}]},
]


def draw_begun_schedule(chance, _):
    """One that makes a point within a day."""
    return {"every": chance.choice(["6h", "1d"]), "from": "2026-01-01T02:00:00+08:00"}


WILD = {**TAME, "level": pick("application", "application", "application", "crash"), "require": pick(*RANK[1:]),
        "max_age": pick("20h", "1d"), "timeout": pick("1h", "3h"), "retain": pick("2d", "7d", "2w"),
        "schedule": draw_begun_schedule}


def plan_strictly(cloud):
    """The plan without leave to run below what is required; None: refused."""
    code, text = cloud.say("plan", "--format", "json", *STRICT)
    if code not in (0, 1):
        raise Wrong(f"exit code {code} of plan\n{text}")
    return json.loads(text) if code == 0 else None


def all_made(cloud):
    """What stands in the world, and each job that was ever run."""
    return world_of(cloud), cloud.admin("GET", "world")["backup_jobs"]


def points_of(world, instance):
    return [point for point in world["recovery_points"] if point["instance_id"] == instance]


def newest(world, instance):
    """The level of the instance's newest point."""
    points = points_of(world, instance)
    return TOLD[max(points, key=lambda point: point["created"])["level"]] if points else "none"


def is_below(level, least):
    return RANK.index(level) < RANK.index(least)


def least_of(job):
    """The level that a point of the job must have, so that an apply exits 0; with `warn` any is let pass."""
    required = job.get("require", job["consistency"]["level"])
    return {"warn": "crash", "accept": "crash"}.get(job.get("on_downgrade"), required)


def falls_short(change):
    """Is the change a job that will run, again and again, below what it requires?"""
    return change["actions"] == ["run"] and is_below(change["predicted"]["level"], change["after"]["require"])


def loses_something(plan, instance):
    """Does the plan take a role or scripts from the instance? They go after its jobs, and count for nothing before."""
    return any(c["actions"] == ["delete"] and c["address"].endswith(f'["{instance}"]') for c in plan["changes"])


class Levels:
    """Stacks that ask for application consistency, on worlds that are fit for it, or with one instance that is not."""
    name, option = "levels", "--levels "

    def __init__(self, chance, spoils=SPOILS):
        self.groups, self.world = draw_world(chance)
        self.is_fit = True
        instances = self.world["instances"][:-1]
        for instance in instances:
            instance |= {"status": "Running", "assistant": "online"}
        if spoils and chance.random() < 0.4:
            self.spoil(chance.choice(instances), copy.deepcopy(chance.choice(spoils)))

    def spoil(self, instance, spoiled):
        self.is_fit = False
        category = spoiled.pop("category", None)
        instance |= spoiled
        if category:
            instance["disks"][0]["category"] = category

    def finish(self, chance, stack):
        """Most stacks declare all that their orders need, some all but one thing, some what chance has given them."""
        share = chance.random() if is_closed(stack) else 1  # what is not is drawn anew
        self.is_equipped = share < 0.6
        if share < 0.85:
            equip(stack)
        if 0.6 <= share < 0.85:
            chance.choice(LACKS)(stack)
        return stack

    def draw(self, chance, groups):
        while not orders(stack := draw_stack(chance, groups, WILD)):
            pass
        return self.finish(chance, stack)

    def alter(self, chance, stack, groups):
        return self.finish(chance, alter(chance, stack, groups, WILD))

    def settle(self, cloud, watch, plan):
        """Applies what is not refused as it is; what is refused has changed nothing, and goes on with leave."""
        strict = plan_strictly(cloud)
        if strict:
            code = apply(cloud, watch, strict, STRICT, (0,))
            self.expect_served(cloud)
        else:
            self.expect_refusal(cloud)
            code = apply(cloud, watch, plan, ALLOW, (0, 3))
        self.expect_levels(cloud, plan)
        if code == 0:  # otherwise a job has failed, and what waits for it goes on waiting
            self.expect_settled(cloud)

    def expect_refusal(self, cloud):
        if self.is_fit and self.is_equipped:
            raise Wrong(f"refused, though all is fit\n{cloud.say('plan', *STRICT)[1]}")
        before = all_made(cloud)
        code, text = cloud.say("apply", "--auto-approve", *STRICT)
        if code != 1 or all_made(cloud) != before:
            raise Wrong(f"exit code {code} of an apply that is refused, or it has changed something\n{text}")

    def expect_levels(self, cloud, plan):
        """Every job that was run has reached what was foreseen; all that was asked for, where all is fit."""
        world = cloud.admin("GET", "world")
        for change in plan["changes"]:
            if "run" not in change["actions"]:
                continue
            instance = change["after"]["instance"]
            foreseen, reached = change["predicted"]["level"], newest(world, instance)
            if is_below(reached, foreseen) or (is_below(foreseen, reached) and not loses_something(plan, instance)):
                raise Wrong(f"{change['address']} has reached {reached}, {foreseen} was foreseen")
            if self.is_fit and self.is_equipped and foreseen != change["after"]["level"]:
                raise Wrong(f"{change['address']} has reached {reached}, though all is fit")

    def expect_served(self, cloud):
        """Every job has a point of the level that counts for it."""
        world = cloud.admin("GET", "world")
        groups = {i["id"]: i["tags"]["group"] for i in world["instances"] if i["tags"]}
        jobs = json.loads((cloud.folder / "cbk.yaml").read_text()).get("snapshot_jobs", {})
        for key, job in jobs.items():
            least = least_of(job)
            for instance in (i for i, group in groups.items() if group == job["instances"]):
                if all(is_below(TOLD[point["level"]], least) for point in points_of(world, instance)):
                    raise Wrong(f"snapshot_jobs.{key} has no point of {least} on {instance}")

    def expect_settled(self, cloud):
        """The second plan is empty, but for jobs that are let pass though they do not reach what they require."""
        code, text = cloud.say("plan", "--format", "json", *ALLOW)
        left = json.loads(text)["changes"] if code == 0 else None
        if left is None or any(not falls_short(change) for change in left if change["actions"] != ["no-op"]):
            raise Wrong(f"the second plan is not empty\n{cloud.say('plan', *ALLOW)[1]}")

    def at_the_end(self, cloud):
        """What the schedules make is what was foreseen of their bindings."""
        foreseen = {}
        for instance in json.loads(cloud.say("check", "--format", "json")[1])["instances"]:
            foreseen |= {instance["id"]: order["level"] for order in instance.get("orders", [])
                         if order["address"].startswith("bindings.")}
        bound = {b["data_source_id"] for b in cloud.admin("GET", "world")["bindings"] if not b.get("disabled")}
        cloud.admin("POST", "clock", {"advance": "25h"})
        world = cloud.admin("GET", "world")
        by_schedule = {j["id"] for j in world["backup_jobs"] if j["trigger"] == "SCHEDULE"}
        for instance in sorted(bound):
            made = {TOLD[point["level"]] for point in points_of(world, instance) if point["job_id"] in by_schedule}
            if made != {foreseen.get(instance)}:
                raise Wrong(f"the schedule has made {sorted(made)} of {instance}, {foreseen.get(instance)} was foreseen")
