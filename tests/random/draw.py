"""Draws stacks and worlds by chance, from the JSON Schema of stacks: a new key comes along by itself.

What the schema cannot say, because it is about the world or about two values at once, is told in TAME: by the name of a
property, what is drawn in its place. ABSENT leaves it out.
"""
import copy
import json
import re
import re._constants as sre
import re._parser as parser

from simulated import ROOT

SCHEMA = json.loads((ROOT / "schemas/stack.schema.json").read_text())
ABSENT = object()
ACTIONS = ["ecs:DescribeDisks", "ecs:DescribeSnapshots", "ecs:CreateSnapshot*", "ecs:TagResources", "oss:GetObject"]
WORDS = ["nightly", "crème brûlée", "no", "on: x", "#7", "'quoted'", "tab\there", "0x1f", "~", "日本"]
SCRIPTS = ["one.sh", "two.sh"]
MOST = 6  # instances
# Sections that declare nothing that exists.
FRAME = {"cbk", "stack", "include", "provider", "state", "variables", "moved", "removed", "import", "drift_ignore", "instances"}
SECTIONS = [name for name in SCHEMA["properties"] if name not in FRAME]


def pick(*values):
    return lambda chance, _: copy.deepcopy(chance.choice(values))


def draw_document(chance, draft):
    trusts = draft.path[-1] == "trust_document"
    statement = {"Effect": "Allow"}
    if trusts:
        statement |= {"Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com", "fc.aliyuncs.com"][:chance.randint(1, 2)]}}
    else:
        statement |= {"Action": chance.sample(ACTIONS, chance.randint(1, 3)), "Resource": chance.choice(["*", ["*"]])}
    return {"Version": "1", "Statement": [statement]}


def draw_trust(chance, _):
    """Somebody, and ECS: what instances carry has to trust it."""
    ours = "acs:ram::1234567890123456"
    others = {
        "service": ["fc.aliyuncs.com"], "account": ["1234567890123456"],
        "oidc": [{"provider": f"{ours}:oidc-provider/runners", "issuer": "https://ci.example.com", "audience": ["cbk"]}],
        "saml": [{"provider": f"{ours}:saml-provider/office"}],
    }
    trust = {key: others[key] for key in others if chance.random() < 0.3}
    return {**trust, "service": ["ecs.aliyuncs.com", *trust.get("service", [])]}


def draw_name(chance, draft):
    draft.names += 1
    return f"Random-{chance.randrange(10 ** 6)}-{draft.names}"


def draw_disks(chance, _):
    """All disks of the world are d-NUMBERsystem and d-NUMBERdata."""
    kind = chance.choice(["system", "data"])
    return {chance.choice(["only", "except"]): [f"d-{number}{kind}" for number in range(MOST)]}


def draw_tag_rules(chance, _):
    """Of tags that nobody carries: what a rule binds, no declaration can."""
    filters = [{"key": "nobody", "operator": "equal", "value": value} for value in ("", "v", "w w")]
    return [{"filters": chance.sample(filters, chance.randint(1, 2))} for _ in range(chance.randint(1, 2))]


def draw_schedule(chance, _):
    """An interval needs its beginning; a cron may do without."""
    begin = {"from": "2026-12-01T02:00:00+08:00"}
    every = {"every": chance.choice(["1d", "6h", "1w"]), **begin}
    cron = {"cron": chance.choice(["0 0 2 * * ?", "0 30 4 ? * 2,4"]), **chance.choice([{}, begin])}
    return chance.choice([every, cron])


def draw_level(chance, draft):
    """A job that cannot reach what it asks for runs at every plan, and most worlds are not fit: levels.py has those."""
    return "crash" if draft.path[0] == "snapshot_jobs" else chance.choice(["crash", "application"])


TAME = {
    # what exists in the world, and only there
    "document": draw_document, "trust_document": draw_document, "document_file": ABSENT,
    "source": pick(*SCRIPTS), "name": draw_name,
    "trust": draw_trust,
    "system": pick("AliyunECSReadOnlyAccess", "AliyunRAMReadOnlyAccess"), "custom": pick("Foreign"),
    "region": pick("cn-shanghai", "cn-beijing"), "disks": draw_disks, "tag_rules": draw_tag_rules,
    "cross_account": ABSENT, "resource_group": ABSENT, "copy_kms_key": pick("key-1", "key-2"),
    # what cannot be taken back, or takes hours
    "prevent_destroy": pick(False), "worm": pick(False), "immutable": pick(False), "max_age": ABSENT, "timeout": ABSENT,
    "ignore": ABSENT,
    # what has to fit something else
    "retain": pick("1d", "7d", "2w"), "schedule": draw_schedule, "freeze_timeout": pick("10s", "30s", "1m"), "archive_after": ABSENT,
    "daily": pick("14d", "30d"), "weekly": pick("60d"), "monthly": pick("180d"), "yearly": pick("730d"),
    "level": draw_level, "require": pick("crash"), "group": pick(False), "trigger": pick("a", "b", 7),
    "type": ABSENT, "vault": ABSENT, "encryption": pick({"type": "HBR_PRIVATE"}, {"type": "KMS", "key": "key-1"}),
}


