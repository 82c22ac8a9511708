#!/usr/bin/env bats
# The same inputs give the same bytes.

load lib

@test "the same plan twice, as text, as JSON and as a file" {
    for format in text json; do
        cbk_in_stack plan --format "$format" >one
        cbk_in_stack plan --format "$format" >two
        cmp one two
    done
    expect 0 plan --out one
    expect 0 plan --out two
    cmp one two
    cbk_in_stack plan --format json | cmp - one
}

@test "a plan with drift, twice" {
    apply
    in_guest i-bp1aaa 'rm -f /tmp/prescript.sh /tmp/postscript.sh'
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    cbk_in_stack plan --format json >one
    cbk_in_stack plan --format json --no-color >two
    cmp one two
    jq -e '.summary.create == 1 and .summary.update == 1' one
}

@test "a shown plan reads like the plan itself" {
    cbk_in_stack plan --out change.plan >printed
    cbk show change.plan | cmp - printed
    cbk show --format json change.plan | cmp - change.plan
}

@test "the checksum stays, the account and the clock notwithstanding" {
    first=$(cbk_in_stack plan --format json | jq -r .digest)
    acs sim POST /_sim/clock '{"advance": "1h"}'
    [ "$(cbk_in_stack plan --format json | jq -r .digest)" = "$first" ]
    [ "$(cbk_in_stack plan | sed -n 's/^Checksum: //p')" = "$first" ]
}

@test "no secret in plan, state, log or error" {
    cbk_in_stack --log-level trace plan --out change.plan >plan.log 2>&1
    cbk_in_stack --log-level trace apply --auto-approve >apply.log 2>&1
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=another-secret expect 1 plan --log-level trace
    echo "$output" >refused.log
    run grep -rlE 'quickstart-secret|another-secret' plan.log apply.log refused.log change.plan stack/state
    [ -z "$output" ]
}

@test "no colours where nobody looks, whatever comes from the cloud" {
    in_file world.yaml 'name: web-db-1' 'name: "web\e[31mdb"'
    stop_cloud
    start_cloud
    expect 0 plan
    says_not $'\e'
    says 'web\x1b[31mdb'
}
