#!/usr/bin/env bats
# cbk evidence: what is proven of every instance, and why not.

load lib

# The evidence as JSON, by a filter.
proof()
{
    cbk_in_stack evidence --format json | jq -r "$1"
}

reads_only()
{
    local before state
    before=$(changes_made)
    state=$(state_digest)
    "$@" || return
    [ "$(changes_made)" = "$before" ] && [ "$(state_digest)" = "$state" ]
}

@test "before the first apply everything is a gap, after it nothing is" {
    reads_only expect 0 evidence
    says 'GAP  i-bp1aaa (web-db-1)' 'there is no recovery point' '0 of 2 instances' '2 have a gap'
    expect 3 evidence --strict
    apply
    reads_only expect 0 evidence --strict
    says 'ok   i-bp1aaa' '2 of 2 instances have a recovery point that is proven application-consistent' 'no gaps'
}

@test "the ids and hashes are those of what was made and run" {
    apply
    [ "$(proof '.instances[0].demands[0].point.scripts.pre_freeze')" = "$(sha256sum stack/scripts/mysql-prescript.sh | cut -d' ' -f1)" ]
    [ "$(proof '.instances[0].demands[0].point.scripts.post_thaw')" = "$(sha256sum stack/scripts/mysql-postscript.sh | cut -d' ' -f1)" ]
    acs sim GET /_sim/world >world.json
    [ "$(proof '.instances[0].demands[0].point.job_id')" = "$(jq -r '.backup_jobs[] | select(.instance_id == "i-bp1aaa").id' world.json)" ]
    [ "$(proof '.instances[0].demands[0].point.disk_snapshots | sort | join(" ")')" = \
        "$(jq -r '[.snapshots[] | select(.instance_id == "i-bp1aaa").id] | sort | join(" ")' world.json)" ]
}

@test "a point that grows too old is a gap, by the cloud's clock" {
    apply
    acs sim POST /_sim/clock '{"advance": "23h"}' >/dev/null
    expect 0 evidence --strict
    acs sim POST /_sim/clock '{"advance": "2h"}' >/dev/null
    expect 3 evidence --strict
    says 'the newest point that serves is 25h old, 1d is allowed'
    acs sim POST /_sim/clock '{"advance": "7d"}' >/dev/null
    expect 3 evidence --strict
    says 'there is no recovery point'
}

@test "why a level was lost, and what still counts beside it" {
    apply
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "backup": {"level": "CRASH", "tags": "none", "reason": "HBR.NoRamRoleBound"}}]}' >/dev/null
    expect 3 apply --auto-approve --var release=2
    expect 0 evidence
    says 'a newer point is only crash: HBR.NoRamRoleBound'
    says_not 'GAP  i-bp1aaa' # of the trigger of this stack there is one
    expect 3 evidence --strict --var release=2
    says 'no point was taken for the trigger "release-2"'
    acs sim POST /_sim/clock '{"advance": "7d"}' >/dev/null
    expect 3 apply --auto-approve
    expect 0 evidence
    says 'no point reaches application: the newest, of' 'is crash: HBR.NoRamRoleBound: the instance did not carry the role'
}

@test "less that is accepted is no gap, and is told" {
    in_file stack/cbk.yaml 'require: application' 'require: application
    on_downgrade: accept'
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "backup": {"level": "CRASH", "tags": "none", "reason": "HBR.NoRamRoleBound"}}]}' >/dev/null
    apply
    expect 0 evidence --strict
    says 'less than application was accepted' '1 of 2 instances'
}

@test "an instance that nothing covers is told, with the point that it has" {
    in_file stack/cbk.yaml 'snapshot_jobs:
  mysql:
    instances: mysql' 'snapshot_jobs:
  mysql:
    instances: {ids: [i-bp1aaa]}'
    apply
    acs hbr CreateBackupJob SourceType=UDM_ECS BackupType=COMPLETE InstanceId=i-bp1bbb Retention=3 >/dev/null
    acs sim POST /_sim/clock '{"advance": "1m"}' >/dev/null
    expect 3 evidence --strict
    says 'covered by no job and no binding' '1 has a gap, 1 of them covered by'
    [ "$(proof '.instances[1].newest.level')" = crash ]
    [ "$(proof '.instances[1].demands | length')" -eq 0 ]
}

