"""The table of attributes: a row tells two values of one, and how somebody changes it behind cbk's back.

The declarations that the rows vary are in BASE; `here` is the object under test, the others are what it needs. A row is

    row(ATTRIBUTE, FIRST, SECOND, drift=[acs calls], path=...)

ATTRIBUTE is its place in the declaration, with dots, `[]` for the first item of a list. `path`, as the plan names the
difference, is the first part of ATTRIBUTE unless said otherwise. `with_` adds what the attribute needs beside it, and
`without` takes out what it excludes. `drift` may be NOT_SEEN where the cloud does not return the attribute.
"""

NOT_SEEN = "the cloud does not tell"

ECS_TRUST = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["%s"]}}]}'
RAM_DOCUMENT = '{"Version":"1","Statement":[{"Effect":"Allow","Action":["%s"],"Resource":["*"]}]}'

BASE = {
    "policies": {"here": {"name": "Here", "document": {"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": ["ecs:DescribeDisks"], "Resource": ["*"]}]}}},
    "roles": {
        "here": {"name": "Here", "trust": {"service": ["ecs.aliyuncs.com"]}, "policies": ["policies.here"]},
        "other": {"name": "Other", "trust": {"service": ["ecs.aliyuncs.com"]}},
    },
    "attachments": {"here": {"role": "roles.here", "instances": {"ids": ["i-1"]}}},
    "scripts": {"here": {"instances": {"ids": ["i-1"]}, "pre_freeze": {"source": "one.sh"},
                         "post_thaw": {"source": "one.sh"}}},
}

# Which sections a section's rows need beside their own.
NEEDS = {
    "policies": [],
    "roles": ["policies"],
    "attachments": ["roles", "policies"],
    "scripts": [],
}

# What of a declaration is no attribute of an object, and where it is tested.
NO_ATTRIBUTES = {
    "lifecycle": "tests/e2e/destroy.bats, three_way.bats",
    "depends_on": "tests/unit/engine/test_stack.c",
    "replace_existing": "whose place may be taken: tests/e2e/attachments.bats",
    "instances": "chooses the objects: tests/unit/engine/test_selector.c",
}

ROWS = {}


def row(section, attribute, first, second, drift, path=None, with_=None, without=()):
    rows = ROWS.setdefault(section, {})
    assert attribute not in rows, f"{section}: two rows of {attribute}"
    rows[attribute] = {"first": first, "second": second, "drift": drift, "path": path or attribute.split(".")[0],
                       "with": with_ or {}, "without": without}


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
