#!/usr/bin/env bats
# Snapshot jobs that are cut short, that share an instance, or whose ground is taken away.

load lib

jobs_started()
{
    actions_made | grep -c '^CreateBackupJob$' || true
}

# How the jobs of an instance go wrong, or lie: whim ID JSON.
whim()
{
    acs sim POST /_sim/world "{\"instances\": [{\"id\": \"$1\", \"backup\": $2}]}" >/dev/null
}

# What the state remembers of the one instance's job: evidence FILTER.
evidence()
{
    cbk_in_stack show --format json | jq -r ".resources[\"snapshot_jobs.mysql[\\\"i-bp1aaa\\\"]\"].evidence$1"
}

# Applies in the background; applied waits for it.
begin_apply()
{
    cbk -C stack apply --auto-approve "$@" >applied.log 2>&1 3>&- &
    applying=$!
}

is_applying()
{
    kill -0 "$applying"
}

interrupt()
{
    kill -INT "$applying"
}

# Applies in the background, until a job runs.
apply_until_it_runs()
{
    begin_apply
    until [ "$(jobs_in RUNNING)" -gt 0 ]; do
        is_applying || return
        sleep 0.02
    done
}

# Waits for it; its words and its exit code are output and status.
applied()
{
    await "$applying"
    output=$(cat applied.log)
}

jobs_in()
{
    acs sim GET /_sim/world | jq --arg s "$1" '[.backup_jobs[]? | select(.status == $s)] | length'
}

one_instance()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
}

@test "a job whose apply was killed is gone on with" {
    one_instance
    killed_at after CreateBackupJob
    [ "$(jobs_started)" -eq 1 ]
    apply
    says 'recovery point proven: application-consistent'
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
}

@test "a job that ended after its apply was killed has met its trigger" {
    one_instance
    killed_at after CreateBackupJob
    acs sim POST /_sim/clock '{"advance": "10m"}'
    apply
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
    expect 0 apply --auto-approve --var release=2 # another trigger is another order
    [ "$(jobs_started)" -eq 2 ]
}

was_called()
{
    acs sim GET /_sim/requests | jq -e --arg a "$1" 'any(.action == $a)' >/dev/null
}

@test "a job that ends while it is being planned for is not run again" {
    one_instance
    whim i-bp1aaa '{"never_ends": true}'
    killed_at after CreateBackupJob
    fault slow '{"action": "DescribeBackupJobs2", "nth": 1}' '"ms": 4000'
    begin_apply
    until was_called DescribeBackupJobs2; do # its points have been read: there is none
        is_applying || return
        sleep 0.02
    done
    whim i-bp1aaa null
    until [ "$(jobs_in COMPLETE)" -eq 1 ]; do
        is_applying || return
        sleep 0.02
    done
    applied
    [ "$status" -eq 0 ]
    says 'recovery point proven: application-consistent'
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
    expect 0 snapshot run # what is asked for by name is run, however young the last point is
    [ "$(jobs_started)" -eq 2 ]
}

@test "two jobs on one instance come one after the other" {
    one_instance
    cat >>stack/cbk.yaml <<'YAML'
  again:
    instances: mysql
    consistency: {level: application, role: roles.app-snapshot, scripts: scripts.mysql}
    trigger: 7
YAML
    expect 0 apply --auto-approve
    grep -nE 'running the job|proven: ' <<<"$output" | grep -o 'running\|proven' | paste -sd' ' >order
    [ "$(cat order)" = 'running proven running proven' ]
    expect_settled
}

@test "a role that is about to leave the instance counts for nothing" {
    apply
    in_file stack/cbk.yaml 'attachments:
  mysql: {role: roles.app-snapshot, instances: mysql}' ''
    expect 1 plan --var release=2
    says 'requires application consistency, crash is foreseen: it carries no role'
}

@test "a max_age that no point can meet" {
    in_file stack/cbk.yaml 'max_age: 24h' 'max_age: 0s'
    refuses 'max_age must be longer than nothing' plan
    says 'stack/cbk.yaml:' 'max_age: 0s'
}

@test "a job that fails, and one that is complete in part, have proven nothing" {
    one_instance
    whim i-bp1aaa '{"fails": "The disk is on fire."}'
    expect 3 apply --auto-approve
    says 'ended as FAILED: The disk is on fire.' '1 below what is required'
    whim i-bp1aaa '{"status": "PARTIAL_COMPLETE"}'
    expect 3 apply --auto-approve
    says 'ended as PARTIAL_COMPLETE'
    expect 2 plan --detailed-exitcode # nor does the point that it has left
    says 'no application recovery point'
    whim i-bp1aaa null
    apply
    expect_settled
}

