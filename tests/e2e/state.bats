#!/usr/bin/env bats
# Care for the state: list, show, mv, rm, pull, push; and import, which takes over what lives.

load lib

ecs_trust='{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'

@test "list and show" {
    expect 0 state list
    [ -z "$output" ]
    apply
    expect 0 state list
    [ "$(wc -l <<<"$output")" -eq 8 ]
    expect 0 state list attachments.mysql 'scripts.mysql["i-bp1bbb"]'
    [ "$output" = $'attachments.mysql["i-bp1aaa"]\nattachments.mysql["i-bp1bbb"]\nscripts.mysql["i-bp1bbb"]' ]
    expect 0 state show roles.app-snapshot
    [ "$(jq -r .id <<<"$output")" = AppSnapshotRoleName ]
    refuses "the state knows nothing at 'roles.app-snap' (did you mean 'roles.app-snapshot'?)" state show roles.app-snap
    refuses 'usage: cbk state show ADDRESS' state show
    refuses "unknown action 'lst' (did you mean 'list'?)" state lst
}

@test "mv: what the state knows stands elsewhere, and others need it there" {
    apply
    before=$(state_digest)
    expect 0 state mv roles.app-snapshot roles.snap --dry-run
    says 'roles.app-snapshot is roles.snap now.' 'Nothing was changed: --dry-run.'
    [ "$(state_digest)" = "$before" ]
    expect 0 state mv roles.app-snapshot roles.snap
    expect 0 state mv snapshot_jobs.mysql snapshot_jobs.db
    says 'snapshot_jobs.mysql["i-bp1aaa"] is snapshot_jobs.db["i-bp1aaa"] now.'
    in_file stack/cbk.yaml $'roles:\n  app-snapshot:' $'roles:\n  snap:'
    in_file stack/cbk.yaml 'roles.app-snapshot' 'roles.snap'
    in_file stack/cbk.yaml $'snapshot_jobs:\n  mysql:' $'snapshot_jobs:\n  db:'
    expect_settled
    [ "$(cbk_in_stack state show 'attachments.mysql["i-bp1aaa"]' | jq -c .depends_on)" = '["roles.snap"]' ]
}

@test "mv refuses what makes no sense" {
    apply
    refuses "the state knows something at 'roles.app-snapshot' already" state mv roles.app-snapshot roles.app-snapshot
    refuses "'roles.app-snapshot' and 'policies.x' are not of one section" state mv roles.app-snapshot policies.x
    refuses 'are not of the same instance' state mv 'scripts.mysql["i-bp1aaa"]' 'scripts.x["i-bp1bbb"]'
    refuses "'role.x' is not an address" state mv roles.app-snapshot role.x
    refuses "the state knows nothing at 'roles.none'" state mv roles.none roles.x
}

@test "rm: the state forgets, the cloud keeps" {
    apply
    before=$(changes_made)
    expect 0 state rm attachments.mysql --dry-run
    says 'attachments.mysql["i-bp1aaa"] is forgotten' 'Nothing was changed'
    expect 0 state rm attachments.mysql roles.app-snapshot
    [ "$(changes_made)" -eq "$before" ]
    expect 2 plan --detailed-exitcode
    says '= roles.app-snapshot' '= attachments.mysql["i-bp1bbb"]' 'Plan: 0 to add'
    refuses "the state knows nothing at 'attachments.mysql'" state rm scripts.mysql attachments.mysql
}

@test "pull and push: a copy goes back, an older or a foreign one does not" {
    refuses 'there is no state yet' state pull
    apply
    cbk_in_stack state pull >copy.json
    expect 0 state push copy.json # the same again
    expect 0 state rm snapshot_jobs.mysql
    refuses 'the state to push is older' state push copy.json
    jq '.serial += 5' copy.json >newer.json
    expect 0 state push newer.json
    says "The state has the serial $(jq .serial newer.json) now."
    expect_settled
    jq '.resources = {}' newer.json >same-serial.json
    refuses 'differs from the one that is kept under the same serial' state push same-serial.json
    jq '.lineage = "other" | .serial += 9' newer.json >foreign.json
    refuses 'is of another lineage' state push foreign.json
    refuses 'belongs to the stack' state push <(jq '.stack = "other"' newer.json)
    refuses 'is not a state of cbk' state push <(echo '{}')
    expect 0 state push --force foreign.json
    [ "$(cbk_in_stack state pull | jq -r .lineage)" = other ]
    cbk -C stack state push - <copy.json --force
    [ "$(cbk_in_stack state pull | jq .serial)" -gt "$(jq .serial foreign.json)" ]
    expect_settled
}

@test "a state that is being applied is not edited" {
    apply
    in_file stack/cbk.yaml 'assumed by' 'taken by'
    fault hang_before '{"action": "UpdateRole"}' '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    until grep -q 'roles.app-snapshot: updating' first.log; do sleep 0.02; done
    expect 1 state rm roles.app-snapshot
    says 'the state is locked by'
    expect 0 state list
    kill -9 "$first"
    wait "$first" || true
    no_faults
}

@test "import takes over what lives, now, and says what differs" {
    acs ram CreateRole RoleName=AppSnapshotRoleName 'Description=of someone else' MaxSessionDuration=7200 "AssumeRolePolicyDocument=$ecs_trust"
    before=$(changes_made)
    refuses "role 'AppSnapshotRoleName' exists already" plan
    expect 0 import roles.app-snapshot AppSnapshotRoleName
    says "roles.app-snapshot: the stack owns 'AppSnapshotRoleName' now." 'max_session_duration    7200 -> 3600' \
        'The next apply makes it as it is declared.'
    [ "$(changes_made)" -eq "$before" ]
    expect 0 import roles.app-snapshot AppSnapshotRoleName
    says "the stack owns 'AppSnapshotRoleName' already"
    expect 2 plan --detailed-exitcode --allow-wider-permissions
    says '~ roles.app-snapshot' '7200 -> 3600   config'
    expect 0 apply --auto-approve --allow-wider-permissions
    expect_settled
}

@test "import takes over one instance's share" {
    acs ram CreateRole RoleName=Other "AssumeRolePolicyDocument=$ecs_trust"
    acs ecs AttachInstanceRamRole RamRoleName=Other 'InstanceIds=["i-bp1aaa"]'
    expect 0 import 'attachments.mysql["i-bp1aaa"]' i-bp1aaa
    says '"Other" -> "AppSnapshotRoleName"'
    apply
    expect_settled
}

@test "import refuses what is not declared, not there, or something else" {
    refuses "unknown reference 'roles.app-snap' (did you mean 'roles.app-snapshot'?)" import roles.app-snap X
    refuses "cannot import roles.app-snapshot: there is no role 'Nowhere'" import roles.app-snapshot Nowhere
    refuses 'usage: cbk import ADDRESS ID' import roles.app-snapshot
    refuses "unknown section 'role' (did you mean 'roles'?)" import role.x X
    refuses "'attachments' are imported one instance at a time" import attachments.mysql X
    refuses 'a snapshot_job cannot be imported' import 'snapshot_jobs.mysql["i-bp1aaa"]' s-1
    apply
    refuses "roles.app-snapshot is 'AppSnapshotRoleName' already, not 'Else'" import roles.app-snapshot Else
}
