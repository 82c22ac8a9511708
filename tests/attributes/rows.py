"""The table of attributes: a row tells two values of one, and how somebody changes it behind cbk's back.

The declarations that the rows vary are in BASE; `here` is the object under test, the others are what it needs. A row is

    row(ATTRIBUTE, FIRST, SECOND, drift=[acs calls], path=...)

ATTRIBUTE is its place in the declaration, with dots, `[]` for the first item of a list. `path`, as the plan names the
difference, is the first part of ATTRIBUTE unless said otherwise. `with_` adds what the attribute needs beside it, and
`without` takes out what it excludes, `second_with` is beside the second value only. `same`: there is but one value.
`drift` may be NOT_SEEN where the cloud does not return the attribute, or nobody can change it. In its calls @id is the
object's id, @policy the first part of a binding's, @point the recovery point of a job, @copy one of its disk snapshots.

A snapshot job is no object in the cloud whose attributes could be read, but a point that must be there: what its rows
tell besides is said at `job`.
"""

import json
import re

NOT_SEEN = "the cloud does not tell"

ECS_TRUST = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["%s"]}}]}'
RAM_DOCUMENT = '{"Version":"1","Statement":[{"Effect":"Allow","Action":["%s"],"Resource":["*"]}]}'

# What the plug-in does on an instance, for a copy that is application-consistent.
PLUG_IN = ["ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources", "ecs:DescribeDisks"]

BASE = {
    "policies": {"here": {"name": "Here", "document": {"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": PLUG_IN, "Resource": ["*"]}]}}},
    "roles": {
        "here": {"name": "Here", "trust": {"service": ["ecs.aliyuncs.com"]}, "policies": ["policies.here"]},
        "other": {"name": "Other", "trust": {"service": ["ecs.aliyuncs.com"]}, "policies": ["policies.here"]},
    },
    "attachments": {"here": {"role": "roles.here", "instances": {"ids": ["i-1"]}}},
    "scripts": {
        "here": {"instances": {"ids": ["i-1"]}, "pre_freeze": {"source": "one.sh"}, "post_thaw": {"source": "one.sh"}},
        "moved": {"instances": {"ids": ["i-2"]}, "pre_freeze": {"source": "one.sh", "path": "/opt/freeze"},
                  "post_thaw": {"source": "one.sh", "path": "/opt/thaw"}},
    },
    "vaults": {"here": {}, "other": {}},
    "backup_policies": {
        "here": {"schedule": {"every": "1d", "from": "2027-01-01T00:00:00Z"}, "retain": "30d"},
        "other": {"schedule": {"every": "1d", "from": "2027-01-01T00:00:00Z"}, "retain": "30d"},
    },
    "bindings": {"here": {"policy": "backup_policies.here", "instances": {"ids": ["i-1"]},
                          "consistency": {"level": "crash"}}},
    "snapshot_jobs": {"here": {"instances": {"ids": ["i-1"]}, "consistency": {
        "level": "application", "role": "roles.here", "scripts": "scripts.here"}}},
}

# Which sections a section's rows need beside their own.
NEEDS = {
    "policies": [],
    "roles": ["policies"],
    "attachments": ["roles", "policies"],
    "scripts": [],
    "vaults": [],
    "backup_policies": ["vaults"],
    "bindings": ["backup_policies", "roles", "policies", "scripts", "vaults"],
    "snapshot_jobs": ["roles", "policies", "attachments", "scripts"],
}

# What of a declaration is no attribute of an object, and where it is tested.
NO_ATTRIBUTES = {
    "lifecycle": "tests/e2e/destroy.bats, three_way.bats",
    "depends_on": "tests/unit/engine/test_stack.c",
    "replace_existing": "whose place may be taken: tests/e2e/attachments.bats",
    "instances": "chooses the objects: tests/unit/engine/test_selector.c",
    "require": "a demand on what is foreseen, kept nowhere in the cloud: tests/e2e/fitness.bats",
}
# But what a snapshot job demands is all that there is of it.
DEMANDS = {"instances", "require"}

ROWS = {}


def row(section, attribute, first, second, drift, path=None, with_=None, without=(), same=False,
        second_with=None):
    rows = ROWS.setdefault(section, {})
    assert attribute not in rows, f"{section}: two rows of {attribute}"
    rows[attribute] = {"first": first, "second": second, "drift": drift, "path": path or re.split(r"[.\[]", attribute)[0],
                       "with": with_ or {}, "without": without, "same": same,
                       "second_with": second_with or {}}