@test "what nobody here understands is unproven" {
    one_instance
    local whims=(
        '{"level": "PERFECT"}' "the cloud calls its level 'PERFECT', which is not known here"
        '{"level": "CRASH", "tags": "none", "reason": "HBR.MoonInTheWrongHouse"}' "'HBR.MoonInTheWrongHouse', which is not known here"
        '{"tags": "FsConsistent"}' 'the cloud calls it application, the tags of its disk snapshots say filesystem'
        '{"level": "CRASH", "reason": "HBR.NoRamRoleBound"}' 'the cloud calls it crash, the tags of its disk snapshots say application'
        '{"reason": "HBR.NoRamRoleBound"}' "the cloud names a reason for a lower level, 'HBR.NoRamRoleBound'"
    )
    for ((i = 0; i < ${#whims[@]}; i += 2)); do
        whim i-bp1aaa "${whims[i]}"
        expect 3 apply --auto-approve
        says 'reached unproven consistency, application is required' "${whims[i + 1]}"
        [ "$(evidence .level)" = unproven ]
    done
}

@test "less than required: on_downgrade says what becomes of it" {
    one_instance
    whim i-bp1aaa '{"level": "CRASH", "tags": "none", "reason": "HBR.NoRamRoleBound"}'
    expect 3 apply --auto-approve
    says 'reached crash consistency, application is required'

    in_file stack/cbk.yaml 'require: application' 'require: application
    on_downgrade: warn'
    expect 0 apply --auto-approve
    says 'recovery point is less than required: crash-consistent' 'on_downgrade is warn' 'HBR.NoRamRoleBound' \
        '1 less than required and let pass'
    [ "$(evidence .required)" = application ]
    expect 2 plan --detailed-exitcode # it does not count
    says 'no application recovery point'

    in_file stack/cbk.yaml 'on_downgrade: warn' 'on_downgrade: accept'
    expect 0 apply --auto-approve
    says 'on_downgrade is accept'
    expect_settled # now it does
    acs sim POST /_sim/clock '{"advance": "25h"}' >/dev/null
    expect 2 plan --detailed-exitcode
    says 'newest point is of'
}

@test "a trigger that was met by less is met anew where more is required" {
    one_instance
    apply
    in_file stack/cbk.yaml 'require: application' 'require: application
    on_downgrade: accept
    trigger: release-2'
    sed -i '/trigger: release-\$/d' stack/cbk.yaml
    whim i-bp1aaa '{"level": "CRASH", "tags": "none"}'
    expect 0 apply --auto-approve
    expect_settled
    in_file stack/cbk.yaml '    on_downgrade: accept
' ''
    expect 2 plan --detailed-exitcode # the older point is application-consistent, and not of this trigger
    says 'trigger "release-2" was met by less than is required now'
    expect 0 evidence
    says 'no point was taken for the trigger "release-2"'
    whim i-bp1aaa null
    apply
    expect_settled
}

@test "what is unproven is never let pass" {
    one_instance
    whim i-bp1aaa '{"level": "PERFECT"}'
    for choice in warn accept; do
        in_file stack/cbk.yaml 'require: application' "on_downgrade: $choice
    require: application"
        expect 3 apply --auto-approve
        says 'reached unproven consistency'
        in_file stack/cbk.yaml "    on_downgrade: $choice
" ''
    done
}

@test "a lower level that is foreseen and may be is no reason to refuse the plan" {
    one_instance
    in_file stack/cbk.yaml 'attachments:
  mysql: {role: roles.app-snapshot, instances: mysql}' ''
    expect 1 plan
    says 'requires application consistency, crash is foreseen'
    in_file stack/cbk.yaml 'require: application' 'require: application
    on_downgrade: warn'
    expect 2 plan --detailed-exitcode
    says 'foreseen: crash' 'it carries no role' '1 job to run'
    expect 0 apply --auto-approve
    says 'HBR.NoRamRoleBound'
}

@test "scripts that vanish under a running apply are delivered again, and the job runs once more" {
    one_instance
    fault hang_before '{"action": "DescribeBackupJobs2", "nth": 1}' '"ms": 1500'
    begin_apply --format json
    until acs sim GET /_sim/requests | jq -e 'any(.action == "DescribeBackupJobs2")' >/dev/null; do sleep 0.02; done
    acs sim POST /_sim/run '{"instance": "i-bp1aaa", "command": "rm /tmp/prescript.sh"}' >/dev/null
    applied
    [ "$status" -eq 0 ]
    [ "$(jobs_started)" -eq 2 ]
    grep apply_progress applied.log | jq -r .text >told
    grep -q 'reached filesystem consistency: HBR.PreScriptNotReady.*/tmp/prescript.sh delivered again' told
    [ "$(evidence .level)" = application ]
    [ "$(evidence '.repaired[0]')" = /tmp/prescript.sh ]
    [ "$(evidence .scripts.pre_freeze)" = "$(sha256sum stack/scripts/mysql-prescript.sh | cut -d' ' -f1)" ]
    expect_settled
}

@test "what cannot be repaired is not tried twice" {
    one_instance
    whim i-bp1aaa '{"level": "CRASH", "tags": "none", "reason": "HBR.DiskCategoryNotSupported"}'
    expect 3 apply --auto-approve
    says 'nothing to repair from here' 'HBR.DiskCategoryNotSupported: a disk is no ESSD'
    [ "$(jobs_started)" -eq 1 ]
    whim i-bp1aaa '{"level": "FILE_SYSTEM", "tags": "FsConsistent", "reason": "HBR.PreScriptNotReady"}'
    fault slow '{"action": "CreateBackupJob", "nth": 1}' '"ms": 1500'
    begin_apply
    until [ "$(jobs_started)" -eq 2 ]; do sleep 0.02; done
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "assistant": "offline"}]}' >/dev/null
    applied
    [ "$status" -eq 3 ]
    says 'nothing could be repaired: Cloud Assistant'
}

