#!/usr/bin/env bats
# Vaults and backup policies: what has an id of its own beside a name.

load lib

prepare()
{
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: quickstart
provider: {region: cn-hangzhou, account: "1234567890123456"}
vaults:
  files: {description: of files}
backup_policies:
  nightly:
    schedule: {every: 1d, from: "2027-01-01T02:00:00+08:00"}
    retain: 30d
    keep: {weekly: 90d}
  files:
    type: STANDARD
    vault: vaults.files
    schedule: {cron: "0 0 2 ? * 3,5,7"}
    retain: 7d
YAML
}

# The simulated policies as JSON: policies JQ-FILTER.
policies()
{
    acs sim GET /_sim/world | jq -r "[.backup_policies[]? | select(.status == \"ACTIVE\")] | $1"
}

id_of()
{
    jq -r --arg address "$1" '.resources[$address].id' stack/state/quickstart.json
}

turn_clock()
{
    acs sim POST /_sim/clock "{\"advance\": \"$1\"}" >/dev/null
}

@test "a vault and policies live and die" {
    apply
    says '3 added'
    expect_settled
    [ "$(policies 'map(.name) | sort | join(" ")')" = 'files nightly' ]
    turn_clock 3h
    expect 0 destroy --auto-approve --allow-point-deletion
    says '3 destroyed'
    [ "$(acs sim GET /_sim/world | jq '(.backup_policies // []) + (.vaults // []) | length')" -eq 0 ]
}

@test "rules change in place and keep their ids" {
    apply
    before=$(policies 'map(select(.name == "nightly").rules[].RuleId) | sort | join(" ")')
    in_file stack/cbk.yaml 'retain: 30d' 'retain: 40d'
    in_file stack/cbk.yaml 'every: 1d' 'every: 12h'
    in_file stack/cbk.yaml 'weekly: 90d' 'weekly: 100d'
    expect 0 plan
    says '~ backup_policies.nightly' 'keep' 'Plan: 0 to add, 1 to change'
    apply
    expect_settled
    [ "$(policies 'map(select(.name == "nightly").rules[].RuleId) | sort | join(" ")')" = "$before" ]
    [ "$(policies 'map(select(.name == "nightly").rules[] | select(.RuleType == "BACKUP").Schedule) | first')" = \
        'I|1798740000|PT12H' ]
}

