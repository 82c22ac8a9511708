#!/usr/bin/env bats
# What is foreseen is what happens: one instance for each way to be fit or not, one plan, one apply. The level that the
# plan foresaw is the level that was read back from the recovery point, for every row of tests/e2e/matrix.py.

load lib

# matrix.py REGION jobs|bindings: writes stack/cbk.yaml, world.yaml and rows.json.
prepare()
{
    "$BATS_TEST_DIRNAME/matrix.py" cn-hangzhou jobs
}

# {"KEY": {level, findings}} of every job, as the plan tells.
foreseen()
{
    cbk_in_stack plan --allow-downgrade --format json >plan.json
    jq -S '. as $plan | [$plan.changes[] | select(.predicted) | {key: (.address | split(".")[1] | split("[")[0]),
        value: {level: .predicted.level, findings: (.address as $a | [$plan.checks[] |
            select(.address == $a and (.ok | not)) | "\(.id) \(.severity)"] | sort)}}] | from_entries' plan.json
}

# {"KEY": level} of every job's evidence.
reached()
{
    jq -S '.resources | to_entries | map(select(.value.kind == "snapshot_job") |
        {key: (.key | split(".")[1] | split("[")[0]), value: .value.evidence.level}) | from_entries' stack/state/matrix.json
}

is_as_foreseen()
{
    foreseen >foreseen.json
    diff <(jq -S 'map_values({level, findings})' rows.json) foreseen.json
    expect 3 apply --auto-approve --allow-downgrade --parallelism 30
    diff <(jq -S 'map_values(.level)' foreseen.json) <(reached)
}

@test "every row ends at the level that was foreseen" {
    is_as_foreseen
}

@test "in a region without application consistency all end at crash level" {
    stop_cloud
    "$BATS_TEST_DIRNAME/matrix.py" me-central-1 jobs
    start_cloud
    is_as_foreseen
    [ "$(jq -r '[.[]] | unique | .[]' <(reached))" = crash ]
}

@test "backups that a binding makes end at the level that was foreseen, too" {
    "$BATS_TEST_DIRNAME/matrix.py" cn-hangzhou bindings
    foreseen >foreseen.json
    diff <(jq -S 'map_values({level, findings})' rows.json) foreseen.json
    expect 0 apply --auto-approve --allow-downgrade --parallelism 30
    acs sim POST /_sim/clock '{"advance": "25h"}' >/dev/null
    acs sim POST /_sim/clock '{"advance": "1m"}' >/dev/null
    acs sim GET /_sim/world | jq -S '[.recovery_points[] | {key: .name,
        value: {APPLICATION: "application", FILE_SYSTEM: "filesystem", CRASH: "crash"}[.level]}] | from_entries' >made.json
    diff <(jq -S 'map_values(.level)' foreseen.json) made.json
}

@test "a binding is not made where less is foreseen than it requires" {
    "$BATS_TEST_DIRNAME/matrix.py" cn-hangzhou bindings
    expect 1 plan
    says 'bindings.debian["i-row13"] requires application consistency, crash is foreseen' 'foreseen: crash, refused'
    [ "$(cbk_in_stack plan --format json 2>/dev/null | jq '[.changes[] | select(.refused and .kind == "binding")] | length')" \
        -eq "$(jq '[.[] | select(.level != .required)] | length' rows.json)" ]
    jq '.bindings |= map_values(.require = "crash")' stack/cbk.yaml >with.json && cp with.json stack/cbk.yaml
    cbk_in_stack plan --format json 2>/dev/null | jq -e '[.changes[] | select(.refused and .kind == "binding")] == []'
}

@test "without --allow-downgrade each row that ends lower is refused, and no other" {
    expect 1 plan --format json
    diff <(jq -r 'to_entries[] | select(.value.level != .value.required) | .key' rows.json | sort) \
        <(cbk_in_stack plan --format json 2>/dev/null | jq -r '.changes[] | select(.refused and .kind == "snapshot_job") | .address' |
            sed 's/^[^.]*\.//; s/\[.*//' | sort)
    [ "$(changes_made)" -eq 0 ]
}

@test "check tells the same, and exits 1" {
    expect 1 check
    cbk_in_stack check --format json | jq -S '[.instances[] | {key: .name, value: .level}] | from_entries' >told.json
    diff <(jq -S 'map_values(.level)' rows.json) told.json
}
