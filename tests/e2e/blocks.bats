#!/usr/bin/env bats
# The blocks about addresses: moved, removed, import.

load lib

ecs_trust='{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'

# Adds lines to the stack.
add_to_stack()
{
    cat >>stack/cbk.yaml
}

# A stack of two roles and no instances, for what needs no fleet: small_stack LINES-OF-ROLES
small_stack()
{
    { printf 'cbk: 1\nstack: quickstart\nprovider: {region: cn-hangzhou}\nroles:\n' && cat; } >stack/cbk.yaml
}

@test "moved: a job keeps its point, a role keeps its policies, nothing runs" {
    apply
    before=$(changes_made)
    for section in roles.app-snapshot:roles.snap scripts.mysql:scripts.db; do
        in_file stack/cbk.yaml "${section%%:*}" "${section##*:}"
    done
    in_file stack/cbk.yaml $'roles:\n  app-snapshot:' $'roles:\n  snap:'
    in_file stack/cbk.yaml $'scripts:\n  mysql:' $'scripts:\n  db:'
    in_file stack/cbk.yaml $'snapshot_jobs:\n  mysql:' $'snapshot_jobs:\n  db:'
    add_to_stack <<'YAML'
moved:
  - {from: roles.app-snapshot, to: roles.snap}
  - {from: scripts.mysql, to: scripts.db}
  - {from: snapshot_jobs.mysql, to: snapshot_jobs.db}
YAML
    expect 2 plan --detailed-exitcode
    says 'moved from roles.app-snapshot' 'moved from snapshot_jobs.mysql["i-bp1aaa"]' 'moved to snapshot_jobs.db["i-bp1bbb"]' \
        'Plan: 0 to add, 0 to change, 0 to destroy, 0 jobs to run, '
    expect 0 plan --format json
    [ "$(jq -r '.changes[] | select(.address == "roles.snap") | .previous_address' <<<"$output")" = roles.app-snapshot ]
    apply
    [ "$(changes_made)" -eq "$before" ]
    expect_settled # the blocks may stay
    [ "$(cbk_in_stack show | grep -c 'mysql')" -eq 2 ] # the attachments
    cbk_in_stack show 'snapshot_jobs.db["i-bp1aaa"]' | jq -e .evidence.snapshot_id
}

@test "moved: without the block, a job under another key runs again" {
    apply
    in_file stack/cbk.yaml $'snapshot_jobs:\n  mysql:' $'snapshot_jobs:\n  db:'
    expect 2 plan --detailed-exitcode
    says '2 jobs to run'
}

@test "moved: one instance's share changes its declaration" {
    apply
    before=$(changes_made)
    in_file stack/cbk.yaml 'mysql: {tags: {app: mysql}, expect: {min: 1, max: 20}}' 'mysql: {ids: [i-bp1aaa]}
  second: {ids: [i-bp1bbb]}'
    add_to_stack <<'YAML'
moved:
  - {from: 'snapshot_jobs.mysql["i-bp1bbb"]', to: 'snapshot_jobs.second["i-bp1bbb"]'}
YAML
    in_file stack/cbk.yaml $'attachments:\n' $'attachments:\n  second: {role: roles.app-snapshot, instances: second}\n'
    sed -i 's/^    trigger:.*//' stack/cbk.yaml
    sed '/^snapshot_jobs:/,/^moved:/!d' stack/cbk.yaml | sed '/^snapshot_jobs:/d; /^moved:/d; s/mysql/second/; s/scripts.mysql/scripts.second/; s/instances: mysql/instances: second/' >job
    in_file stack/cbk.yaml $'snapshot_jobs:\n' $'snapshot_jobs:\n'"$(cat job)"$'\n'
    in_file stack/cbk.yaml $'scripts:\n' $'scripts:\n  second: {instances: second, pre_freeze: {source: scripts/mysql-prescript.sh}, post_thaw: {source: scripts/mysql-postscript.sh}}\n'
    expect 2 plan --detailed-exitcode
    says 'moved from snapshot_jobs.mysql["i-bp1bbb"]' 'moved from attachments.mysql["i-bp1bbb"]' \
        'Plan: 0 to add, 0 to change, 0 to destroy, 0 jobs to run, '
    apply
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
}

