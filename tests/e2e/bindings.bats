#!/usr/bin/env bats
# Bindings: which policy backs up which instance, and never without one for longer than has to be.

load lib

prepare()
{
    cat >>world.yaml <<'YAML'
backup_policies:
  - {id: po-foreign, name: foreign, type: UDM_ECS_ONLY, rules: [{RuleType: BACKUP, Schedule: "I|1798740000|P1D", Retention: 3}]}
YAML
    python3 - <<'PYTHON'
text = open("stack/cbk.yaml").read()
head = text[: text.index("snapshot_jobs:")].replace("{tags: {app: mysql}, expect: {min: 1, max: 20}}", "{ids: [i-bp1aaa]}")
open("stack/cbk.yaml", "w").write(head + """backup_policies:
  nightly: {schedule: {every: 1d, from: "2027-01-01T02:00:00+08:00"}, retain: 30d}
  weekly: {schedule: {every: 1w, from: "2027-01-01T02:00:00+08:00"}, retain: 60d}
bindings:
  mysql:
    policy: backup_policies.nightly
    instances: mysql
    consistency: {level: crash}
""")
PYTHON
}

# The simulated binding of an instance as JSON, null where it has none: binding JQ-FILTER [INSTANCE].
binding()
{
    acs sim GET /_sim/world | jq -c "[.bindings[]? | select(.data_source_id == \"${2:-i-bp1aaa}\")] | first | $1"
}

policy_of()
{
    acs sim GET /_sim/world | jq -r --arg id "$(binding .policy_id | tr -d '"')" \
        '.backup_policies[] | select(.id == $id).name'
}

bind_elsewhere()
{
    acs hbr CreatePolicyBindings PolicyId=po-foreign \
        'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-bp1aaa", "PolicyBindingDescription": "theirs"}]'
}

unbind()
{
    acs hbr DeletePolicyBinding "PolicyId=$(binding .policy_id | tr -d '"')" SourceType=UDM_ECS \
        'DataSourceIds=["i-bp1aaa"]'
}

@test "a binding lives and dies" {
    apply
    expect_settled
    [ "$(policy_of)" = nightly ]
    expect 0 destroy --auto-approve
    [ "$(binding .)" = null ]
}

@test "all that consistency asks for is bound, and changes in place" {
    in_file stack/cbk.yaml '{level: crash}' \
        '{level: application, role: roles.app-snapshot, scripts: scripts.mysql, freeze_timeout: 20s}'
    apply
    expect_settled
    [ "$(binding '.options.UdmDetail | [.AppConsistent, .RamRoleName, .PreScriptPath, .TimeoutInSeconds]')" = \
        '[true,"AppSnapshotRoleName","/tmp/prescript.sh",20]' ]
    in_file stack/cbk.yaml 'freeze_timeout: 20s}' 'freeze_timeout: 40s, fs_freeze: false}
    disks: {except: [d-bp1aab]}
    description: ours'
    before=$(binding .id)
    expect 0 plan
    says '~ bindings.mysql["i-bp1aaa"]' 'freeze_timeout' '20 -> 40' 'Plan: 0 to add, 1 to change, 0 to destroy'
    apply
    expect_settled
    [ "$(binding .id)" = "$before" ]
    [ "$(actions_made | grep -c DeletePolicyBinding)" -eq 0 ]
}

@test "a snapshot group that is lost at creation is asked for again" {
    in_file stack/cbk.yaml '{level: crash}' '{level: crash, group: true}'
    apply
    [ "$(binding .options.UdmDetail.SnapshotGroup)" = true ]
    [ "$(actions_made | grep -c UpdatePolicyBinding)" -eq 1 ]
    expect_settled
}

@test "a snapshot group and application consistency are not asked for together" {
    in_file stack/cbk.yaml '{level: crash}' \
        '{level: application, role: roles.app-snapshot, scripts: scripts.mysql, group: true}'
    refuses 'a snapshot group rules application consistency out' validate
    says '^'
}

@test "another policy: the plan says how long there is none, and nothing else is without" {
    apply
    in_file stack/cbk.yaml 'policy: backup_policies.nightly' 'policy: backup_policies.weekly'
    expect 0 plan
    says '-/+ bindings.mysql["i-bp1aaa"]' '"nightly" -> "weekly"' \
        'for about a second, between the two calls, no policy protects the instance'
    apply
    expect_settled
    [ "$(policy_of)" = weekly ]
}

@test "the new binding is refused: the old one comes back" {
    in_file stack/cbk.yaml '{level: crash}' '{level: crash, group: true}
    description: ours'
    apply
    in_file stack/cbk.yaml 'policy: backup_policies.nightly' 'policy: backup_policies.weekly'
    fault http_500 '{"action": "CreatePolicyBindings", "nth": 1}'
    expect 1 apply --auto-approve
    no_faults
    says "was put back"
    [ "$(policy_of)" = nightly ]
    [ "$(binding '[.description, .options.UdmDetail.SnapshotGroup]')" = '["ours",true]' ]
    apply
    expect_settled
    [ "$(policy_of)" = weekly ]
}

@test "neither the new nor the old binding can be made: nobody is told that all is well" {
    apply
    in_file stack/cbk.yaml 'policy: backup_policies.nightly' 'policy: backup_policies.weekly'
    fault http_500 '{"action": "CreatePolicyBindings", "nth": 1}' '"times": 2'
    expect 1 apply --auto-approve
    no_faults
    says 'i-bp1aaa IS NOT BOUND TO ANY POLICY NOW'
    apply
    expect_settled
    [ "$(policy_of)" = weekly ]
}