def update_role(change):
    return [["ram", "UpdateRole", "RoleName=Here", change]]


def write_document(action):
    return [["ram", "CreatePolicyVersion", "PolicyName=Here", "SetAsDefault=true",
             "PolicyDocument=" + RAM_DOCUMENT % action]]


def document(*actions):
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": ["*"]}]}


def trust_document(service):
    return {"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": [service]}}]}


def in_guest(command):
    return [["ecs", "RunCommand", "Type=RunShellScript", "InstanceId.1=i-1", "ContentEncoding=PlainText",
             "CommandContent=" + command]]


row("policies", "name", "Here", "There", drift=NOT_SEEN)  # a policy cannot be renamed: another name is another policy
row("policies", "description", "one", "two", [["ram", "UpdatePolicyDescription", "PolicyName=Here", "NewDescription=x"]])
row("policies", "document", document("ecs:A"), document("ecs:B"), write_document("ecs:C"))
row("policies", "document_file", "one.json", "two.json", write_document("ecs:C"), path="document", without=["document"])

row("policies", "tags", {"a": "1", "b": "2"}, {"a": "1", "b": "3"},
    [["ram", "UntagResources", "ResourceType=policy", 'ResourceNames=["Here"]', 'TagKeys=["b"]']])

row("roles", "name", "Here", "There", drift=NOT_SEEN)
row("roles", "tags", {"a": "1", "b": "2"}, {"c": ""},
    [["ram", "TagResources", "ResourceType=role", 'ResourceNames=["Here"]', 'Tag=[{"Key": "c", "Value": "x"}]']])
row("roles", "description", "one", "two", update_role("NewDescription=x"))
row("roles", "max_session_duration", 3600, 7200, update_role("NewMaxSessionDuration=10800"))
row("roles", "trust.service", ["ecs.aliyuncs.com"], ["hbr.aliyuncs.com"],
    update_role("NewAssumeRolePolicyDocument=" + ECS_TRUST % "oss.aliyuncs.com"))
OIDC = {"provider": "gh", "issuer": "https://i", "audience": ["a"], "subject": ["s"]}
SAML = {"provider": "ad", "recipient": "r"}
OTHER_TRUST = update_role("NewAssumeRolePolicyDocument=" + ECS_TRUST % "oss.aliyuncs.com")
row("roles", "trust.account", ["12"], ["34", "56"], OTHER_TRUST)
for key, first, second in (("provider", "gh", "acs:ram::99:oidc-provider/gh"), ("issuer", "https://i", "https://j"),
                           ("audience", ["a"], ["a", "b"]), ("subject", ["s"], ["s*", "t"])):
    row("roles", "trust.oidc[]." + key, first, second, OTHER_TRUST, with_={"trust": {"oidc": [OIDC]}})
for key, first, second in (("provider", "ad", "acs:ram::99:saml-provider/ad"), ("recipient", "r", "s")):
    row("roles", "trust.saml[]." + key, first, second, OTHER_TRUST, with_={"trust": {"saml": [SAML]}})
row("roles", "trust.oidc", [OIDC], [OIDC, {**OIDC, "provider": "gl"}], OTHER_TRUST)
row("roles", "trust.saml", [SAML], [SAML, {"provider": "okta"}], OTHER_TRUST)
row("roles", "trust_document", trust_document("ecs.aliyuncs.com"), trust_document("hbr.aliyuncs.com"),
    update_role("NewAssumeRolePolicyDocument=" + ECS_TRUST % "oss.aliyuncs.com"), path="trust", without=["trust"])
row("roles", "policies", ["policies.here"], [],
    [["ram", "AttachPolicyToRole", "PolicyType=System", "PolicyName=AliyunECSReadOnlyAccess", "RoleName=Here"]])
row("roles", "policies[].system", "AliyunECSReadOnlyAccess", "AliyunECSFullAccess",
    [["ram", "DetachPolicyFromRole", "PolicyType=System", "PolicyName=AliyunECSFullAccess", "RoleName=Here"]],
    path="policies")
row("roles", "policies[].custom", "Foreign", "Foreign2",
    [["ram", "DetachPolicyFromRole", "PolicyType=Custom", "PolicyName=Foreign2", "RoleName=Here"]], path="policies")