@test "moved: one instance's share that no selector takes is not destroyed by accident" {
    apply
    in_file stack/cbk.yaml 'mysql: {tags: {app: mysql}, expect: {min: 1, max: 20}}' 'mysql: {ids: [i-bp1aaa]}'
    add_to_stack <<'YAML'
moved:
  - {from: 'attachments.old["i-bp1bbb"]', to: 'attachments.mysql["i-bp1bbb"]'}
YAML
    expect 2 plan --detailed-exitcode # the state knows no such address: the block finds nothing to do
    sed -i 's/attachments.old/attachments.mysql/; s/to: .attachments.mysql/to: '"'"'attachments.other/' stack/cbk.yaml
    in_file stack/cbk.yaml $'attachments:\n' $'attachments:\n  other: {role: roles.app-snapshot, instances: {ids: [i-bp1ccc]}}\n'
    refuses "no selector makes 'attachments.other[\"i-bp1bbb\"]'" plan
    in_file stack/cbk.yaml 'mysql: {ids: [i-bp1aaa]}' 'mysql: {tags: {app: mysql}}'
    refuses "'attachments.mysql[\"i-bp1bbb\"]' is still declared" plan
}

@test "moved: what the state knows at both addresses is not mixed up" {
    small_stack <<'YAML'
  one: {name: One, trust: {service: [ecs.aliyuncs.com]}}
  two: {name: Two, trust: {service: [ecs.aliyuncs.com]}}
YAML
    apply
    small_stack <<'YAML'
  two: {name: Two, trust: {service: [ecs.aliyuncs.com]}}
moved: [{from: roles.one, to: roles.two}]
YAML
    refuses "the state knows 'roles.one' (One) and 'roles.two' (Two)" plan
    says 'stack/cbk.yaml:6:16'
    refuses "one cannot take the other's place" apply --auto-approve
}

@test "removed: the state forgets, the cloud keeps" {
    apply
    before=$(changes_made)
    python3 - <<'PYTHON'
import re
text = open("stack/cbk.yaml").read()
text = re.sub(r"(?s)attachments:.*?\n\nscripts:", "scripts:", text)
text = text[:text.index("snapshot_jobs:")]
open("stack/cbk.yaml", "w").write(text + "removed:\n  - {address: attachments.mysql, destroy: false}\n  - {address: snapshot_jobs.mysql}\n")
PYTHON
    expect 2 plan --detailed-exitcode
    says '. attachments.mysql["i-bp1aaa"]' 'removed from the stack, and left as it is' '0 to destroy'
    apply
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
    acs ecs DescribeInstanceRamRole 'InstanceIds=["i-bp1aaa"]' | grep -q AppSnapshotRoleName
}

@test "removed: the same stays when all else is destroyed, and protection does not stand in the way" {
    small_stack <<'YAML'
  one: {name: One, trust: {service: [ecs.aliyuncs.com]}, lifecycle: {prevent_destroy: true}}
  two: {name: Two, trust: {service: [ecs.aliyuncs.com]}}
YAML
    apply
    small_stack <<'YAML'
  two: {name: Two, trust: {service: [ecs.aliyuncs.com]}}
removed: [{address: roles.one}]
YAML
    expect 0 destroy --auto-approve
    says '1 destroyed'
    [ "$(acs sim GET /_sim/world | jq -r '.roles[].name')" = One ]
}

@test "removed with destroy is as if there were no block" {
    small_stack <<'YAML'
  one: {name: One, trust: {service: [ecs.aliyuncs.com]}}
YAML
    apply
    small_stack <<'YAML'
  {}
removed: [{address: roles.one, destroy: true}]
YAML
    expect 2 plan --detailed-exitcode
    says '- roles.one' '1 to destroy'
}