@test "answers that are lost change nothing about the end" {
    fault drop_after '{"action": "CreatePolicyBindings", "nth": 1}'
    apply
    no_faults
    expect_settled
    in_file stack/cbk.yaml 'policy: backup_policies.nightly' 'policy: backup_policies.weekly'
    fault drop_after '{"action": "DeletePolicyBinding", "nth": 1}'
    fault drop_after '{"action": "CreatePolicyBindings", "nth": 1}'
    apply
    no_faults
    expect_settled
    [ "$(policy_of)" = weekly ]
}

@test "killed between the old and the new binding" {
    apply
    in_file stack/cbk.yaml 'policy: backup_policies.nightly' 'policy: backup_policies.weekly'
    fault hang_before '{"action": "CreatePolicyBindings", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >died.log 2>&1 3>&- &
    pid=$!
    until [ "$(binding .)" = null ]; do sleep 0.02; done
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    no_faults
    apply
    expect_settled
    [ "$(policy_of)" = weekly ]
}

@test "instances are not bound to a policy of type STANDARD" {
    in_file stack/cbk.yaml '  nightly: {' '  nightly: {type: STANDARD, vault: vaults.v, '
    in_file stack/cbk.yaml 'backup_policies:
' 'vaults: {v: {}}
backup_policies:
'
    refuses "instances cannot be bound to 'backup_policies.nightly', a policy of type STANDARD" validate
}

@test "a policy that is made anew takes its bindings along before the old one goes" {
    apply
    old=$(binding .policy_id)
    expect 0 plan --replace backup_policies.nightly
    says '-/+ backup_policies.nightly' '-/+ bindings.mysql["i-bp1aaa"]' 'no policy protects the instance'
    says_not drift # nobody has moved it but this plan
    expect 0 apply --auto-approve --replace backup_policies.nightly
    [ "$(binding .policy_id)" != "$old" ]
    [ "$(policy_of)" = nightly ]
    [ "$(actions_made | tail -4 | tr '\n' ' ')" = \
        'CreatePolicyV2 DeletePolicyBinding CreatePolicyBindings DeletePolicyV2 ' ]
    expect_settled
}

@test "what an apply that failed has made anew is nobody's drift" {
    apply
    fault http_500 '{"action": "DeletePolicyBinding"}' '"times": 0'
    expect 1 apply --auto-approve --replace backup_policies.nightly
    no_faults
    expect 2 plan --detailed-exitcode
    says '-/+ bindings.mysql["i-bp1aaa"]' 'config'
    says_not drift
    expect 0 drift
    apply
    expect_settled
}

@test "somebody else's binding is an error that names the policy" {
    bind_elsewhere
    refuses 'policy is "po-foreign", not "nightly"' apply --auto-approve
    says 'replace_existing: true' '^'
    in_file stack/cbk.yaml '    policy: backup_policies.nightly' '    replace_existing: true
    policy: backup_policies.nightly'
    expect 0 plan
    says '-/+ bindings.mysql["i-bp1aaa"]'
    apply
    expect_settled
    [ "$(policy_of)" = nightly ]
}

@test "somebody else's binding comes back when ours is refused" {
    bind_elsewhere
    in_file stack/cbk.yaml '    policy: backup_policies.nightly' '    replace_existing: true
    policy: backup_policies.nightly'
    fault http_500 '{"action": "CreatePolicyBindings", "nth": 1}'
    expect 1 apply --auto-approve
    no_faults
    [ "$(policy_of)" = foreign ]
    [ "$(binding .description)" = '"theirs"' ]
}

@test "what others made of our binding is drift, and repaired" {
    apply
    unbind
    expect 0 plan
    says '+ bindings.mysql["i-bp1aaa"]' 'drift: it is gone'
    bind_elsewhere
    expect 0 plan
    says '-/+ bindings.mysql["i-bp1aaa"]' '"po-foreign" -> "nightly"' 'drift'
    apply
    expect_settled
    [ "$(policy_of)" = nightly ]
}

@test "a declaration that goes leaves alone what others bound instead" {
    apply
    unbind
    bind_elsewhere
    sed -i '/^bindings:/,$d' stack/cbk.yaml
    apply
    [ "$(policy_of)" = foreign ]
    expect_settled
}

@test "an instance that a tag rule binds is an error" {
    acs hbr UpdatePolicyV2 PolicyId=po-foreign 'Rules=[{"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1|P1D", "Retention": 3}, {"RuleType": "TAG", "TagFilters": [{"Key": "app", "Operator": "EQUAL", "Value": "mysql"}]}]'
    refuses 'po-foreign by a tag rule' plan
    in_file stack/cbk.yaml '    policy: backup_policies.nightly' '    replace_existing: true
    policy: backup_policies.nightly'
    refuses 'i-bp1aaa is bound to the policy po-foreign by a tag rule' plan
}

@test "many instances are read in few calls" {
    cat >>world.yaml <<'YAML'
fleets:
  - {count: 120, name: fleet, tags: {app: fleet}}
YAML
    restart_cloud
    in_file stack/cbk.yaml 'mysql: {ids: [i-bp1aaa]}' 'mysql: {tags: {app: fleet}}'
    sed -i '/^attachments:/,/^backup_policies:/{/^backup_policies:/!d}' stack/cbk.yaml
    apply
    says '124 added'
    before=$(acs sim GET /_sim/requests | jq length)
    expect_settled
    [ "$(acs sim GET "/_sim/requests?since=$before" | jq '[.[] | select(.action == "DescribePolicyBindings")] | length')" -eq 3 ]
}
