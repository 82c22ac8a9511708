#!/usr/bin/env bats
# destroy: all that the stack owns, in reverse, and nothing else.

load lib

@test "all goes, those first that need the others" {
    apply
    before=$(changes_made)
    expect 0 destroy --auto-approve
    says '- roles.app-snapshot' '6 destroyed'
    actions_made | tail -n "+$((before + 1))" >actions
    role=$(grep -n DeleteRole actions | cut -d: -f1)
    [ "$(grep -n DeletePolicy actions | cut -d: -f1)" -gt "$role" ]
    [ "$(grep -n DetachPolicyFromRole actions | cut -d: -f1)" -lt "$role" ]
    [ "$(grep -c DetachInstanceRamRole actions)" -eq 2 ]
    [ "$(grep -n DetachInstanceRamRole actions | tail -1 | cut -d: -f1)" -lt "$role" ]

    for words in 'GetRole RoleName=AppSnapshotRoleName' 'GetPolicy PolicyType=Custom PolicyName=AppSnapshotPolicy'; do
        # shellcheck disable=SC2086 # words
        run acs ram $words
        says EntityNotExist
    done
    acs sim GET /_sim/world | jq -e '[.instances[].files // {} | keys[] | select(startswith("/tmp/p"))] == []'
}

@test "a second destroy has nothing to do" {
    apply
    expect 0 destroy --auto-approve
    before=$(changes_made)
    expect 0 destroy --auto-approve
    [ "$(changes_made)" -eq "$before" ]
    expect 0 show
    says 'The state is empty'
}

@test "recovery points survive" {
    apply
    expect 0 destroy --auto-approve
    actions_made >actions
    run grep -E 'DeleteSnapshot|DeleteUdm' actions
    [ -z "$output" ]
    now=$(date +%s)
    acs hbr DescribeUdmSnapshots SourceType=UDM_ECS "StartTime=$((now - 3600))" "EndTime=$((now + 3600))" \
        UdmRegionId=cn-hangzhou | jq -e '[.. | objects | select(.SnapshotId?)] | length == 2'
}

@test "after destroy the same stack applies again, and takes the points that are there" {
    sed -i '/trigger:/d' stack/cbk.yaml
    apply
    expect 0 destroy --auto-approve
    apply
    says '6 added' 'adopted'
    expect_settled
}

@test "what is protected refuses the whole plan" {
    in_file stack/cbk.yaml 'trust: {service: [ecs.aliyuncs.com]}' 'trust: {service: [ecs.aliyuncs.com]}
    lifecycle: {prevent_destroy: true}'
    apply
    refuses 'roles.app-snapshot would be destroyed, and lifecycle.prevent_destroy forbids it' destroy --auto-approve
}

@test "protection is remembered when the declaration goes" {
    in_file stack/cbk.yaml 'Condition: {}' 'Condition: {}
    lifecycle: {prevent_destroy: true}'
    apply
    sed -i '/^policies:/,/^$/d; s/policies: \[policies.app-snapshot\]/policies: [{custom: AppSnapshotPolicy}]/' stack/cbk.yaml
    refuses 'policies.app-snapshot would be destroyed' plan
}

@test "a declaration that is removed is removed from the cloud" {
    apply
    sed -i '/^snapshot_jobs:/,$d; /^scripts:/,/^$/d' stack/cbk.yaml
    expect 2 plan --detailed-exitcode
    says '- scripts.mysql["i-bp1aaa"]' '. snapshot_jobs.mysql["i-bp1aaa"]' 'recovery points stay until they expire'
    apply
    expect_settled
}

@test "what is gone already counts as destroyed" {
    apply
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1aaa", "i-bp1bbb"]'
    acs ram DetachPolicyFromRole RoleName=AppSnapshotRoleName PolicyType=Custom PolicyName=AppSnapshotPolicy
    acs ram DeleteRole RoleName=AppSnapshotRoleName
    expect 0 destroy --auto-approve
    run acs ram GetPolicy PolicyType=Custom PolicyName=AppSnapshotPolicy
    says EntityNotExist
}

@test "destroy asks" {
    apply
    before=$(changes_made)
    run cbk_in_stack destroy <<<no
    [ "$status" -eq 1 ]
    says 'Do you want to destroy all that this stack owns' 'nothing was changed'
    [ "$(changes_made)" -eq "$before" ]
}

@test "where nothing is known, nothing is said to match" {
    expect 0 plan --destroy
    says 'No changes. The state knows nothing that could be destroyed.'
    expect 0 destroy --auto-approve
    says 'No changes. The state knows nothing that could be destroyed.'
    [ "$(changes_made)" -eq 0 ]
}
