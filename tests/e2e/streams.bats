#!/usr/bin/env bats
# Standard streams that are closed or full, signals, and files that are not what they should be.

load lib

@test "a closed stdout is an error, and nothing is written into the state in its place" {
    for words in 'plan' 'apply' 'validate' 'version' 'apply --auto-approve'; do
        [ "$(changes_made)" -eq 0 ] # what nobody has seen, nobody can approve
        code=0
        # shellcheck disable=SC2086 # words
        cbk -C stack $words >&- 2>log || code=$?
        [ "$code" -eq 1 ]
        grep -q 'cannot write the result to standard output' log
    done
    expect_settled # it was approved beforehand; the exit code says that its result was lost
}

@test "all streams closed" {
    code=0
    cbk -C stack apply --auto-approve <&- >&- 2>&- || code=$?
    [ "$code" -eq 1 ]
    apply
    jq -e .lineage stack/state/quickstart.json
}

@test "a full stdout is an error that is told" {
    for format in text json; do
        code=0
        cbk -C stack plan --format "$format" >/dev/full 2>log || code=$?
        [ "$code" -eq 1 ]
        grep -q 'cannot write the result to standard output: No space left' log
    done
    code=0
    cbk -C stack apply >/dev/full 2>log <<<yes || code=$?
    [ "$code" -eq 1 ]
    [ "$(changes_made)" -eq 0 ]
}

# Waits for the process, and for the exit code.
ended_with()
{
    local code=0
    wait "$1" || code=$?
    [ "$code" -eq "$2" ] && return 0
    printf 'exit code %s instead of %s\n' "$code" "$2"
    return 1
}

@test "Ctrl-C at the question" {
    mkfifo answers
    exec 7<>answers
    cbk -C stack apply <answers >log 2>&1 3>&- 7>&- &
    until grep -q 'Do you want' log; do sleep 0.02; done
    kill -INT $!
    ended_with $! 130
    exec 7>&-
    grep -q 'nothing was changed' log
    [ "$(changes_made)" -eq 0 ]
}

@test "Ctrl-C ends a plan at once" {
    for words in 'plan' 'apply --auto-approve'; do
        fault hang_before '{"action": "DescribeInstances"}' '"ms": 60000'
        seen=$(acs sim GET /_sim/requests | jq length)
        # shellcheck disable=SC2086 # words
        cbk -C stack $words >log 2>&1 3>&- &
        until acs sim GET /_sim/requests | jq -e ".[$seen:] | any(.action == \"DescribeInstances\")" >/dev/null; do
            sleep 0.02
        done
        kill -INT $!
        ended_with $! 130
        no_faults
    done
    [ "$(changes_made)" -eq 0 ]
}

@test "Ctrl-C lets running steps end, and begins no others" {
    fault slow '{"action": "CreatePolicy"}' '"ms": 1500'
    cbk -C stack apply --auto-approve >log 2>&1 3>&- &
    until grep -q 'policies.app-snapshot: creating' log; do sleep 0.02; done
    kill -INT $!
    ended_with $! 130
    grep -q 'policies.app-snapshot: created' log
    grep -q 'roles.app-snapshot: not tried: interrupted' log
    no_faults
    apply
    expect_settled
    [ "$(actions_made | grep -c CreatePolicy)" -eq 1 ]
}

@test "what is no plan is not taken for one" {
    apply
    echo '[1]' >list
    echo '{"format_version": "2.0", "changes": []}' >newer
    cbk_in_stack plan --out good
    head -c 200 good >halved
    for file in stack/state/quickstart.json list halved; do
        refuses 'plan' show "$file"
        refuses 'plan' apply "$file"
    done
    refuses 'is of format 2.0' show newer
    refuses 'is of format 2.0' apply newer
    refuses 'no-such-plan' apply no-such-plan
}

@test "a saved plan is shown as it is carried out" {
    apply
    in_guest i-bp1aaa 'rm -f /tmp/prescript.sh'
    expect 0 plan --out one
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect 0 apply one
    says 'Plan: 0 to add, 1 to change' '1 changed'
    says_not 'max_session_duration'
}

@test "the plan of another stack" {
    expect 0 plan --out other
    in_file stack/cbk.yaml 'stack: quickstart' 'stack: another'
    refuses 'stale plan: it is a plan of another stack' apply other
}

@test "events tell errors, too" {
    code=0
    in_file stack/cbk.yaml 'min: 1, max: 20' 'min: 3'
    cbk -C stack apply --auto-approve --format json >events 2>/dev/null || code=$?
    [ "$code" -eq 1 ]
    jq -e -s '[.[] | select(.type == "diagnostic")] | length == 1 and .[0].diagnostic.id == "check"' events
}
