#!/usr/bin/env bats
# What is kept, sealed and signed.

load lib

seal_state()
{
    in_file stack/cbk.yaml 'variables:' "state: {encryption: $1}

variables:"
}

prepare()
{
    export CBK_STATE_PASSPHRASE='correct horse battery staple'
}

# Nothing of the stack can be read there.
hidden()
{
    [ "$(grep -rcH AppSnapshot "$1" | grep -cv ':0$')" -eq 0 ]
}

@test "a sealed state can be used and not be read" {
    seal_state '{passphrase_env: CBK_STATE_PASSPHRASE}'
    apply
    expect_settled
    hidden stack/state
    expect 0 show
    says roles.app-snapshot
    CBK_STATE_PASSPHRASE='another horse battery staple' refuses 'does not open: it is of another key' plan
    unset CBK_STATE_PASSPHRASE
    refuses "the environment variable 'CBK_STATE_PASSPHRASE' is not set" plan
    says 'stack/cbk.yaml:13:1'
}

@test "an apply that was killed is taken over from a sealed journal" {
    seal_state '{passphrase_env: CBK_STATE_PASSPHRASE}'
    fault hang_after '{"action": "CreateRole", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >died.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole $pid
    kill -9 $pid
    await $pid
    [ -s stack/state/quickstart.journal ]
    hidden stack/state
    no_faults
    apply
    expect_settled
}

@test "a state that was plain is sealed once that is said, and never the other way round" {
    apply
    seal_state '{passphrase_env: CBK_STATE_PASSPHRASE}'
    refuses 'is not sealed, and the stack says that it is' plan
    says 'state.encryption.former: plain'
    in_file stack/cbk.yaml 'CBK_STATE_PASSPHRASE}' 'CBK_STATE_PASSPHRASE, former: plain}'
    expect 0 plan
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    apply
    in_file stack/cbk.yaml ', former: plain' ''
    expect_settled
    in_file stack/cbk.yaml 'state: {encryption: {passphrase_env: CBK_STATE_PASSPHRASE}}' ''
    refuses 'is sealed, and the stack has no key for it' plan
}

@test "keys are exchanged, and the old one opens nothing any more" {
    seal_state '{passphrase_env: CBK_STATE_PASSPHRASE}'
    apply
    export CBK_NEXT_PASSPHRASE='battery staple, correct horse'
    in_file stack/cbk.yaml '{passphrase_env: CBK_STATE_PASSPHRASE}' '{passphrase_env: CBK_NEXT_PASSPHRASE}'
    refuses 'does not open: it is of another key' plan
    in_file stack/cbk.yaml 'CBK_NEXT_PASSPHRASE}' 'CBK_NEXT_PASSPHRASE, former: {passphrase_env: CBK_STATE_PASSPHRASE}}'
    expect_settled
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    apply
    in_file stack/cbk.yaml ', former: {passphrase_env: CBK_STATE_PASSPHRASE}' ''
    expect_settled
    hidden stack/state
    CBK_NEXT_PASSPHRASE=$CBK_STATE_PASSPHRASE refuses 'does not open: it is of another key' plan
}

@test "a saved plan is sealed like the state" {
    seal_state '{passphrase_env: CBK_STATE_PASSPHRASE}'
    expect 0 plan --out plan.cbk
    hidden plan.cbk
    expect 0 show plan.cbk
    says '+ policies.app-snapshot'
    expect 0 apply plan.cbk
    expect_settled
}

keys()
{
    openssl genpkey -algorithm ed25519 -out "$1.key" 2>/dev/null && chmod 0600 "$1.key"
    openssl pkey -in "$1.key" -pubout -out "$1.pub" 2>/dev/null
}

@test "a signed plan is applied for those who know the key, as it was signed" {
    keys reviewer
    keys stranger
    expect 0 plan --out plan.cbk --sign reviewer.key
    refuses "is not signed by that key" apply plan.cbk --verify stranger.pub
    jq '.changes[0].title = "x"' plan.cbk >edited.cbk
    refuses 'has been changed since' apply edited.cbk --verify reviewer.pub
    expect 0 plan --out unsigned.cbk
    refuses "'unsigned.cbk' is not signed" apply unsigned.cbk --verify reviewer.pub
    refuses 'none is given' apply --verify reviewer.pub
    refuses 'give --out, too' plan --sign reviewer.key
    expect 0 apply plan.cbk --verify reviewer.pub
    expect_settled
}

@test "a key that others can read signs nothing" {
    keys reviewer
    chmod 0644 reviewer.key
    refuses "'reviewer.key' holds a secret, and may be read by others" plan --out plan.cbk --sign reviewer.key
    [ ! -e plan.cbk ]
    chmod 0600 reviewer.key
    refuses "'reviewer.pub' is no private Ed25519 key" plan --out plan.cbk --sign reviewer.pub || chmod 0600 reviewer.pub
}

@test "a second apply waits for the first as long as it is told to" {
    fault slow '{"action": "CreateRole", "nth": 1}' '"ms": 3000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole $pid
    expect 1 apply --auto-approve
    says 'the state is locked by'
    says '--lock-timeout'
    expect 0 apply --auto-approve --lock-timeout 100s
    says 'No changes.'
    await $pid
    [ "$status" -eq 0 ]
    refuses "--lock-timeout: not a duration: 'soon'" apply --auto-approve --lock-timeout soon
}
