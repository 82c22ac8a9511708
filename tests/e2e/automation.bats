#!/usr/bin/env bats
# Programs and people at the other end: events, questions, signals, pipes.

load lib

@test "apply tells programs one event a line" {
    cbk_in_stack apply --auto-approve --format json >events 2>talk.log
    while IFS= read -r line; do
        jq -e 'has("@level") and has("@message") and has("@timestamp") and has("type")' <<<"$line" >/dev/null
    done <events
    [ "$(head -1 events | jq -r .type)" = version ]
    [ "$(tail -1 events | jq -r .type)" = apply_summary ]
    tail -1 events | jq -e '.changes.add == 6 and .changes.run == 2 and .changes.failed == 0 and (.interrupted | not)'
    [ "$(jq -r 'select(.type == "planned_change").change.address' events | wc -l)" -eq 8 ]
    [ "$(jq -r 'select(.type == "apply_complete").address' events | sort -u | wc -l)" -eq 8 ]
    jq -es '[.[] | select(.type == "apply_complete" and .kind == "snapshot_job").evidence.level] ==
        ["application", "application"]' events
}

@test "events tell a failure, and its place" {
    fault http_500 '{"action": "CreatePolicy", "nth": 1}' '"times": 0'
    run bash -c 'cbk -C stack apply --auto-approve --format json 2>/dev/null'
    [ "$status" -eq 1 ]
    [ "$(tail -1 <<<"$output" | jq -r .type)" = apply_summary ]
    jq -es '[.[] | select(.type == "apply_errored")] | .[0].address == "policies.app-snapshot" and .[0].error.line > 0' \
        <<<"$output"
    jq -es 'any(.[]; .type == "apply_skipped" and .address == "roles.app-snapshot")' <<<"$output"
}

@test "an empty apply is events, too" {
    apply
    cbk_in_stack apply --auto-approve --format json >events
    [ "$(jq -rs '[.[].type] | join(" ")' events)" = 'version change_summary apply_summary' ]
}

@test "only yes is yes" {
    for answer in no y YES 'yes please' ''; do
        run cbk_in_stack apply <<<"$answer"
        [ "$status" -eq 1 ]
        says "Only 'yes' is taken for it" 'not approved, nothing was changed'
    done
    run cbk_in_stack apply </dev/null
    [ "$status" -eq 1 ]
    says 'not approved'
    [ "$(changes_made)" -eq 0 ]
    [ ! -e stack/state/quickstart.json ]

    run cbk_in_stack apply <<<yes
    [ "$status" -eq 0 ]
    says 'Apply complete!'
}

@test "nothing is asked when there is nothing to do" {
    apply
    run cbk_in_stack apply </dev/null
    [ "$status" -eq 0 ]
    says_not 'Do you want'
}

@test "the result goes to stdout, the talk to stderr" {
    cbk_in_stack plan >result.txt 2>talk.log
    [ ! -s talk.log ]
    grep -q 'Plan: 6 to add' result.txt
    run bash -c 'cbk -C nowhere plan 2>/dev/null'
    [ "$status" -eq 1 ]
    [ -z "$output" ]
}

@test "a reader that goes away in the middle does not kill an apply" {
    cbk_in_stack apply --auto-approve --format json 2>talk.log | sed '/apply_start/q' >head.log
    grep -q apply_start head.log
    expect 0 show
    says 'roles.app-snapshot' 'snapshot_jobs.mysql["i-bp1aaa"]'
    expect_settled
}

@test "a second Ctrl-C ends the calls under way" {
    fault hang_before '{"action": "CreatePolicy", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >apply.log 2>&1 3>&- &
    pid=$!
    until grep -q 'policies.app-snapshot: creating' apply.log; do sleep 0.02; done
    kill -INT "$pid"
    sleep 0.1
    kill -INT "$pid"
    await "$pid"
    [ "$status" -eq 130 ]
    no_faults
    apply
    expect_settled
}

@test "Ctrl-C during a job cancels it" {
    cbk -C stack apply --auto-approve >apply.log 2>&1 3>&- &
    pid=$!
    until grep -q 'snapshot_jobs.*: job job-' apply.log; do sleep 0.02; done
    kill -INT "$pid"
    await "$pid"
    [ "$status" -eq 130 ]
    actions_made | grep CancelBackupJob
    [ "$(acs sim GET /_sim/world | jq '[.recovery_points[] | select(.status == "RUNNING")] | length')" -eq 0 ]
    apply
    expect_settled
}

@test "parallelism of one does the same" {
    expect 0 apply --auto-approve --parallelism 1
    expect_settled
}
