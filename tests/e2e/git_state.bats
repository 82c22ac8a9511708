#!/usr/bin/env bats
# State in git: a ref that two clones share, over a path and over http.

load lib

prepare()
{
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    git init -q --bare remote.git && git -C remote.git config http.receivepack true
    tests_git_server=
}

stop_services()
{
    [ -z "$tests_git_server" ] || { kill "$tests_git_server" && wait "$tests_git_server"; } 2>/dev/null || true
}

# Makes the stack a clone of the remote with this URL, and a second clone `other` beside it.
share_by()
{
    in_file stack/cbk.yaml 'variables:' 'state: {backend: git}

variables:'
    git init -q stack && git -C stack config user.email yuki@example.com && git -C stack config user.name Yuki
    git -C stack remote add origin "$1"
    git -C stack add -A && git -C stack commit -qm 'a stack'
    cp -r stack other && git -C other config user.name Mei
}

serve()
{
    git-server "$PWD" git.port "$@" >git.log 2>&1 3>&- &
    tests_git_server=$!
    until [ -s git.port ]; do
        kill -0 $tests_git_server || return
        sleep 0.05
    done
}

history_of_state()
{
    git -C remote.git log --format='%an: %s' refs/cbk/state/quickstart
}

@test "two clones see one state" {
    share_by "file://$PWD/remote.git"
    apply
    expect_settled
    [ ! -e stack/state ]
    [[ $(history_of_state) == 'Yuki: apply quickstart: 6 created, 0 updated, 0 deleted, 2 run, 0 failed; plan sha256:'* ]]
    run cbk -C other plan --detailed-exitcode
    [ "$status" -eq 0 ] && says 'No changes.'
    in_file other/cbk.yaml 'description: assumed by' 'description: carried by'
    run cbk -C other apply --auto-approve
    [ "$status" -eq 0 ]
    [[ $(history_of_state | head -1) == 'Mei: apply quickstart: 0 created, 1 updated'* ]]
    [ "$(history_of_state | wc -l)" -eq 3 ] # the first began the state
    [ "$(git -C remote.git show refs/cbk/state/quickstart:state.json | jq .serial)" -eq 2 ]
    expect 2 plan --detailed-exitcode # this clone's file has not moved along
    says 'both: changed in git and in the cloud' || says config
}

@test "two applies at once: one wins, the other says so and loses nothing" {
    share_by "file://$PWD/remote.git"
    fault slow '{"action": "CreateRole", "nth": 1}' '"ms": 3000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole $pid
    run cbk -C other apply --auto-approve
    [ "$status" -eq 1 ] && says 'the state is locked by' "'apply' since"
    run cbk -C other apply --auto-approve --lock-timeout 100s
    [ "$status" -eq 0 ] && says 'No changes.'
    await $pid
    [ "$status" -eq 0 ]
    expect_settled
}

@test "killed in the middle, the other clone goes on" {
    share_by "file://$PWD/remote.git"
    killed_at after CreateRole
    run cbk -C other apply --auto-approve
    [ "$status" -eq 0 ]
    expect_settled
    [ "$(acs ram ListRoles | jq '[.Roles.Role[] | select(.RoleName == "AppSnapshotRoleName")] | length')" -eq 1 ]
}

@test "the history can be read, and a lock taken away from a runner that is gone" {
    share_by "file://$PWD/remote.git"
    apply
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    apply
    expect 0 state log
    [ "$(wc -l <<<"$output")" -eq 3 ]
    says 'Yuki <yuki@example.com>  apply quickstart: 0 created, 1 updated'
    expect 0 state show "$(cut -d' ' -f1 <<<"${lines[1]}")"
    says '"description": "assumed by' '"serial": 1'
    refuses "the state knows nothing at 'nothing-like-it'" state show nothing-like-it
    expect 0 state locks
    says 'Nobody holds the lock.'
    # A runner elsewhere that has died: its lock says a host that is not this one.
    fault hang_after '{"action": "UpdateRole", "nth": 1}' '"ms": 60000'
    in_file stack/cbk.yaml 'description: carried by' 'description: borne by'
    cbk -C stack apply --auto-approve >died.log 2>&1 3>&- &
    local pid=$!
    await_call UpdateRole $pid 2 # the first was the apply's before
    expect 0 state locks
    local id
    id=$(jq -r .id <<<"$output")
    refuses "no lock 'somebody' is held" state unlock somebody
    expect 0 state unlock "$id"
    kill -9 $pid
    await $pid
    no_faults
    apply
    expect_settled
}