@test "a job that does not end in time is cancelled" {
    one_instance
    in_file stack/cbk.yaml 'retain: 7d' 'timeout: 10m'
    whim i-bp1aaa '{"never_ends": true}'
    apply_until_it_runs
    acs sim POST /_sim/clock '{"advance": "9m"}' >/dev/null
    [ "$(jobs_in RUNNING)" -eq 1 ]
    acs sim POST /_sim/clock '{"advance": "2m"}' >/dev/null
    applied
    [ "$status" -eq 3 ]
    says 'not ended within 10m; the job' 'was cancelled' "raise 'timeout'"
    [ "$(jobs_in CANCELED)" -eq 1 ]
}

@test "a timeout of nothing, and a point that is gone before it is too old" {
    in_file stack/cbk.yaml 'retain: 7d' 'timeout: 0s'
    refuses 'timeout must be longer than nothing' plan
    in_file stack/cbk.yaml 'timeout: 0s' 'retain: 1d'
    in_file stack/cbk.yaml 'max_age: 24h' 'max_age: 1d1h'
    refuses "max_age '1d1h' is longer than a point is kept (retain is 1d)" plan
    says 'stack/cbk.yaml:' "raise 'retain'"
}

@test "an interrupt cancels the job" {
    one_instance
    whim i-bp1aaa '{"never_ends": true}'
    apply_until_it_runs
    interrupt
    applied
    [ "$status" -eq 130 ]
    says 'interrupted; the job' 'was cancelled'
    [ "$(jobs_in CANCELED)" -eq 1 ]
    whim i-bp1aaa null
    apply
    expect_settled
}

@test "a job that cannot be cancelled goes on, and so does the next apply with it" {
    one_instance
    whim i-bp1aaa '{"never_ends": true}'
    fault http_500 '{"action": "CancelBackupJob"}' '"times": 0'
    apply_until_it_runs
    interrupt
    until acs sim GET /_sim/requests | jq -e 'any(.action == "CancelBackupJob")' >/dev/null; do sleep 0.02; done
    interrupt # it does not wait for better luck
    applied
    [ "$status" -eq 130 ]
    says 'could not be cancelled' 'goes on'
    no_faults
    whim i-bp1aaa null
    apply
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
}

# --- many -----------------------------------------------------------------------------------------------------------

# A fleet of 120 whose jobs end when they are let.
many_instances()
{
    stop_cloud
    cat >>world.yaml <<'YAML'
fleets:
  - {count: 120, name: db, tags: {fleet: many}, backup: {never_ends: true}}
YAML
    start_cloud
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: many
provider: {region: cn-hangzhou, account: "1234567890123456"}
instances:
  many: {tags: {fleet: many}}
snapshot_jobs:
  many: {instances: many, consistency: {level: crash}, trigger: 1}
policies:
  other: {document: {Version: "1", Statement: [{Effect: Allow, Action: "ecs:Describe*", Resource: "*"}]}}
YAML
}

let_all_end()
{
    acs sim GET /_sim/world | jq '{instances: [.instances[] | {id, backup: null}]}' >ends.json
    acs sim POST /_sim/world "$(cat ends.json)" >/dev/null
}

polls()
{
    acs sim GET /_sim/requests | jq '[.[] | select(.action == "DescribeBackupJobs2")] | length'
}

@test "no more than 99 jobs at once, whatever the parallelism" {
    many_instances
    begin_apply --parallelism 200
    until [ "$(jobs_in RUNNING)" -ge 99 ]; do
        is_applying
        sleep 0.05
    done
    seen=$(polls)
    until [ "$(polls)" -ge $((seen + 3)) ]; do sleep 0.05; done # it goes on looking, and starts no other
    [ "$(jobs_started)" -eq 99 ]
    let_all_end
    applied
    [ "$status" -eq 0 ]
    [ "$(jobs_started)" -eq 120 ]
    says '120 recovery points proven'
    expect_settled
}

@test "jobs that wait do not keep other steps from being done" {
    many_instances
    begin_apply --parallelism 1
    until [ "$(jobs_in RUNNING)" -ge 1 ] && actions_made | grep -q '^CreatePolicy$'; do
        is_applying
        sleep 0.05
    done
    [ "$(jobs_started)" -eq 1 ]
    interrupt
    applied
    [ "$status" -eq 130 ]
}