row("attachments", "role", "roles.here", "roles.other",
    [["ecs", "DetachInstanceRamRole", 'InstanceIds=["i-1"]', "RamRoleName=Other"],
     ["ecs", "AttachInstanceRamRole", 'InstanceIds=["i-1"]', "RamRoleName=Foreign"]])

for part, default in (("pre_freeze", "/tmp/prescript.sh"), ("post_thaw", "/tmp/postscript.sh")):
    row("scripts", part + ".source", "one.sh", "two.sh", in_guest("echo x > " + default))
    row("scripts", part + ".path", default, "/opt/" + part, in_guest("chmod 0755 /opt/" + part))


def update_vault(change):
    return [["hbr", "UpdateVault", "VaultId=@id", change]]


row("vaults", "name", "Here", "There", update_vault("VaultName=x"))
row("vaults", "description", "one", "two", update_vault("Description=x"))
row("vaults", "type", "STANDARD", "OTS_BACKUP", drift=NOT_SEEN)  # nobody can change it
row("vaults", "storage_class", "STANDARD", "STANDARD", drift=NOT_SEEN, same=True)  # there is but one
row("vaults", "encryption.type", "HBR_PRIVATE", "KMS", drift=NOT_SEEN, path="encryption",
    with_={"encryption": {"key": "key-1"}})
row("vaults", "encryption.key", "key-1", "key-2", drift=NOT_SEEN, path="encryption",
    with_={"encryption": {"type": "KMS"}})
row("vaults", "replication", False, True, drift=NOT_SEEN)
row("vaults", "worm", False, True, drift=NOT_SEEN)  # on for ever
row("vaults", "resource_group", "rg-one", "rg-two", update_vault("ResourceGroupId=rg-x"))


def rules(*changed):
    """What somebody makes of a policy's rules."""
    backup = {"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1798761600|P1D", "Retention": 30}
    transition = {"RuleType": "TRANSITION", "Retention": 30}
    made = [{**rule, **more} for rule, more in zip((backup, transition), [*changed, {}, {}])]
    return [["hbr", "UpdatePolicyV2", "PolicyId=@id", "Rules=" + json.dumps(made + list(changed[2:]))]]


EVERY_HOUR = {"Schedule": "I|1798761600|PT1H"}
STANDARD = {"type": "STANDARD", "vault": "vaults.here"}
ONE_RULE = {"schedule": {"every": "1d", "from": "2027-01-01T00:00:00Z"}}

row("backup_policies", "name", "Here", "There", [["hbr", "UpdatePolicyV2", "PolicyId=@id", "PolicyName=x"]])
row("backup_policies", "description", "one", "two", [["hbr", "UpdatePolicyV2", "PolicyId=@id", "PolicyDescription=x"]])
row("backup_policies", "type", "UDM_ECS_ONLY", "STANDARD", drift=NOT_SEEN, second_with={"vault": "vaults.here"})
row("backup_policies", "schedule.every", "1d", "6h", rules(EVERY_HOUR), path="rules")
row("backup_policies", "schedule.from", "2027-01-01T00:00:00Z", "2027-01-01T01:00:00Z", rules(EVERY_HOUR), path="rules")
row("backup_policies", "schedule.cron", "0 0 2 ? * 1", "0 0 3 ? * 1", rules(EVERY_HOUR), path="rules",
    without=["schedule"])
row("backup_policies", "retain", "30d", "40d", rules({"Retention": 5}), path="rules")
row("backup_policies", "keep_latest", False, True, rules(), path="rules")
row("backup_policies", "rules", [ONE_RULE], [ONE_RULE, {"schedule": {"cron": "0 0 2 ? * 1"}}], rules(),
    without=["schedule"])
row("backup_policies", "rules[].schedule.every", "1d", "6h", rules(EVERY_HOUR), without=["schedule"],
    with_={"rules": [{"schedule": {"from": "2027-01-01T00:00:00Z"}}]})
row("backup_policies", "rules[].schedule.from", "2027-01-01T00:00:00Z", "2027-01-01T01:00:00Z", rules(EVERY_HOUR),
    without=["schedule"], with_={"rules": [{"schedule": {"every": "1d"}}]})
row("backup_policies", "rules[].schedule.cron", "0 0 2 ? * 1", "0 0 3 ? * 1", rules(EVERY_HOUR), without=["schedule"])
row("backup_policies", "rules[].retain", "30d", "40d", rules({"Retention": 5}), without=["schedule"],
    with_={"rules": [ONE_RULE]})
