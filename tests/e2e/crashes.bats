#!/usr/bin/env bats
# kill -9 in the middle: the next apply goes on from there. Nothing twice, nothing lost.

load lib

prepare()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
}

# Kills an apply while the call of ACTION hangs, before or after its effect; then applies.
dies_in()
{
    local when=$1 action=$2
    fault "hang_$when" "{\"action\": \"$action\", \"nth\": 1}" '"ms": 60000'
    cbk -C stack apply --auto-approve >died.log 2>&1 3>&- &
    pid=$!
    until acs sim GET /_sim/requests | jq -e --arg action "$action" 'any(.[]; .action == $action)' >/dev/null; do
        kill -0 "$pid" 2>/dev/null || { cat died.log && return 1; }
        sleep 0.02
    done
    # The effect of a call that hangs afterwards is there once the page tells of its answer, or soon after its arrival.
    [ "$when" = before ] || has_happened "$action"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    no_faults
}

has_happened()
{
    local probe
    case $1 in
    CreatePolicy) probe='any(.policies[]; .name == "AppSnapshotPolicy")' ;;
    CreateRole) probe='any(.roles[]; .name == "AppSnapshotRoleName")' ;;
    *) return 0 ;;
    esac
    until acs sim GET /_sim/world | jq -e "$probe" >/dev/null; do sleep 0.02; done
}

converges()
{
    apply && expect_settled || return
    acs sim GET /_sim/world >world.json
    [ "$(jq '[.roles[] | select(.name | startswith("AppSnapshot"))] | length' world.json)" -eq 1 ] &&
        [ "$(jq '[.policies[] | select(.name | startswith("AppSnapshot"))] | length' world.json)" -eq 1 ]
}

@test "killed before and after a policy is made" {
    dies_in before CreatePolicy
    converges
    expect 0 destroy --auto-approve
    dies_in after CreatePolicy
    converges
}

@test "killed before a role is made" {
    dies_in before CreateRole
    converges
}

@test "killed after a role is made" {
    dies_in after CreateRole
    converges
}

@test "killed between a role and its policies" {
    dies_in before AttachPolicyToRole
    converges
}

@test "killed while a role is put on an instance" {
    dies_in before AttachInstanceRamRole
    converges
    expect 0 destroy --auto-approve
    dies_in after AttachInstanceRamRole
    converges
}

@test "killed while a script is delivered" {
    dies_in before SendFile
    converges
    expect 0 destroy --auto-approve
    dies_in after SendFile
    converges
}

@test "killed while a job is ordered" {
    dies_in before CreateBackupJob
    converges
}

@test "killed while a job runs" {
    dies_in before DescribeBackupJobs2
    converges
}

@test "what was done before the kill is known after it" {
    dies_in before CreateRole
    expect 0 show
    says policies.app-snapshot
    [ -s stack/state/quickstart.journal ]
    expect 0 plan
    says_not '+ policies.app-snapshot'
    converges
    [ ! -e stack/state/quickstart.journal ]
}

@test "a lock dies with its holder" {
    dies_in before CreateRole
    [ -e stack/state/quickstart.lock ]
    converges
}

@test "killed while it destroys" {
    apply
    fault hang_before '{"action": "DeleteRole", "nth": 1}' '"ms": 60000'
    cbk -C stack destroy --auto-approve >died.log 2>&1 3>&- &
    pid=$!
    until grep -q 'roles.app-snapshot: destroying' died.log; do sleep 0.02; done
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    no_faults
    expect 0 destroy --auto-approve
    expect 0 show
    says 'The state is empty'
    run acs ram GetRole RoleName=AppSnapshotRoleName
    says EntityNotExist.Role
}
