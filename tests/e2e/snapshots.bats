#!/usr/bin/env bats
# cbk snapshot: recovery points as they really are, and jobs that are run now.

load lib

jobs_started()
{
    actions_made | grep -c '^CreateBackupJob$' || true
}

# The points that are listed, by a filter over each.
points()
{
    cbk_in_stack snapshot list --format json | jq -r ".points[] | $1"
}

@test "points are listed newest first, with the level that is proven" {
    expect 0 snapshot list
    says 'There are no recovery points.'
    apply
    expect 0 snapshot list
    says 'i-bp1aaa (web-db-1)' 'i-bp1bbb (web-db-2)' application
    acs sim POST /_sim/clock '{"advance": "1h"}' >/dev/null
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "backup": {"tags": "none"}}]}' >/dev/null
    expect 3 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]'
    points '"\(.instance) \(.level)"' >listed
    [ "$(head -1 listed)" = 'i-bp1aaa unproven' ]
    [ "$(sort listed | paste -sd,)" = 'i-bp1aaa application,i-bp1aaa unproven,i-bp1bbb application' ]
    expect 0 snapshot list
    says 'the cloud calls it application, the tags of its disk snapshots say crash' ' 60m '
    expect 0 snapshot list 'snapshot_jobs.mysql["i-bp1bbb"]'
    says_not i-bp1aaa
    [ "$(points '.expires - .time' | sort -u)" -eq $((7 * 86400)) ]
}

@test "points that others made are listed too, those of other instances are not" {
    apply
    for id in i-bp1bbb i-bp1ccc; do
        acs hbr CreateBackupJob SourceType=UDM_ECS BackupType=COMPLETE InstanceId=$id Retention=3 >/dev/null
    done
    acs sim POST /_sim/clock '{"advance": "1m"}' >/dev/null
    [ "$(points .instance | sort | uniq -c | xargs)" = '1 i-bp1aaa 2 i-bp1bbb' ]
    [ "$(points 'select(.level == "crash").instance')" = i-bp1bbb ]
}

@test "a job is run now, whatever there is already" {
    apply
    [ "$(jobs_started)" -eq 2 ]
    expect 0 snapshot run 'snapshot_jobs.mysql["i-bp1bbb"]' </dev/null
    says 'asked for' '1 job to run' '1 recovery point proven'
    [ "$(jobs_started)" -eq 3 ]
    expect 0 snapshot run </dev/null
    [ "$(jobs_started)" -eq 5 ]
    expect 0 snapshot run snapshot_jobs.mysql </dev/null
    [ "$(jobs_started)" -eq 7 ]
    expect_settled
}

@test "a job that is run now sees to what it needs, and asks before that" {
    apply
    acs sim POST /_sim/reboot '{"instance": "i-bp1aaa"}' >/dev/null
    expect 1 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]' </dev/null
    says 'drift: it is gone' 'not approved'
    [ "$(jobs_started)" -eq 2 ]
    expect 0 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]' --auto-approve
    says 'scripts.mysql["i-bp1aaa"]' '1 recovery point proven'
    expect_settled
}

@test "what a job does not need is left alone" {
    apply
    in_file stack/cbk.yaml 'roles:
' 'roles:
  other: {trust: {service: [ecs.aliyuncs.com]}}
'
    expect 0 snapshot run </dev/null
    says '1 change is left out of this plan'
    expect 2 plan --detailed-exitcode
    says roles.other
}

@test "a job that ends below what it requires exits 3, one that is foreseen to is not begun" {
    apply
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "backup": {"fails": "No."}}]}' >/dev/null
    expect 3 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]'
    says 'ended as FAILED: No.'
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "backup": {"tags": "none"}}]}' >/dev/null
    expect 3 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]'
    says 'reached unproven consistency'
    expect_settled # what was there before still serves
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "status": "Stopped"}]}' >/dev/null
    expect 1 snapshot run 'snapshot_jobs.mysql["i-bp1aaa"]'
    says 'the instance is Stopped'
}

@test "words that are none" {
    refuses "needs a word more: list, or run" snapshot
    refuses "unknown word 'lsit' (did you mean 'list'?)" snapshot lsit
    refuses "unknown snapshot job 'snapshot_jobs.mysq' (did you mean 'snapshot_jobs.mysql'?)" snapshot run snapshot_jobs.mysq
    refuses "unknown snapshot job 'roles.app-snapshot'" snapshot run roles.app-snapshot
    refuses 'snapshot_jobs.mysql["i-bp1zzz"]' snapshot run 'snapshot_jobs.mysql["i-bp1zzz"]'
    refuses "the stack declares nothing for instances at 'roles.app-snapshot'" snapshot list roles.app-snapshot
}
