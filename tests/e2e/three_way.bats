#!/usr/bin/env bats
# Three sides: git, what was applied, the cloud. Every change has a cause.

load lib

causes()
{
    cbk_in_stack plan --format json | jq -c '[.changes[].diff[] | {path, cause}]'
}

trust_of()
{
    printf '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["%s"]}}]}' "$1"
}

@test "a change in git is config" {
    apply
    in_file stack/cbk.yaml 'description: assumed by' 'max_session_duration: 7200
    description: assumed by'
    [ "$(causes)" = '[{"path":"max_session_duration","cause":"config"}]' ]
    expect 0 plan
    says '3600 -> 7200' config
    apply
    [ "$(acs ram GetRole RoleName=AppSnapshotRoleName | jq .Role.MaxSessionDuration)" -eq 7200 ]
    expect_settled
}

@test "a change in the cloud is drift" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    [ "$(causes)" = '[{"path":"max_session_duration","cause":"drift"}]' ]
    expect 0 plan
    says '7200 -> 3600' 'drift: changed outside of git'
    apply
    [ "$(acs ram GetRole RoleName=AppSnapshotRoleName | jq .Role.MaxSessionDuration)" -eq 3600 ]
    expect_settled
}

@test "a change in both is both; each attribute has a cause of its own" {
    apply
    in_file stack/cbk.yaml 'description: assumed by instances' 'max_session_duration: 5400
    description: carried by instances'
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    [ "$(causes)" = '[{"path":"description","cause":"config"},{"path":"max_session_duration","cause":"both"}]' ] ||
        [ "$(causes)" = '[{"path":"max_session_duration","cause":"both"},{"path":"description","cause":"config"}]' ]
    apply
    expect_settled
}

@test "the same change in git and in the cloud is none" {
    apply
    in_file stack/cbk.yaml 'description: assumed by' 'max_session_duration: 7200
    description: assumed by'
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect_settled
}

@test "a policy that the cloud hands back in another order and spacing is the same policy" {
    apply
    acs ram CreatePolicyVersion PolicyName=AppSnapshotPolicy SetAsDefault=true 'PolicyDocument={ "Statement" : [ {
        "Resource" : "*" , "Effect":"Allow",
        "Action" : [ "ecs:TagResources", "ecs:DescribeDisks", "ecs:CreateSnapshot*", "ecs:DescribeSnapshot*" ]
    } ] , "Version" : "1" }'
    expect_settled
}

@test "a policy of another meaning is drift" {
    apply
    acs ram CreatePolicyVersion PolicyName=AppSnapshotPolicy SetAsDefault=true \
        'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":["ecs:*"],"Resource":["*"]}]}'
    expect 2 plan --detailed-exitcode
    says 'policies.app-snapshot' 'drift'
    says_not WIDENS # it narrows again
    apply
    expect_settled
}

@test "a change after which more is allowed is marked" {
    apply
    in_file stack/cbk.yaml 'ecs:TagResources, ecs:DescribeDisks' 'ecs:TagResources, ecs:DescribeDisks, ecs:DeleteSnapshot'
    expect 1 plan
    says 'policies.app-snapshot' WIDENS --allow-wider-permissions
    expect 0 plan --allow-wider-permissions
    says 'policies.app-snapshot' WIDENS
    in_file stack/cbk.yaml '[ecs.aliyuncs.com]' '[ecs.aliyuncs.com, fc.aliyuncs.com]'
    cbk_in_stack plan --allow-wider-permissions --format json | jq -e '[.changes[].diff[] | select(.widens)] | length == 2'
}

@test "many changes of a policy stay within RAM's five versions" {
    apply
    local last=DescribeDisks action
    for action in A B C D E F; do
        in_file stack/cbk.yaml "ecs:$last]" "ecs:Describe$action]"
        last=Describe$action
        expect 0 apply --auto-approve --allow-wider-permissions
        says '1 changed'
    done
    expect_settled
}

@test "a policy attached behind cbk's back is detached" {
    apply
    acs ram AttachPolicyToRole RoleName=AppSnapshotRoleName PolicyType=System PolicyName=AliyunECSReadOnlyAccess
    expect 2 plan --detailed-exitcode
    says 'System/AliyunECSReadOnlyAccess' 'drift'
    apply
    expect_settled
}

@test "a role detached from an instance is attached again" {
    apply
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1aaa"]'
    expect 2 plan --detailed-exitcode
    says '+ attachments.mysql["i-bp1aaa"]' 'it is gone'
    [ "$(cbk_in_stack plan --format json | jq -r '.changes[] | select(.actions == ["create"]).cause')" = drift ]
    apply
    expect_settled
}

@test "what is ignored is left alone" {
    in_file stack/cbk.yaml 'trust: {service: [ecs.aliyuncs.com]}' 'trust: {service: [ecs.aliyuncs.com]}
    lifecycle: {ignore: [max_session_duration]}'
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect_settled
}

@test "a name that changes is a replacement" {
    apply
    in_file stack/cbk.yaml 'name: AppSnapshotRoleName' 'name: AnotherRole'
    expect 2 plan --detailed-exitcode
    says '-/+ roles.app-snapshot' 'Plan: 3 to add, 0 to change, 3 to destroy'
    apply
    acs ram GetRole RoleName=AnotherRole
    run acs ram GetRole RoleName=AppSnapshotRoleName
    says EntityNotExist.Role
    expect_settled
}

@test "an instance that joins and one that leaves" {
    apply
    acs ecs TagResources ResourceType=instance ResourceId.1=i-bp1bbb Tag.1.Key=app Tag.1.Value=other
    acs ecs TagResources ResourceType=instance ResourceId.1=i-bp1ccc Tag.1.Key=app Tag.1.Value=mysql
    expect 2 plan --allow-downgrade --detailed-exitcode
    says '- attachments.mysql["i-bp1bbb"]' '+ attachments.mysql["i-bp1ccc"]' '. snapshot_jobs.mysql["i-bp1bbb"]'
    expect 3 apply --auto-approve --allow-downgrade
    run acs ecs DescribeInstanceRamRole 'InstanceIds=["i-bp1bbb"]'
    says_not AppSnapshotRoleName
}