@test "over http, with a login" {
    serve cbk:secret
    share_by "http://127.0.0.1:$(cat git.port)/remote.git"
    refuses 'https takes CBK_GIT_USERNAME and CBK_GIT_PASSWORD' plan
    export CBK_GIT_USERNAME=cbk CBK_GIT_PASSWORD=secret
    apply
    expect_settled
    run cbk -C other plan --detailed-exitcode
    [ "$status" -eq 0 ]
    [[ $(history_of_state) == 'Yuki: apply quickstart: 6 created'* ]]
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    run cbk -C other apply --auto-approve
    [ "$status" -eq 0 ]
    expect_settled
    CBK_GIT_PASSWORD=wrong refuses 'refs/cbk/state/quickstart' plan
    says_not wrong
}

@test "over http, who comes second is told, and a remote that refuses is no success" {
    serve
    share_by "http://127.0.0.1:$(cat git.port)/remote.git"
    fault slow '{"action": "CreateRole", "nth": 1}' '"ms": 3000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole $pid
    run cbk -C other apply --auto-approve
    [ "$status" -eq 1 ] && says 'the state is locked by'
    await $pid
    [ "$status" -eq 0 ]
    printf '#!/bin/sh\nexit 1\n' >remote.git/hooks/pre-receive && chmod 0755 remote.git/hooks/pre-receive
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    local before
    before=$(changes_made)
    expect 1 apply --auto-approve
    says 'the remote refuses to move'
    [ "$(changes_made)" = "$before" ]
}

# While the next push is on its way, the other clone applies from beginning to end.
overtake_next_push()
{
    cat >remote.git/hooks/pre-receive <<HOOK
#!/bin/sh
mkdir "$PWD/overtaken" 2>/dev/null || exit 0
env -i PATH="$PATH" CBK_ENDPOINT="$CBK_ENDPOINT" ALIBABA_CLOUD_ACCESS_KEY_ID="$ALIBABA_CLOUD_ACCESS_KEY_ID" \
    ALIBABA_CLOUD_ACCESS_KEY_SECRET="$ALIBABA_CLOUD_ACCESS_KEY_SECRET" GIT_CONFIG_GLOBAL=/dev/null \
    cbk -C "$PWD/other" apply --auto-approve >"$PWD/other.log" 2>&1 || echo failed >>"$PWD/other.log"
HOOK
    chmod 0755 remote.git/hooks/pre-receive
}

@test "over http, two pushes race: the one that is overtaken does nothing, or waits and goes on from the other's" {
    serve
    share_by "http://127.0.0.1:$(cat git.port)/remote.git"
    overtake_next_push
    expect 1 apply --auto-approve
    says 'the state is locked by another process'
    output=$(cat other.log)
    says 'Apply complete!' && says_not failed
    [ "$(actions_made | grep -c '^CreateRole$')" -eq 1 ]
    [ "$(history_of_state | wc -l)" -eq 2 ]
    in_file other/cbk.yaml 'description: assumed by' 'description: carried by'
    rmdir overtaken
    expect 0 apply --auto-approve --lock-timeout 100s
    output=$(cat other.log)
    says '1 changed' && says_not failed
    [ "$(git -C remote.git show refs/cbk/state/quickstart:state.json | jq -r '.resources["roles.app-snapshot"].attributes.description')" \
        = "$(sed -n 's/^ *description: \(assumed by.*\)/\1/p' stack/cbk.yaml)" ]
    [ "$(history_of_state | wc -l)" -eq 4 ] # both wrote, one on top of the other
    expect_settled
}

@test "a remote that is gone is named" {
    share_by "$PWD/remote.git"
    mv remote.git elsewhere.git
    expect 1 plan
    says "cannot read the remote 'origin': refs/cbk/state/quickstart: " 'git ls-remote origin'
    [ "$(changes_made)" -eq 0 ]
}