@test "import: what lives is taken over whatever it looks like, and changed" {
    acs ram CreateRole RoleName=Old 'Description=of someone else' MaxSessionDuration=7200 "AssumeRolePolicyDocument=$ecs_trust"
    small_stack <<'YAML'
  mine: {name: Old, description: of ours, trust: {service: [ecs.aliyuncs.com]}}
YAML
    refuses "role 'Old' exists already" plan
    says "under 'import'"
    add_to_stack <<<'import: [{address: roles.mine, id: Old}]'
    expect 2 plan --detailed-exitcode
    says '~ roles.mine' 'imported: Old' '"of someone else" -> "of ours"   config' \
        'Plan: 1 to import, 0 to add, 1 to change, 0 to destroy'
    expect 0 plan --format json
    [ "$(jq -c '[.summary.import, .changes[0].importing]' <<<"$output")" = '[1,{"id":"Old"}]' ]
    apply
    expect_settled # the block may stay
    [ "$(actions_made | tail -1)" = UpdateRole ]
}

@test "import: what lives as declared changes nothing but the state" {
    acs ram CreateRole RoleName=Same "AssumeRolePolicyDocument=$ecs_trust"
    small_stack <<'YAML'
  same: {name: Same, trust: {service: [ecs.aliyuncs.com]}}
import:
  - {address: roles.same, id: Same}
YAML
    before=$(changes_made)
    expect 2 plan --detailed-exitcode
    says '= roles.same' 'Plan: 1 to import, 0 to add, 0 to change'
    expect 0 plan --out saved
    expect 0 apply saved
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
}

@test "import: an instance that carries another role" {
    acs ram CreateRole RoleName=Other "AssumeRolePolicyDocument=$ecs_trust"
    acs ecs AttachInstanceRamRole RamRoleName=Other 'InstanceIds=["i-bp1aaa"]'
    add_to_stack <<'YAML'
import:
  - address: attachments.mysql["i-bp1aaa"]
    id: i-bp1aaa
YAML
    expect 2 plan --detailed-exitcode
    says '-/+ attachments.mysql["i-bp1aaa"]' '"Other" -> "AppSnapshotRoleName"' '1 to import'
    apply
    expect_settled
}

@test "import: errors stand at the block" {
    small_stack <<'YAML'
  mine: {name: Mine, trust: {service: [ecs.aliyuncs.com]}}
import:
  - {address: roles.mine, id: Nowhere}
YAML
    refuses "cannot import roles.mine: there is no role 'Nowhere'" plan
    says 'stack/cbk.yaml:7:31'
    acs ram CreateRole RoleName=Else "AssumeRolePolicyDocument=$ecs_trust"
    in_file stack/cbk.yaml 'id: Nowhere' 'id: Else'
    refuses "cannot import 'Else' as roles.mine, since it would be replaced: name is \"Else\", not \"Mine\"" plan
    sed -i '/^import/,$d' stack/cbk.yaml
    apply
    add_to_stack <<<'import: [{address: roles.mine, id: Else}]'
    refuses "roles.mine is 'Mine' already, not 'Else'" plan
}

# A backup policy of somebody else's, by its id: make_policy NAME
make_policy()
{
    acs hbr CreatePolicyV2 "PolicyName=$1" PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType":"BACKUP","BackupType":"COMPLETE","Schedule":"I|1764547200|P1D","Retention":7}]' | jq -r .PolicyId
}

backup_stack()
{
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: quickstart
provider: {region: cn-hangzhou}
backup_policies:
  nightly: {schedule: {every: 1d, from: "2025-12-01T00:00:00Z"}, retain: 30d}
bindings:
  b: {policy: backup_policies.nightly, instances: {ids: [i-bp1aaa]}, consistency: {level: crash}, description: ours}
YAML
}

