#!/usr/bin/env bats
# The quickstart's story: declare, plan, apply, prove; something breaks; see it, repair it.

load lib

@test "a valid stack is valid" {
    expect 0 validate
    says "The stack 'quickstart' is valid"
}

@test "declare, plan, apply, and there is nothing left to do" {
    expect 0 plan
    says 'policies.app-snapshot' 'attachments.mysql["i-bp1aaa"]' 'foreseen: application' \
        'Plan: 6 to add, 0 to change, 0 to destroy, 2 jobs to run.'
    [ "$(changes_made)" -eq 0 ]
    expect 2 plan --detailed-exitcode

    apply
    says 'Apply complete!' 'application-consistent'
    expect_settled
}

@test "a second apply changes nothing" {
    apply
    before=$(changes_made)
    state=$(state_digest)
    apply
    says 'No changes.'
    [ "$(changes_made)" -eq "$before" ]
    [ "$(state_digest)" = "$state" ]
}

@test "the level is read back, not believed" {
    apply
    cbk_in_stack show 'snapshot_jobs.mysql["i-bp1aaa"]' >job.json
    [ "$(jq -r .evidence.level job.json)" = application ]
    point=$(jq -r .evidence.snapshot_id job.json)

    now=$(date +%s)
    acs hbr DescribeUdmSnapshots SourceType=UDM_ECS "StartTime=$((now - 3600))" "EndTime=$((now + 3600))" \
        "UdmRegionId=cn-hangzhou" >points.json
    jq -e --arg id "$point" '[.. | objects | select(.SnapshotId? == $id)][0].Detail.ConsistentLevel == "APPLICATION"' \
        points.json
}

@test "a script that vanishes is drift, and is delivered again" {
    apply
    in_guest i-bp1bbb 'rm -f /tmp/prescript.sh'

    expect 2 plan --detailed-exitcode
    says 'scripts.mysql["i-bp1bbb"]' '/tmp/prescript.sh is gone' 'drift' 'Plan: 0 to add, 1 to change'
    cbk_in_stack plan --format json |
        jq -e '[.changes[] | select(.actions == ["update"])] | length == 1 and .[0].cause == "drift"'

    apply
    says 'scripts.mysql["i-bp1bbb"]: updated'
    expect_settled
}

@test "a script with another mode, owner or content is drift" {
    apply
    in_guest i-bp1aaa 'chmod 0755 /tmp/prescript.sh'
    expect 2 plan --detailed-exitcode
    says 'pre_freeze' '0755' 'drift'
    in_guest i-bp1aaa 'chmod 0700 /tmp/prescript.sh; echo "# more" >> /tmp/postscript.sh'
    expect 2 plan --detailed-exitcode
    says 'post_thaw' 'drift'
    in_guest i-bp1bbb 'chown nobody /tmp/prescript.sh'
    expect 2 plan --detailed-exitcode
    says 'scripts.mysql["i-bp1bbb"]' 'Plan: 0 to add, 2 to change'
    apply
    expect_settled
}

@test "a recovery point grows too old, and another one is made" {
    apply
    acs sim POST /_sim/clock '{"advance": "25h"}'
    expect 2 plan --detailed-exitcode
    says 'max_age 24h' '2 jobs to run'
    apply
    expect_settled
}

@test "a trigger that changes asks for another recovery point" {
    apply
    expect_settled
    expect 2 plan --detailed-exitcode --var release=2
    says 'trigger "release-1" -> "release-2"'
    expect 0 apply --auto-approve --var release=2
    expect 0 plan --detailed-exitcode --var release=2
}
