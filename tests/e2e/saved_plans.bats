#!/usr/bin/env bats
# A saved plan does exactly what was read and approved, or nothing.

load lib

is_stale()
{
    refuses "stale plan: $1" apply change.plan
}

@test "a saved plan is carried out without asking" {
    expect 0 plan --out change.plan
    expect 0 apply change.plan
    says 'Apply complete! 6 added'
    expect_settled
}

@test "a saved plan works once" {
    expect 0 plan --out change.plan
    expect 0 apply change.plan
    is_stale 'it rests on another state'
}

@test "stale: a file of the stack has changed" {
    expect 0 plan --out change.plan
    in_file stack/cbk.yaml 'retain: 7d' 'retain: 8d'
    is_stale "the stack's files have changed since"
}

@test "not stale: a comment has been added" {
    expect 0 plan --out change.plan
    echo '# a comment' >>stack/cbk.yaml
    expect 0 apply change.plan
}

@test "stale: a script has changed" {
    expect 0 plan --out change.plan
    echo '# a comment' >>stack/scripts/mysql-prescript.sh
    is_stale "the stack's files have changed since"
}

@test "stale: a variable has another value" {
    expect 0 plan --out change.plan
    refuses 'stale plan: ' apply change.plan --var release=2
}

@test "stale: the state has changed" {
    apply
    expect 0 plan --out change.plan --var release=2
    expect 0 apply --auto-approve --var release=3
    refuses 'stale plan: the state has changed since' apply change.plan --var release=2
}

@test "stale: a live object that the plan touches has changed" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect 0 plan --out change.plan
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=10800
    is_stale 'roles.app-snapshot has changed since'
}

@test "stale: what the plan would make has appeared" {
    expect 0 plan --out change.plan
    acs ram CreateRole RoleName=AppSnapshotRoleName 'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["fc.aliyuncs.com"]}}]}'
    before=$(changes_made)
    expect 1 apply change.plan
    [ "$(changes_made)" -eq "$before" ]
}

@test "a live change elsewhere does not matter, and is left alone" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect 0 plan --out change.plan
    in_guest i-bp1bbb 'rm -f /tmp/prescript.sh'
    expect 0 apply change.plan
    says 'roles.app-snapshot' '1 changed'
    says_not 'scripts.mysql'
    expect 2 plan --detailed-exitcode
    says 'scripts.mysql["i-bp1bbb"]'
}

@test "stale: a plan of another stack" {
    expect 0 plan --out change.plan
    in_file stack/cbk.yaml 'stack: quickstart' 'stack: other'
    is_stale 'it is a plan of another stack'
}

@test "the checksum that was printed approves that plan alone" {
    checksum=$(cbk_in_stack plan | sed -n 's/^Checksum: //p')
    [ -n "$checksum" ]
    refuses 'stale plan: its checksum is' apply --checksum "sha256:0000"
    in_file stack/cbk.yaml 'max_age: 24h' 'max_age: 12h'
    refuses 'stale plan: its checksum is' apply --checksum "$checksum"
    in_file stack/cbk.yaml 'max_age: 12h' 'max_age: 24h'
    expect 0 apply --checksum "$checksum"
    expect_settled
}

@test "a plan that cannot be applied is not saved" {
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1ccc]}'
    expect 1 plan --out change.plan
    [ ! -e change.plan ]
}

@test "a plan to destroy is saved and carried out" {
    apply
    expect 0 plan --destroy --out gone.plan
    expect 0 apply gone.plan
    says '6 destroyed'
}

@test "a plan that somebody has edited is refused" {
    expect 0 plan --out change.plan
    for edit in 'del(.changes[0])' '.changes[0].after.description = "x"' '.changes[1].actions = ["no-op"]' '.state.serial = 7' \
        '.digest = "sha256:0"' 'del(.digest)' 'del(.state)' 'del(.provenance)' '.changes[0] = 1' '.changes = []'; do
        jq "$edit" change.plan >edited.plan
        refuses "the plan 'edited.plan' has been changed since it was saved" apply edited.plan
    done
    jq . change.plan >edited.plan # in other words
    expect 0 apply edited.plan
}

@test "what is no plan is refused" {
    echo '{"format_version": "2.0"}' >change.plan
    refuses 'is not a plan of cbk' apply change.plan
    echo '{' >change.plan
    refuses change.plan apply change.plan
    refuses nothing.plan apply nothing.plan
}