row("backup_policies", "rules[].keep_latest", False, True, rules(), without=["schedule"], with_={"rules": [ONE_RULE]})
row("backup_policies", "rules[].vault", "vaults.here", "vaults.other", rules(), without=["schedule"],
    with_={"type": "STANDARD", "rules": [ONE_RULE]})
for period in ("daily", "weekly", "monthly", "yearly"):
    row("backup_policies", "keep." + period, "60d", "90d", rules())
row("backup_policies", "archive_after", "30d", "60d", rules(), path="archive_after_days", with_={"retain": "150d"})
row("backup_policies", "immutable", False, True, rules())
row("backup_policies", "replication", [{"region": "cn-shanghai", "retain": "9d"}],
    [{"region": "cn-shanghai", "retain": "9d"}, {"region": "cn-beijing", "retain": "9d"}], rules())
row("backup_policies", "replication[].region", "cn-shanghai", "cn-beijing", rules(),
    with_={"replication": [{"retain": "9d"}]})
row("backup_policies", "replication[].retain", "9d", "10d", rules(), with_={"replication": [{"region": "cn-beijing"}]})
row("backup_policies", "tag_rules", [{"filters": [{"key": "a"}]}],
    [{"filters": [{"key": "a"}]}, {"filters": [{"key": "b"}]}], rules())
row("backup_policies", "tag_rules[].filters", [{"key": "a"}], [{"key": "a"}, {"key": "b"}], rules())
row("backup_policies", "tag_rules[].filters[].key", "a", "b", rules())
row("backup_policies", "tag_rules[].filters[].value", "a", "b", rules(),
    with_={"tag_rules": [{"filters": [{"key": "a"}]}]})
row("backup_policies", "tag_rules[].filters[].operator", "equal", "not", rules(),
    with_={"tag_rules": [{"filters": [{"key": "a", "value": "b"}]}]})
row("backup_policies", "vault", "vaults.here", "vaults.other", rules(), path="rules", with_=STANDARD)


def bind(**change):
    return [["hbr", "UpdatePolicyBinding", "PolicyId=@policy", "SourceType=UDM_ECS", "DataSourceId=i-1",
             *(f"{name}={value}" for name, value in change.items())]]


def udm(**detail):
    return bind(AdvancedOptions=json.dumps({"UdmDetail": detail}))


APPLICATION = {"consistency": {"level": "application", "role": "roles.here"}}
row("bindings", "policy", "backup_policies.here", "backup_policies.other",
    [["hbr", "DeletePolicyBinding", "PolicyId=@policy", "SourceType=UDM_ECS", 'DataSourceIds=["i-1"]'],
     ["hbr", "CreatePolicyBindings", "PolicyId=po-foreign",
      'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-1"}]']])
row("bindings", "description", "one", "two", bind(PolicyBindingDescription="x"))
row("bindings", "disabled", False, True, bind(Disabled="false"))
row("bindings", "disks.only", ["d-1"], ["d-2"], udm(DiskIdList=[]), path="disks")
row("bindings", "disks.except", ["d-1"], ["d-2"], udm(ExcludeDiskIdList=[]), path="disks")
row("bindings", "copy_kms_key", "key-1", "key-2", udm(DestinationKmsKeyId="key-x"))
row("bindings", "cross_account.type", "CROSS_ACCOUNT", "CROSS_ACCOUNT", drift=NOT_SEEN, same=True,
    with_={"cross_account": {"user": "1", "role": "There"}})  # there is but one
row("bindings", "cross_account.user", "1", "2", drift=NOT_SEEN, path="cross_account",
    with_={"cross_account": {"role": "There"}})
row("bindings", "cross_account.role", "There", "Elsewhere", drift=NOT_SEEN, path="cross_account",
    with_={"cross_account": {"user": "1"}})
row("bindings", "consistency.level", "crash", "application", udm(AppConsistent=False), path="level",
    with_={"consistency": {"role": "roles.here"}})
row("bindings", "consistency.role", "roles.here", "roles.other", udm(RamRoleName="x"), path="role", with_=APPLICATION)
row("bindings", "consistency.scripts", "scripts.here", "scripts.moved", udm(PreScriptPath="/x"), path="pre_freeze",
    with_=APPLICATION)
