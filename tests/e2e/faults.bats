#!/usr/bin/env bats
# Calls that go wrong, one after the other: an apply ends with success or a clear error, the next one converges.

load lib
load sweeps

@test "throttling is waited for" {
    fault throttle '{"service": "ram"}' '"times": 3'
    apply
    expect_settled
}

@test "a cloud that throttles all the time" {
    restart_cloud --qps 5
    apply
    expect_settled
}

@test "a role that other services learn of late" {
    restart_cloud --eventual 2s
    apply
    expect_settled
}

@test "reads that fail once are read again" {
    apply
    for kind in drop_before drop_after http_500 http_503 malformed truncated; do
        fault "$kind" '{"mutating": false, "nth": 2}'
        expect_settled
        no_faults
    done
}

@test "a cloud that answers nothing but errors is one clear error" {
    fault http_500 '{"service": "sts"}' '"times": 0'
    timeout 120 cbk -C stack plan >plan.log 2>&1 && status=0 || status=$?
    output=$(cat plan.log)
    [ "$status" -eq 1 ]
    [ "$(errors_said)" -eq 1 ]
    says 'cannot tell who is calling'
}

@test "a destroy that is disturbed converges" {
    for kind in drop_before drop_after http_500; do
        for nth in 1 3 5; do
            apply
            fault "$kind" "{\"mutating\": true, \"nth\": $nth}"
            run cbk_in_stack destroy --auto-approve
            ends_well
            no_faults
            expect 0 destroy --auto-approve
            expect 0 show
            says 'The state is empty'
        done
    done
}
