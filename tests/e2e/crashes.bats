#!/usr/bin/env bats
# kill -9 in the middle: the next apply goes on from there. Nothing twice, nothing lost.

load lib

prepare()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
}

converges()
{
    apply && expect_settled || return
    acs sim GET /_sim/world >world.json
    [ "$(jq '[.roles[] | select(.name | startswith("AppSnapshot"))] | length' world.json)" -eq 1 ] &&
        [ "$(jq '[.policies[] | select(.name | startswith("AppSnapshot"))] | length' world.json)" -eq 1 ]
}

@test "killed before and after a policy is made" {
    killed_at before CreatePolicy
    converges
    expect 0 destroy --auto-approve
    killed_at after CreatePolicy
    converges
}

@test "killed before a role is made" {
    killed_at before CreateRole
    converges
}

@test "killed after a role is made" {
    killed_at after CreateRole
    converges
}

@test "killed between a role and its policies" {
    killed_at before AttachPolicyToRole
    converges
}

@test "killed while a role is put on an instance" {
    killed_at before AttachInstanceRamRole
    converges
    expect 0 destroy --auto-approve
    killed_at after AttachInstanceRamRole
    converges
}

@test "killed while a script is delivered" {
    killed_at before SendFile
    converges
    expect 0 destroy --auto-approve
    killed_at after SendFile
    converges
}

@test "killed while a job is ordered" {
    killed_at before CreateBackupJob
    converges
}

@test "killed while a job runs" {
    killed_at before DescribeBackupJobs2
    converges
}

@test "what was done before the kill is known after it" {
    killed_at before CreateRole
    expect 0 show
    says policies.app-snapshot
    [ -s stack/state/quickstart.journal ]
    expect 0 plan
    says_not '+ policies.app-snapshot'
    converges
    [ ! -e stack/state/quickstart.journal ]
}

@test "a lock dies with its holder" {
    killed_at before CreateRole
    [ -e stack/state/quickstart.lock ]
    converges
}

@test "killed while it destroys" {
    apply
    killed_at before DeleteRole destroy
    expect 0 destroy --auto-approve
    expect 0 show
    says 'The state is empty'
    run acs ram GetRole RoleName=AppSnapshotRoleName
    says EntityNotExist.Role
}