def draw_text(chance, pattern):
    """Text that a regular expression matches."""

    def node(op, argument):
        if op is sre.LITERAL:
            return chr(argument)
        if op is sre.IN:
            return one_of(chance.choice(argument))
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, inner = argument
            return "".join(walk(inner) for _ in range(chance.randint(low, min(int(high), low + 6))))
        if op is sre.SUBPATTERN:
            return walk(argument[-1])
        if op is sre.BRANCH:
            return walk(chance.choice(argument[1]))
        if op is sre.AT:
            return ""
        raise NotImplementedError(f"{op} in '{pattern}'")

    def one_of(item):
        op, argument = item
        return chr(chance.randint(*argument)) if op is sre.RANGE else node(op, argument)

    def walk(parts):
        return "".join(node(op, argument) for op, argument in parts)

    return walk(parser.parse(pattern))


class Draft:
    """One stack under way: what has been declared so far is what references may name."""

    def __init__(self, chance, groups, tame):
        self.chance = chance
        self.tame = tame
        self.groups = groups  # names of selectors that share no instance
        self.declared = {}
        self.path = []
        self.names = 0
        self.free = {}

    def resolve(self, rule):
        while "$ref" in rule:
            rule = {**SCHEMA["$defs"][rule["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in rule.items() if k != "$ref"}}
        return rule

    def reference(self, section):
        if section == "instances":
            free = self.free.setdefault(self.path[0], list(self.groups))
            return free.pop(self.chance.randrange(len(free))) if free else ABSENT
        sections = SECTIONS if section == "*" else [section]
        known = [f"{name}.{key}" for name in sections for key in self.declared.get(name, {})]
        return self.chance.choice(known) if known else ABSENT

    def properties(self, rule):
        needed = set(rule.get("required", []))
        for word in ("oneOf", "anyOf"):
            branches = [b["required"] for b in rule.get(word, []) if set(b) == {"required"}]
            if branches:
                needed |= set(self.chance.choice(branches))
                banned = {name for branch in branches for name in branch} - needed
                rule = {**rule, "properties": {k: v for k, v in rule["properties"].items() if k not in banned}}
        value = {}
        least, most = rule.get("minProperties", 0), rule.get("maxProperties", 99)
        names = [n for n in rule["properties"] if n not in needed]
        chosen = [n for n in names if self.chance.random() < 0.4][:most]
        if len(needed) + len(chosen) < least and names:
            chosen = self.chance.sample(names, least)
        for name in rule["properties"]:
            if name not in needed and name not in chosen:
                continue
            inner = self.value(rule["properties"][name], name)
            if inner is not ABSENT:
                value[name] = inner
            elif name in needed:
                return ABSENT
        condition = rule.get("if", {}).get("properties", {})
        if condition and all(value.get(k) == v.get("const") for k, v in condition.items()):
            for name in rule["then"]["required"]:
                if name not in value and (inner := self.value(rule["properties"][name], name)) is not ABSENT:
                    value[name] = inner
                elif name not in value:
                    return ABSENT
        return value if len(value) >= least else ABSENT

    def texts(self, rule):
        """An object of free keys, such as tags."""
        return {f"k{i}": self.chance.choice(["", "v", "w w"]) for i in range(self.chance.randint(1, 3))}

    def items(self, rule):
        count = self.chance.randint(rule.get("minItems", 0), min(rule.get("maxItems", 9), rule.get("minItems", 0) + 2))
        values = []
        for _ in range(count):
            inner = self.value(rule.get("items", {}), "[]")
            if inner is not ABSENT and inner not in values:
                values.append(inner)
        return values if len(values) >= rule.get("minItems", 0) else ABSENT

    def value(self, rule, name):
        self.path.append(name)
        try:
            return self.tamed(name) if name in self.tame else self.by_rule(self.resolve(rule))
        finally:
            self.path.pop()

    def tamed(self, name):
        drawn = self.tame[name]
        return drawn if drawn is ABSENT else drawn(self.chance, self)

    def by_rule(self, rule):
        if "x-reference" in rule:
            return self.reference(rule["x-reference"])
        if "const" in rule:
            return rule["const"]
        if "enum" in rule:
            return self.chance.choice(rule["enum"])
        kind = rule.get("type")
        kind = self.chance.choice(kind) if isinstance(kind, list) else kind
        if kind == "object" and "properties" in rule:
            return self.properties(rule)
        if kind == "object":
            return self.texts(rule)
        if kind == "array":
            return self.items(rule)
        if kind == "boolean":
            return self.chance.random() < 0.5
        if kind == "integer":
            return self.chance.randint(rule.get("minimum", 0), rule.get("maximum", rule.get("minimum", 0) + 9))
        if kind == "string":
            return draw_text(self.chance, rule["pattern"]) if "pattern" in rule else self.chance.choice(WORDS)
        branches = rule.get("oneOf") or rule.get("anyOf")
        if branches:
            return self.by_rule(self.resolve(branches[0] if branches[0].get("x-reference") else self.chance.choice(branches)))
        raise NotImplementedError(f"no way to draw {json.dumps(rule)}")


def draw_world(chance):
    """Instances in groups by tag, and what others have left in the account."""
    groups = ["a", "b", "c"][:chance.randint(1, 3)]
    instances = []
    for number in range(chance.randint(len(groups), MOST)):
        windows = chance.random() < 0.15
        instances.append({
            "id": f"i-{number}", "name": f"host-{number}", "zone": chance.choice(["cn-hangzhou-h", "cn-hangzhou-i"]),
            "os_type": "windows" if windows else "linux",
            "os_name": "Windows Server 2019" if windows else "Ubuntu 22.04 64 bit",
            "status": "Stopped" if chance.random() < 0.1 else "Running",
            "assistant": "offline" if chance.random() < 0.1 else "online",
            "disks": [{"id": f"d-{number}{kind}", "category": "cloud_essd", "size_gib": 40, "type": kind}
                      for kind in ("system", "data")],
            "tags": {"group": groups[number] if number < len(groups) else chance.choice(groups)},
        })
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                            "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
    return groups, {
        "account": "1234567890123456", "region": "cn-hangzhou",
        "credentials": [{"access_key_id": "LTAIsimulated", "access_key_secret": "simulated-secret"}],
        "instances": [*instances, {"id": "i-theirs", "name": "theirs", "role": "Theirs", "tags": {"group": "theirs"}}],
        "policies": [{"name": "Foreign", "document": {"Version": "1", "Statement": [
            {"Effect": "Allow", "Action": ["ecs:Describe*"], "Resource": ["*"]}]}}],
        "roles": [{"name": "Theirs", "trust": trust, "policies": ["Foreign"]}],
    }


def into_vault(draft, policy):
    """The same policy for what is no instance: it backs up into a vault, which must be declared."""
    vault = draft.reference("vaults")
    if vault is ABSENT:
        return policy
    kept = {key: value for key, value in policy.items() if key not in ("tag_rules", "immutable")}
    return {**kept, "type": "STANDARD", "vault": vault}


def draw_section(draft, section, count):
    rule = SCHEMA["properties"][section]["additionalProperties"]
    for number in range(count):
        draft.path = [section]
        value = draft.by_rule(draft.resolve(rule))
        if section == "backup_policies" and value is not ABSENT:
            value = {"retain": "7d", **value}  # said here, or in each rule
            value = into_vault(draft, value) if draft.chance.random() < 0.2 else value
        if value is not ABSENT:
            draft.declared.setdefault(section, {})[f"{section[0]}{number}"] = value


def frame(groups):
    """A stack that declares nothing yet."""
    return {
        "cbk": 1, "stack": "random", "provider": {"region": "cn-hangzhou", "account": "1234567890123456"},
        "instances": {group: {"tags": {"group": group}, "allow_empty": True} for group in groups},
    }


def draw_stack(chance, groups, tame=None):
    """`tame` is what takes the place of TAME."""
    draft = Draft(chance, groups, tame or TAME)
    for section in SECTIONS:
        draw_section(draft, section, chance.randint(0, 2 if section != "snapshot_jobs" else 1))
    return {**frame(groups), **draft.declared}


def repoint(chance, value, stack):
    """The same declarations, some of whose references name another one of the same section."""
    if isinstance(value, dict):
        return {key: repoint(chance, inner, stack) for key, inner in value.items()}
    if isinstance(value, list):
        return [repoint(chance, inner, stack) for inner in value]
    section = value.split(".")[0] if isinstance(value, str) else None
    if section not in SECTIONS or section not in stack or chance.random() < 0.5:
        return value
    return f"{section}.{chance.choice(sorted(stack[section]))}"


def alter(chance, stack, groups, tame=None):
    """Another stack, not far from this one: sections drawn anew, declarations taken out, references moved."""
    other = copy.deepcopy(stack)
    fresh = draw_stack(chance, groups, tame)
    for section in SECTIONS:
        if chance.random() < 0.4:
            other.pop(section, None)
            if section in fresh:
                other[section] = fresh[section]
    for section in ("attachments", "bindings"):
        if section in other:
            other[section] = repoint(chance, other[section], other)
    return other


def is_closed(stack):
    """Do all references of the stack name something in it?"""
    text = json.dumps({section: stack.get(section, {}) for section in SECTIONS})
    return all(key in stack.get(section, {}) for section, key in
               re.findall(rf'"({"|".join(SECTIONS)})\.([A-Za-z0-9_-]+)"', text))
