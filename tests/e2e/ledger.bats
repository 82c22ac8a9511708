#!/usr/bin/env bats
# What an apply did, what failed, what it did not try: printed at the end, and kept wherever the state is.

load lib

prepare()
{
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
}

in_git()
{
    in_file stack/cbk.yaml 'variables:' 'state: {backend: git}

variables:'
    git init -q stack && git -C stack config user.email yuki@example.com && git -C stack config user.name Yuki
    git -C stack add -A && git -C stack commit -qm 'a stack'
}

# The rows that the state keeps, as ADDRESS OUTCOME lines.
ledger_rows()
{
    cbk -C stack state pull | jq -r '.last_apply.rows[] | "\(.address) \(.outcome)"' | sort
}

wait_for_words()
{
    until grep -q "$1" "$2"; do
        kill -0 "$3" || { cat "$2" && return 1; }
        sleep 0.05
    done
}

@test "a failed object fails its dependents only, and the ledger says so" {
    fault http_500 '{"action": "CreateRole"}' '"times": 0'
    expect 1 apply --auto-approve
    says 'What was not done:' 'create  failed      roles.app-snapshot: ' '(InternalError), request ' \
        'create  not tried   attachments.mysql["i-bp1aaa"]: something that it needs failed' 'Apply incomplete.'
    no_faults
    [ "$(ledger_rows)" = 'attachments.mysql["i-bp1aaa"] not_tried
attachments.mysql["i-bp1bbb"] not_tried
policies.app-snapshot done
roles.app-snapshot failed
scripts.mysql["i-bp1aaa"] done
scripts.mysql["i-bp1bbb"] done
snapshot_jobs.mysql["i-bp1aaa"] not_tried
snapshot_jobs.mysql["i-bp1bbb"] not_tried' ]
    expect 0 state ledger
    says 'apply by ' 'plan sha256:' 'create  done        policies.app-snapshot' 'create  failed      roles.app-snapshot'
    apply
    says_not 'What was not done'
    expect 0 state ledger
    says_not failed
    expect_settled
}

@test "programs get the ledger as one event" {
    fault http_500 '{"action": "CreateRole"}' '"times": 0'
    run bash -c 'cbk -C stack apply --auto-approve --format json 2>/dev/null'
    [ "$status" -eq 1 ]
    [ "$(tail -2 <<<"$output" | jq -r .type | tr '\n' ' ')" = 'ledger apply_summary ' ]
    tail -2 <<<"$output" | head -1 | jq -e '.ledger | .operation == "apply" and (.rows | length == 8) and
        any(.rows[]; .outcome == "failed" and .error.id == "ambiguous" and .error.cloud_code == "InternalError")'
}

@test "nothing applied is no ledger" {
    expect 1 state ledger
    says 'the state has no ledger'
}

@test "git keeps the ledger of every apply" {
    in_git
    apply
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    apply
    expect 0 state ledger
    says 'update  done        roles.app-snapshot'
    expect 0 state ledger "$(cbk -C stack state log | sed -n '2s/ .*//p')"
    says 'create  done        roles.app-snapshot' 'run     done        snapshot_jobs.mysql["i-bp1aaa"]'
}

# kill -9 while a call is under way: what was done, and which calls were, is there for whoever comes next.
cut_off()
{
    killed_at before CreateRole || return
    expect 0 state ledger || return
    says 'apply by ' ', cut off after ' ' of 8 steps' 'create  done        policies.app-snapshot' \
        "Calls whose answer was never heard ('cbk plan' tells what became of them):" 'CreateRole roles.app-snapshot' || return
    apply && expect 0 state ledger && says_not 'cut off' && says 'roles.app-snapshot' && expect_settled
}

@test "an apply that was killed leaves the ledger that it had, local state" {
    cut_off
}

@test "an apply that was killed leaves the ledger that it had, state in git" {
    in_git
    cut_off
}

# The first Ctrl-C: what is under way is finished, nothing more is begun, all of it is kept.
one_interrupt()
{
    fault slow '{"action": "CreatePolicy", "nth": 1}' '"ms": 3000'
    cbk -C stack apply --auto-approve >held.log 2>&1 3>&- &
    local pid=$!
    await_call CreatePolicy "$pid"
    kill -INT "$pid"
    wait_for_words 'nothing more is begun' held.log "$pid"
    local code=0
    wait "$pid" || code=$?
    [ "$code" -eq 130 ] || { cat held.log && return 1; }
    grep -q 'Apply interrupted' held.log || return
    ledger_rows >rows
    grep -q 'policies.app-snapshot done' rows && grep -q 'roles.app-snapshot not_tried' rows || return
    expect 0 state ledger && says interrupted 'not tried   roles.app-snapshot: interrupted' || return
    expect 0 plan && says_not 'never heard' && says_not '+ policies.app-snapshot' || return
    apply && expect_settled
}

@test "one interrupt, local state" {
    one_interrupt
    [ ! -e stack/state/quickstart.journal ]
}

@test "one interrupt, state in git" {
    in_git
    one_interrupt
}
