#!/usr/bin/env bats
# What exists already: the stack's own after its state was lost, and what others made.

load lib

@test "a lost state: all that lives as declared is adopted" {
    sed -i '/trigger:/d' stack/cbk.yaml
    apply
    before=$(changes_made)
    rm -r stack/state
    expect 2 plan --detailed-exitcode
    says '= policies.app-snapshot' '= roles.app-snapshot' '= attachments.mysql["i-bp1aaa"]' 'Plan: 0 to add, 0 to change'
    apply
    says 'adopted'
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
    expect 0 destroy --auto-approve
    says '6 destroyed'
}

@test "a lost state knows no trigger: its recovery point is taken again" {
    apply
    rm -r stack/state
    expect 2 plan --detailed-exitcode
    says 'Plan: 0 to add, 0 to change, 0 to destroy, 2 jobs to run, 6 to adopt.' 'trigger "release-1"'
}

@test "a role of the same name that means something else is an error" {
    acs ram CreateRole RoleName=AppSnapshotRoleName 'Description=of someone else' \
        'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["fc.aliyuncs.com"]}}]}'
    refuses "role 'AppSnapshotRoleName' exists already, was not made by this stack, and differs" plan
    refuses "role 'AppSnapshotRoleName' exists already" apply --auto-approve
    says 'stack/cbk.yaml:'
}

@test "a policy of the same name that allows something else is an error" {
    acs ram CreatePolicy PolicyName=AppSnapshotPolicy \
        'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:*"],"Resource":["*"]}]}'
    refuses "policy 'AppSnapshotPolicy' exists already" apply --auto-approve
}

@test "a policy of the same name and meaning is adopted" {
    acs ram CreatePolicy PolicyName=AppSnapshotPolicy 'Description=what an instance needs to take its own snapshots' \
        'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Resource":"*","Action":["ecs:DescribeDisks","ecs:CreateSnapshot*","ecs:DescribeSnapshot*","ecs:TagResources"]}]}'
    expect 0 plan
    says '= policies.app-snapshot'
    apply
    says '5 added' '1 adopted'
    expect_settled
}

@test "scripts that others put there are replaced" {
    in_guest i-bp1aaa 'echo "#!/bin/sh" > /tmp/prescript.sh; chmod 0700 /tmp/prescript.sh'
    expect 0 plan
    says '~ scripts.mysql["i-bp1aaa"]'
    apply
    expect_settled
}
