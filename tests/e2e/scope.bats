#!/usr/bin/env bats
# What a plan is asked to look at: --target, --exclude, --replace, --refresh-only; and what a saved plan keeps of it.

load lib

# The addresses with something to do, one a line.
planned()
{
    cbk_in_stack plan --format json "$@" | jq -r '.changes[] | select(.actions != ["no-op"]) | .address'
}

@test "a target takes along what it needs, and nothing else" {
    [ "$(planned --target roles.app-snapshot)" = $'policies.app-snapshot\nroles.app-snapshot' ]
    expect 0 plan --target roles.app-snapshot
    says 'Only what was asked for, and what it needs: roles.app-snapshot' '6 changes are left out of this plan.' \
        'Plan: 2 to add, 0 to change, 0 to destroy, 0 jobs to run.'
    expect 0 apply --auto-approve --target roles.app-snapshot
    [ "$(actions_made | sort -u | paste -sd ' ')" = 'AttachPolicyToRole CreatePolicy CreateRole' ]
    expect 0 plan --target roles.app-snapshot
    says 'No changes in what was asked for.' '6 changes are left out'
    expect 2 plan --detailed-exitcode
    apply
    expect_settled
}

@test "a target may be one instance's share, or several" {
    [ "$(planned --target 'scripts.mysql["i-bp1bbb"]')" = 'scripts.mysql["i-bp1bbb"]' ]
    [ "$(planned --target scripts.mysql --target policies.app-snapshot | wc -l)" -eq 3 ]
    [ "$(planned --target 'snapshot_jobs.mysql["i-bp1aaa"]' | grep -c 'i-bp1bbb')" -eq 0 ]
    [ "$(planned --target 'snapshot_jobs.mysql["i-bp1aaa"]' | wc -l)" -eq 5 ]
}

@test "what is excluded takes out what needs it" {
    [ "$(planned --exclude roles.app-snapshot | grep -c 'policies\|scripts')" -eq 3 ]
    [ "$(planned --exclude roles.app-snapshot | wc -l)" -eq 3 ]
    expect 0 apply --auto-approve --exclude snapshot_jobs.mysql
    [ "$(actions_made | grep -c CreateBackupJob)" -eq 0 ]
    expect 2 plan --detailed-exitcode
    says 'Plan: 0 to add, 0 to change, 0 to destroy, 2 jobs to run.'
}

@test "what is wrong with what is left out does not matter" {
    in_file stack/cbk.yaml 'tags: {app: mysql}' 'names: ["*-1"]' # web-db-1, and batch-1 that is not fit
    expect 1 plan
    says '1 refused'
    expect 0 plan --exclude 'snapshot_jobs.mysql["i-bp1ccc"]'
    says '1 change is left out of this plan.'
    says_not CBK102
}

@test "a part of a stack is destroyed with what uses it, and no more" {
    apply
    expect 0 plan --destroy --target roles.app-snapshot --format json
    [ "$(jq -r '.changes[] | select(.actions == ["delete"]) | .address' <<<"$output" | sort)" = \
        $'attachments.mysql["i-bp1aaa"]\nattachments.mysql["i-bp1bbb"]\nroles.app-snapshot' ]
    expect 0 destroy --auto-approve --exclude policies.app-snapshot
    [ "$(acs sim GET /_sim/world | jq -c '[.roles[].name, .policies[].name | select(startswith("App"))]')" = '["AppSnapshotPolicy"]' ]
    expect 0 destroy --auto-approve
    [ "$(acs sim GET /_sim/world | jq '[.policies[].name | select(startswith("App"))] | length')" -eq 0 ]
}

@test "what is still used by what is left out does not go away" {
    apply
    in_file stack/cbk.yaml $'  app-snapshot:\n    name: AppSnapshotPolicy' $'  other:\n    name: OtherPolicy'
    in_file stack/cbk.yaml '[policies.app-snapshot]' '[policies.other]'
    [ "$(planned --exclude roles.app-snapshot)" = policies.other ]
    expect 0 apply --auto-approve --exclude roles.app-snapshot
    expect 0 apply --auto-approve --target policies.app-snapshot --allow-wider-permissions
    [ "$(actions_made | tail -1)" = DeletePolicy ]
    expect_settled
}