@test "a policy is renamed in place" {
    apply
    id=$(id_of backup_policies.nightly)
    in_file stack/cbk.yaml '  nightly:' '  nightly:
    name: Every night'
    expect 0 plan
    says '~ backup_policies.nightly' '"nightly" -> "Every night"'
    apply
    expect_settled
    [ "$(policies "map(select(.id == \"$id\").name) | first")" = 'Every night' ]
}

@test "a key is renamed, and nothing is destroyed" {
    apply
    id=$(id_of backup_policies.nightly)
    in_file stack/cbk.yaml '  nightly:' '  daily:
    name: nightly'
    before=$(changes_made)
    apply
    expect_settled
    [ "$(changes_made)" -eq "$before" ]
    [ "$(id_of backup_policies.daily)" = "$id" ]
}

@test "a name that another declaration still has is an error, not a twin" {
    apply
    in_file stack/cbk.yaml '  nightly:
    schedule' '  other:
    name: nightly
    retain: 1d
    schedule: {every: 1d, from: "2027-01-01T02:00:00+08:00"}
  nightly:
    name: changed
    schedule'
    refuses "backup_policies.other is to be named 'nightly', which is still the name of backup_policies.nightly" plan
}

@test "twins behind cbk's back: nobody guesses which one is meant" {
    apply
    rm -r stack/state
    acs hbr CreatePolicyV2 PolicyName=nightly PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType":"BACKUP","BackupType":"COMPLETE","Schedule":"I|1|P1D","Retention":1}]'
    refuses "more than one backup_policy is named 'nightly': " plan
    says po-000
}

@test "a lost state: what lives as declared is adopted, with its id" {
    apply
    id=$(id_of backup_policies.nightly)
    rm -r stack/state
    expect 2 plan --detailed-exitcode
    says '= backup_policies.nightly' '= vaults.files' 'Plan: 0 to add, 0 to change'
    apply
    expect_settled
    [ "$(id_of backup_policies.nightly)" = "$id" ]
}

@test "a policy of that name that means something else is not taken" {
    acs hbr CreatePolicyV2 PolicyName=nightly PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType":"BACKUP","BackupType":"COMPLETE","Schedule":"I|1|P1D","Retention":1}]'
    refuses "backup_policy 'nightly' exists already, was not made by this stack" apply --auto-approve
}

@test "a policy that was made anew by somebody else is not taken for ours" {
    apply
    acs hbr DeletePolicyV2 "PolicyId=$(id_of backup_policies.nightly)"
    acs hbr CreatePolicyV2 PolicyName=nightly PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType":"BACKUP","BackupType":"COMPLETE","Schedule":"I|1|P1D","Retention":1}]'
    refuses 'is gone, and another one bears its name: po-000' plan
}

@test "a policy that is gone is made again" {
    apply
    acs hbr DeletePolicyV2 "PolicyId=$(id_of backup_policies.nightly)"
    expect 0 plan
    says '+ backup_policies.nightly' 'drift: it is gone'
    apply
    expect_settled
    [ "$(policies length)" -eq 2 ]
}

@test "a policy that protects what this stack does not bind stays" {
    apply
    acs hbr CreatePolicyBindings "PolicyId=$(id_of backup_policies.nightly)" \
        'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-bp1aaa"}]'
    sed -i '/^  nightly:/,/weekly/d' stack/cbk.yaml
    refuses 'still protects instances that this stack does not bind: i-bp1aaa' apply --auto-approve
    acs hbr DeletePolicyBinding "PolicyId=$(id_of backup_policies.nightly)" SourceType=UDM_ECS
    apply
    expect_settled
}

@test "what tag rules bound loses its policy only after the plan has said so" {
    in_file stack/cbk.yaml '    keep: {weekly: 90d}' '    tag_rules: [{filters: [{key: app, value: mysql}]}]'
    apply
    expect_settled
    sed -i '/^  nightly:/,/tag_rules/d' stack/cbk.yaml
    expect 0 plan
    says 'instances that its tag rules bound will have no policy'
    apply
}

@test "no vault is deleted in its first two hours" {
    apply
    refuses 'cannot be deleted before 20' destroy --auto-approve --allow-point-deletion
    turn_clock 3h
    expect 0 destroy --auto-approve --allow-point-deletion
}

@test "write-once is for ever" {
    in_file stack/cbk.yaml 'files: {description: of files}' 'files: {description: of files, worm: false}'
    apply
    in_file stack/cbk.yaml 'worm: false' 'worm: true'
    expect 0 plan
    says 'IRREVERSIBLE'
    apply
    expect_settled
    in_file stack/cbk.yaml 'worm: true' 'worm: false'
    refuses 'vaults.files is write-once, which cannot be undone' plan
}

@test "another type is another policy, made before the old one goes" {
    apply
    turn_clock 3h
    in_file stack/cbk.yaml '    type: STANDARD
    vault: vaults.files
' ''
    expect 0 plan
    says '-/+ backup_policies.files'
    apply
    expect_settled
    [ "$(actions_made | grep -n 'CreatePolicyV2' | tail -1 | cut -d: -f1)" -lt \
        "$(actions_made | grep -n 'DeletePolicyV2' | tail -1 | cut -d: -f1)" ]
    [ "$(policies 'map(select(.name == "files").type) | join(" ")')" = UDM_ECS_ONLY ]
}

# --- lost answers and kill -9 ---------------------------------------------------------------------------------------

@test "an answer that is lost after the effect makes no twin" {
    fault drop_after '{"action": "CreatePolicyV2", "nth": 1}'
    fault drop_after '{"action": "CreateVault", "nth": 1}'
    apply
    no_faults
    expect_settled
    [ "$(policies length)" -eq 2 ]
    [ "$(acs sim GET /_sim/world | jq '.vaults | length')" -eq 1 ]
}

@test "an answer that is lost before the effect fails, and the next apply goes on" {
    fault drop_before '{"action": "CreatePolicyV2", "nth": 1}'
    expect 1 apply --auto-approve
    no_faults
    apply
    expect_settled
    [ "$(policies length)" -eq 2 ]
}

@test "killed before and after a policy is made: one of each" {
    killed_at before CreatePolicyV2
    apply
    expect_settled
    [ "$(policies length)" -eq 2 ]
    turn_clock 3h
    expect 0 destroy --auto-approve --allow-point-deletion
    killed_at after CreatePolicyV2
    apply
    expect_settled
    [ "$(policies length)" -eq 2 ]
}

@test "killed while a policy that had gone is made again: one of each" {
    apply
    acs hbr DeletePolicyV2 "PolicyId=$(id_of backup_policies.nightly)"
    killed_at after CreatePolicyV2
    apply
    expect_settled
    [ "$(policies length)" -eq 2 ]
}
