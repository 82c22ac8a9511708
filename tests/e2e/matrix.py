#!/usr/bin/env python3
"""Writes the world and the stack of matrix.bats: matrix.py REGION jobs|bindings.

A row is one instance, one job or binding for it, and what must be found: the level, and the checks that are not ok. Each row differs
from a fit instance in one thing.
"""
import json
import sys

region = sys.argv[1]
bindings = sys.argv[2] == "bindings"
away = region == "me-central-1"
ACTIONS = ["ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources", "ecs:DescribeDisks"]
SEEN = ["ecs:DescribeSnapshots", "ecs:DescribeSnapshotGroups", "ecs:CreateSnapshot", "ecs:CreateSnapshotGroup"]


def allow(*actions, **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": ["*"], **more}


# role -> (trusted service, statements of its policy)
ROLES = {
    "app": ("ecs.aliyuncs.com", [allow(*ACTIONS)]),
    "other": ("ecs.aliyuncs.com", [allow(*ACTIONS)]),
    "mute": ("ecs.aliyuncs.com", [allow(*[a for a in ACTIONS if a != "ecs:TagResources"])]),
    "denied": ("ecs.aliyuncs.com", [allow(*ACTIONS), {"Effect": "Deny", "Action": "ecs:CreateSnapshotG*", "Resource": "*"}]),
    "maybe": ("ecs.aliyuncs.com", [allow(*ACTIONS, Condition={"IpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}})]),
    "exact": ("ecs.aliyuncs.com", [allow(*SEEN, *ACTIONS[2:])]),
    "stranger": ("fc.aliyuncs.com", [allow(*ACTIONS)]),
}
ESSD = {"category": "cloud_essd", "size_gib": 40, "filesystem": "ext4"}


def row(level, findings="", instance=None, attached="app", carried="", scripts="own", order=None, role="app"):
    return {"level": level, "findings": [f for f in findings.split(",") if f], "instance": instance or {},
            "attached": attached, "carried": carried, "scripts": scripts, "order": order or {}, "role": role}


def windows(name="Windows Server  2019 Datacenter 64bit", **more):
    return {"os_type": "windows", "os_name": name, **more}


def mounts(source, filesystem, mount):
    return {"mounts": [{"source": source, "filesystem": filesystem, "mount": mount}]}


ROWS = {
    # fit
    "ubuntu": row("application"),
    "centos-7-6": row("application", instance={"os_name": "CentOS  7.6 64 bit"}),
    "alinux-2": row("application", instance={"os_name": "Alibaba Cloud Linux  2.1903 LTS 64 bit"}),
    "alinux-3": row("application", instance={"os_name": "Alibaba Cloud Linux  3.2104 LTS 64 bit"}),
    "windows": row("application", instance=windows(), scripts=None),
    "windows-with-scripts": row("application", instance=windows()),
    "auto-and-entry": row("application", instance={"disks": [{**ESSD, "category": "cloud_auto"}, {**ESSD, "category": "cloud_essd_entry"}]}),
    "sixteen-disks": row("application", instance={"disks": [ESSD] * 16}),
    "xfs-and-ext3": row("application", instance={"disks": [{**ESSD, "filesystem": "xfs"}, {**ESSD, "filesystem": "ext3"}]}),
    "firmware": row("application", instance=mounts("/dev/vda15", "vfat", "/boot/efi")),
    "no-freeze": row("application", order={"fs_freeze": False}),
    "exact-actions": row("application", "CBK107 warning", attached="exact", role="exact"),
    # 101 to 105, 111, 113: the instance
    "centos-6": row("crash", "CBK101 error", instance={"os_name": "CentOS  6.10 64 bit"}),
    "debian": row("crash", "CBK101 error", instance={"os_name": "Debian  12.4 64 bit"}),
    "windows-2008": row("crash", "CBK101 error", instance=windows("Windows Server  2008 R2"), scripts=None),
    "efficiency": row("crash", "CBK102 error", instance={"disks": [{**ESSD, "category": "cloud_efficiency"}]}),
    "one-ssd": row("crash", "CBK102 error", instance={"disks": [ESSD, {**ESSD, "category": "cloud_ssd"}]}),
    "btrfs": row("crash", "CBK103 error", instance={"disks": [ESSD, {**ESSD, "filesystem": "btrfs"}]}),
    "nfs": row("crash", "CBK103 error", instance=mounts("nas:/share", "nfs", "/nas")),
    "cifs": row("crash", "CBK103 error", instance=mounts("//nas/share", "cifs", "/nas")),
    "vfat": row("crash", "CBK103 error", instance=mounts("/dev/vdz1", "vfat", "/data")),
    "twice": row("crash", "CBK103 error", instance=mounts("/dev/vda1", "ext4", "/srv")),
    "offline": row("crash", "CBK105 error", instance={"assistant": "offline"}),
    "missing": row("crash", "CBK105 error", instance={"assistant": "missing"}),
    "stopped": row("crash", "CBK111 error", instance={"status": "Stopped"}),
    "seventeen-disks": row("crash", "CBK113 error", instance={"disks": [ESSD] * 17}),
    "thirty-three-tib": row("crash", "CBK113 error", instance={"disks": [{**ESSD, "size_gib": 33 * 1024}]}),
    # 106, 107: the role
    "no-role": row("crash", "CBK106 error", attached=None),
    "other-role": row("crash", "CBK106 error", attached=None, carried="other"),
    "no-trust": row("crash", "CBK106 error", attached=None, carried="stranger", role="stranger"),
    "no-tags": row("crash", "CBK107 error", attached="mute", role="mute"),
    "denied": row("crash", "CBK107 error", attached="denied", role="denied"),
    "conditional": row("crash", "CBK107 error", attached="maybe", role="maybe"),
    # 108: scripts
    "no-scripts": row("filesystem", "CBK108 error", scripts=None),
    "elsewhere": row("filesystem", "CBK108 error", scripts="elsewhere"),
    "no-scripts-no-freeze": row("crash", "CBK108 error", scripts=None, order={"fs_freeze": False}),
    # 110: writers
    "no-writers": row("filesystem", "CBK110 error", instance=windows(), scripts=None, order={"writers": False}),
    # several things at once: the lowest counts
    "both": row("crash", "CBK106 error,CBK108 error", attached=None, scripts=None),
    # nothing but a crash-consistent copy is asked for
    "plain": row("crash", instance={"assistant": "offline"}, attached=None, scripts=None, order={"level": "crash"}),
}


def world():
    instances = []
    for number, (key, it) in enumerate(ROWS.items()):
        base = {"id": f"i-row{number:02}", "name": key, "os_type": "linux", "os_name": "Ubuntu  22.04 64 bit",
                "status": "Running", "assistant": "online", "role": it["carried"], "disks": [ESSD]}
        instances.append({**base, **it["instance"]})
    roles = [{"name": name, "trust": {"service": [ROLES[name][0]]}, "policies": [name]} for name in ROLES]
    policies = [{"name": name, "document": {"Version": "1", "Statement": ROLES[name][1]}} for name in ROLES]
    return {"account": "1234567890123456", "region": region, "instances": instances, "roles": roles, "policies": policies,
            "credentials": [{"access_key_id": "LTAIquickstart", "access_key_secret": "quickstart-secret"}]}


def order(number, key, it):
    consistency = {"level": "application", "role": f"roles.{it['role']}", **it["order"]}
    if it["scripts"] == "own":
        consistency["scripts"] = f"scripts.{key}"
    if consistency["level"] == "crash":
        consistency = {"level": "crash"}
    return {"instances": {"ids": [f"i-row{number:02}"]}, "consistency": consistency,
            **({"policy": "backup_policies.daily"} if bindings else {})}


def scripts(number, where):
    files = {part: {"source": f"scripts/mysql-{file}.sh"} for part, file in
             (("pre_freeze", "prescript"), ("post_thaw", "postscript"))}
    if where == "elsewhere":
        files["pre_freeze"]["path"] = "/opt/elsewhere.sh"
    return {"instances": {"ids": [f"i-row{number:02}"]}, **files}


def stack():
    rows = list(enumerate(ROWS.items()))
    return {
        "cbk": 1, "stack": "matrix", "provider": {"region": region, "account": "1234567890123456"},
        "policies": {n: {"document": {"Version": "1", "Statement": ROLES[n][1]}} for n in ROLES},
        "roles": {n: {"trust": {"service": [ROLES[n][0]]}, "policies": [f"policies.{n}"]} for n in ROLES},
        "attachments": {key: {"role": f"roles.{it['attached']}", "instances": {"ids": [f"i-row{n:02}"]}}
                        for n, (key, it) in rows if it["attached"]},
        "scripts": {key: scripts(n, it["scripts"]) for n, (key, it) in rows if it["scripts"]},
        "backup_policies": {"daily": {"schedule": {"every": "1d", "from": "2026-01-01T02:00:00+08:00"}, "retain": "30d"}},
        "bindings" if bindings else "snapshot_jobs": {key: order(n, key, it) for n, (key, it) in rows},
    }


def expectation(it):
    asked = it["order"].get("level", "application")
    level, findings = it["level"], it["findings"]
    if away and asked == "application":
        level, findings = "crash", sorted(findings + ["CBK104 error"])
    return {"level": level, "findings": findings, "required": asked}


json.dump(world(), open("world.yaml", "w"))
json.dump(stack(), open("stack/cbk.yaml", "w"))
json.dump({key: expectation(it) for key, it in ROWS.items()}, open("rows.json", "w"))
