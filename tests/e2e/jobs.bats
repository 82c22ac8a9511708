#!/usr/bin/env bats
# Snapshot jobs that are cut short, that share an instance, or whose ground is taken away.

load lib

jobs_started()
{
    actions_made | grep -c '^CreateBackupJob$' || true
}

# Kills cbk apply as soon as an action has had its effect and no answer.
killed_after()
{
    fault hang_after "{\"action\": \"$1\", \"nth\": 1}" '"ms": 60000'
    cbk -C stack apply --auto-approve >killed.log 2>&1 3>&- &
    local pid=$!
    until acs sim GET /_sim/requests | jq -e --arg a "$1" 'any(.action == $a)' >/dev/null; do sleep 0.02; done
    sleep 0.2
    kill -9 "$pid"
    wait "$pid" || true
    no_faults
}

one_instance()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
}

@test "a job whose apply was killed is gone on with" {
    one_instance
    killed_after CreateBackupJob
    [ "$(jobs_started)" -eq 1 ]
    apply
    says 'recovery point proven: application-consistent'
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
}

@test "a job that ended after its apply was killed has met its trigger" {
    one_instance
    killed_after CreateBackupJob
    acs sim POST /_sim/clock '{"advance": "10m"}'
    apply
    [ "$(jobs_started)" -eq 1 ]
    expect_settled
    expect 0 apply --auto-approve --var release=2 # another trigger is another order
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