row("bindings", "consistency.freeze_timeout", "30s", "60s", udm(TimeoutInSeconds=5), path="freeze_timeout",
    with_=APPLICATION)
row("bindings", "consistency.fs_freeze", True, False, udm(EnableFsFreeze=True), path="fs_freeze", with_=APPLICATION)
row("bindings", "consistency.writers", True, False, udm(EnableWriters=True), path="writers", with_=APPLICATION)
row("bindings", "consistency.group", False, True, udm(SnapshotGroup=False), path="group")


POINT_GONE = [["hbr", "DeleteSnapshot", "SourceType=UDM_ECS", "SnapshotId=@point"]]
# Whoever takes the mark from a disk snapshot makes a liar of the point: its level is proven no more.
LEVEL_SPOILED = [["ecs", "UntagResources", "ResourceType=snapshot", "ResourceId.1=@copy", "TagKey.1=APPConsistent"]]
NO_POINT = "no application recovery point"
NO_COPY = "no crash recovery point"
# The role is declared and nobody carries it: a copy is crash-consistent.
UNFIT = {"attachments": None}


def job(attribute, first, second, shows, asks=None, runs=None, drift=POINT_GONE, why=NO_POINT, levels=None, with_=None,
        first_around=None, second_around=None):
    """A row of snapshot jobs.

    `runs`: why a job runs for the second value; None: the point that is there serves it, and nothing happens in the
    cloud. `why` one runs after the `drift`. Patterns, both. `shows` is how the plan shows the second value, and `asks`
    what the cloud is asked for by it (None: nothing, it is a demand on the point). `levels` that are reached with the
    one and the other, APPLICATION unless said otherwise; `first_around` and `second_around` are sections beside them
    (None: left out).
    """
    row("snapshot_jobs", attribute, first, second, drift, with_=with_)
    ROWS["snapshot_jobs"][attribute] |= {
        "runs": runs, "why": why, "shows": shows, "asks": asks or {}, "levels": levels or ("APPLICATION", "APPLICATION"),
        "first_around": first_around or {}, "second_around": second_around or {}}


FELL_SHORT = {"runs": NO_POINT, "levels": ("CRASH", "APPLICATION")}
AT_CRASH = {"with_": {"consistency": {"level": "crash"}}, "levels": ("CRASH", "CRASH"), "why": NO_COPY}
job("instances", {"ids": ["i-1"]}, {"ids": ["i-2"]}, {"instance": "i-2"}, runs=NO_COPY, **AT_CRASH)
job("consistency.level", "crash", "application", {"level": "application"}, {"appConsistent": True}, **FELL_SHORT)
job("consistency.role", "roles.here", "roles.other", {"role": "Other"}, {"ramRoleName": "Other"},
    second_around={"attachments": {"here": {"role": "roles.other", "instances": {"ids": ["i-1"]}}}})
job("consistency.scripts", "scripts.here", "scripts.moved", {"pre_freeze": "/opt/freeze", "post_thaw": "/opt/thaw"},
    {"preScriptPath": "/opt/freeze", "postScriptPath": "/opt/thaw"},
    second_around={"scripts": {"moved": {**BASE["scripts"]["moved"], "instances": {"ids": ["i-1"]}}}})
job("consistency.freeze_timeout", "30s", "1m", {"freeze_timeout": 60}, {"timeoutInSeconds": 60})
job("consistency.fs_freeze", True, False, {"fs_freeze": False}, {"enableFsFreeze": False})
job("consistency.writers", True, False, {"writers": False}, {"enableWriters": False})
job("consistency.group", False, True, {"group": True}, {"snapshotGroup": True}, **AT_CRASH)
job("require", "crash", "application", {"require": "application"}, drift=LEVEL_SPOILED, first_around=UNFIT, **FELL_SHORT)
job("on_downgrade", "accept", "fail", {"on_downgrade": "fail"}, drift=LEVEL_SPOILED, first_around=UNFIT, **FELL_SHORT)
job("max_age", "24h", "12h", {"max_age": "12h"}, drift=[["sim", "POST", "/_sim/clock", '{"advance": "13h"}']],
    why="newest point is of .*, max_age 12h")
job("trigger", "a", 7, {"trigger": 7}, runs='trigger "a" -> 7', why=NO_POINT + " since trigger 7")
job("retain", "7d", "14d", {"retain_days": 14}, {"retention": 14})
job("timeout", "2h", "1h", {"timeout": 3600})