@test "import: of two that bear one name, the one that is meant; and its binding" {
    first=$(make_policy nightly)
    second=$(make_policy nightly)
    acs hbr CreatePolicyBindings "PolicyId=$second" \
        'PolicyBindingList=[{"SourceType":"UDM_ECS","DataSourceId":"i-bp1aaa"}]'
    backup_stack
    refuses "more than one backup_policy is named 'nightly'" plan
    cat >>stack/cbk.yaml <<YAML
import:
  - {address: backup_policies.nightly, id: $second}
  - {address: 'bindings.b["i-bp1aaa"]', id: i-bp1aaa}
YAML
    expect 2 plan --detailed-exitcode
    says '~ backup_policies.nightly' "imported: $second" '~ bindings.b["i-bp1aaa"]' 'Plan: 2 to import, 0 to add, 2 to change'
    apply
    expect_settled # the blocks may stay
    [ "$(acs hbr DescribePoliciesV2 | jq -r --arg id "$first" '.Policies[] | select(.PolicyId == $id) | .Rules[0].Retention')" -eq 7 ]
    [ "$(actions_made | grep -c 'CreatePolicy\|Delete')" -eq 3 ] # all by hand
}

@test "import: what another address has is not taken from there" {
    backup_stack
    apply
    id=$(jq -r '.resources["backup_policies.nightly"].id' stack/state/quickstart.json)
    in_file stack/cbk.yaml 'bindings:' '  other: {schedule: {every: 1w, from: "2025-12-01T00:00:00Z"}, retain: 90d}
bindings:'
    refuses "cannot import '$id' as backup_policies.other: it is backup_policies.nightly" import backup_policies.other "$id"
    add_to_stack <<<"import: [{address: backup_policies.other, id: $id}]"
    refuses "cannot import '$id' as backup_policies.other: it is backup_policies.nightly" plan
    says '^' 'cbk state rm'
    # Its declaration goes in the same breath: it would be taken over and destroyed.
    sed -i '/^  nightly:/d; s/backup_policies.nightly/backup_policies.other/' stack/cbk.yaml
    refuses 'it is backup_policies.nightly' plan
    add_to_stack <<<'moved: [{from: backup_policies.nightly, to: backup_policies.other}]'
    expect 0 plan
    says '~ backup_policies.other' 'moved from backup_policies.nightly' '0 to add, 1 to change, 0 to destroy'
}

@test "import by command: a policy by its id, a binding by its instance" {
    id=$(make_policy nightly)
    acs hbr CreatePolicyBindings "PolicyId=$id" 'PolicyBindingList=[{"SourceType":"UDM_ECS","DataSourceId":"i-bp1aaa"}]'
    backup_stack
    refuses 'there is no backup_policy' import backup_policies.nightly po-nowhere
    expect 0 import backup_policies.nightly "$id"
    says "the stack owns '$id' now" 'The next apply makes it as it is declared.'
    expect 0 import 'bindings.b["i-bp1aaa"]' i-bp1aaa
    says 'description'
    expect 0 import 'bindings.b["i-bp1aaa"]' i-bp1aaa
    says 'already'
    apply
    expect_settled
}

@test "removed: a policy is not deleted from under a binding that is let go" {
    backup_stack
    apply
    sed -i '/^backup_policies/,$d' stack/cbk.yaml
    add_to_stack <<<'removed: [{address: bindings.b}]'
    refuses 'still protects instances that this stack does not bind: i-bp1aaa' plan
    refuses 'still protects instances that this stack does not bind: i-bp1aaa' apply --auto-approve
}

@test "moved: a policy and its bindings take other keys, and nothing is unprotected" {
    backup_stack
    apply
    before=$(changes_made)
    in_file stack/cbk.yaml '  nightly: {' '  daily: {name: nightly, '
    in_file stack/cbk.yaml 'backup_policies.nightly' 'backup_policies.daily'
    in_file stack/cbk.yaml '  b: {' '  all: {'
    echo 'moved: [{from: backup_policies.nightly, to: backup_policies.daily}, {from: bindings.b, to: bindings.all}]' >>stack/cbk.yaml
    expect 2 plan --detailed-exitcode
    says 'moved from backup_policies.nightly' 'moved from bindings.b["i-bp1aaa"]' 'Plan: 0 to add, 0 to change, 0 to destroy'
    apply
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
}