@test "an address that is none is an error with the near one" {
    refuses "unknown address after --target: 'roles.app-snap' (did you mean 'roles.app-snapshot'?)" plan --target roles.app-snap
    refuses "unknown address after --exclude: 'nonsense'" apply --auto-approve --exclude nonsense
}

@test "replace makes anew what is as it should be" {
    apply
    expect_settled
    expect 2 plan --detailed-exitcode --replace 'attachments.mysql["i-bp1aaa"]'
    says '-/+ attachments.mysql["i-bp1aaa"]' 'asked for by --replace' 'Plan: 1 to add, 0 to change, 1 to destroy'
    before=$(changes_made)
    expect 0 apply --auto-approve --replace 'attachments.mysql["i-bp1aaa"]'
    [ "$(actions_made | tail -2 | paste -sd ' ')" = 'DetachInstanceRamRole AttachInstanceRamRole' ]
    [ "$(changes_made)" -eq $((before + 2)) ]
    expect_settled
    expect 0 apply --auto-approve --replace 'snapshot_jobs.mysql["i-bp1bbb"]'
    says '1 recovery point proven'
}

@test "replace does not pull away what others use, nor what is protected" {
    apply
    refuses 'cannot replace roles.app-snapshot: attachments.mysql["i-bp1aaa"] uses it' plan --replace roles.app-snapshot
    in_file stack/cbk.yaml $'roles:\n' $'roles:\n  alone: {trust: {service: [ecs.aliyuncs.com]}, lifecycle: {prevent_destroy: true}}\n'
    apply
    refuses 'roles.alone would be replaced, and lifecycle.prevent_destroy forbids it' plan --replace roles.alone
}

@test "refresh-only: the state takes over what lives, and nothing is changed" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1bbb"]'
    before=$(changes_made)
    expect 2 plan --refresh-only --detailed-exitcode
    says '<= roles.app-snapshot' 'max_session_duration    3600 -> 7200   drift' '. attachments.mysql["i-bp1bbb"]' \
        'The state takes over what lives'
    expect 0 plan --refresh-only --out saved
    expect 0 apply saved
    says '1 noted' '1 forgotten'
    [ "$(changes_made)" -eq "$before" ]
    expect 0 plan --refresh-only --detailed-exitcode
    # From now on it is git that wants something else.
    expect 2 plan --detailed-exitcode
    says 'max_session_duration    7200 -> 3600   config' '+ attachments.mysql["i-bp1bbb"]'
    apply
    expect_settled
    refuses "'--refresh-only' changes nothing: it cannot stand with '--destroy'" plan --refresh-only --destroy
}

@test "a saved plan keeps what it was asked for" {
    expect 0 plan --target policies.app-snapshot --out saved
    refuses 'a saved plan is carried out as it is' apply saved --target roles.app-snapshot
    expect 0 apply saved
    says '1 added'
    [ "$(actions_made)" = CreatePolicy ]
}

@test "a saved plan keeps the values that it was made with" {
    expect 0 plan --var release=7 --out saved
    [ "$(jq -c .variables saved)" = '{"release":"7"}' ]
    refuses "stale plan: it was made with another value of the variable 'release'" apply saved --var release=8
    CBK_VAR_release=9 expect 0 apply saved
    cbk_in_stack show 'snapshot_jobs.mysql["i-bp1aaa"]' | grep -q release-7
    CBK_VAR_release=7 expect_settled
}

@test "a sensitive value is not kept" {
    in_file stack/cbk.yaml 'variables:' $'variables:\n  secret: {default: x, sensitive: true}'
    expect 0 plan --var secret=hunter2 --out saved
    [ "$(grep -c 'hunter2\|variables' saved)" -eq 0 ]
    expect 0 apply saved --var secret=hunter2
}