# A policy that backs up every day, bound to the two instances.
bind_daily()
{
    cat >>stack/cbk.yaml <<'YAML'
backup_policies:
  daily: {schedule: {every: 1d, from: "2026-01-01T02:00:00Z"}, retain: 30d}
bindings:
  mysql:
    policy: backup_policies.daily
    instances: mysql
    consistency: {level: application, role: roles.app-snapshot, scripts: scripts.mysql}
YAML
}

@test "a binding demands points, too, twice its schedule's interval at most" {
    bind_daily
    apply
    acs sim POST /_sim/clock '{"advance": "3d"}' >/dev/null
    [ "$(proof '.instances[0].demands | map("\(.kind) \(.max_age) \(.ok)") | join(", ")')" = \
        'binding 172800 true, snapshot_job 86400 true' ]
    [ "$(proof '.instances[0].newest.scripts')" = null ] # nobody saw which scripts a schedule ran
    in_file stack/cbk.yaml 'policy: backup_policies.daily' 'policy: backup_policies.daily
    disabled: true'
    apply
    acs sim POST /_sim/clock '{"advance": "3d"}' >/dev/null
    expect 3 evidence --strict
    says 'the binding is disabled' '2d is allowed (twice the schedule'
}

@test "what is young enough for less is not called proven for more" {
    bind_daily
    in_file stack/cbk.yaml 'policy: backup_policies.daily' 'policy: backup_policies.daily
    require: crash'
    in_file stack/cbk.yaml 'every: 1d' 'every: 1w'
    apply
    acs sim POST /_sim/clock '{"advance": "25h"}' >/dev/null
    [ "$(proof '.instances[0].demands | map("\(.kind) \(.require) \(.ok)") | join(", ")')" = \
        'binding crash true, snapshot_job application false' ]
    expect 3 evidence --strict
    says '0 of 2 instances have a recovery point that is proven application-consistent' '2 have a gap'
}

@test "a point of the schedule counts for the job's max_age" {
    bind_daily
    apply
    before=$(acs sim GET /_sim/world | jq '.backup_jobs | length')
    acs sim POST /_sim/clock '{"advance": "5d"}' >/dev/null
    expect_settled # a point of this day is there, and no job is needed
    [ "$(acs sim GET /_sim/world | jq '.backup_jobs | length')" -eq $((before + 10)) ]
    acs sim POST /_sim/reboot '{"instance": "i-bp1aaa"}' >/dev/null
    acs sim POST /_sim/clock '{"advance": "25h"}' >/dev/null
    expect 2 plan --detailed-exitcode # the schedule went on without its scripts, and said nothing
    says 'snapshot_jobs.mysql["i-bp1aaa"]' 'newest point is of'
    expect 0 evidence
    says 'a newer point is only filesystem: HBR.PreScriptNotReady'
}

@test "each format, and one that is none" {
    apply
    expect 0 evidence --format csv
    [ "$(grep -c $'\r$' <<<"$output")" -eq 3 ]
    cbk_in_stack evidence --format csv | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert [row["instance"] for row in rows] == ["i-bp1aaa", "i-bp1bbb"], rows
assert all(row["ok"] == "yes" and row["level"] == "application" for row in rows), rows'
    expect 0 evidence --format html
    says '<!DOCTYPE html>' 'i-bp1aaa' '</html>'
    [ "$(grep -cE '<script|src=|href=|@import|url\(' <<<"$output")" -eq 0 ]
    refuses "unknown format 'pdf': it is one of text, json, csv, html" evidence --format pdf
}

@test "instances by the hundred take few calls" {
    stop_cloud
    cat >>world.yaml <<'YAML'
fleets:
  - {count: 150, name: db, tags: {fleet: many}}
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
YAML
    expect 0 apply --auto-approve --parallelism 99
    before=$(acs sim GET /_sim/requests | jq length)
    expect 0 evidence --strict
    says '0 of 150 instances' # crash-consistent, as was asked for
    acs sim GET /_sim/requests | jq -r ".[$before:][].action" | sort | uniq -c >calls
    [ "$(awk '$2 == "DescribeUdmSnapshots" {print $1}' calls)" -eq 1 ]
    [ "$(awk '$2 == "DescribeSnapshots" {print $1}' calls)" -eq 2 ]
    [ "$(grep -cE 'RunCommand|CreateBackupJob' calls)" -eq 0 ]
}
