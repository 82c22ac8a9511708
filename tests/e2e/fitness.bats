#!/usr/bin/env bats
# What makes a backup degrade silently elsewhere: told before the job, refused, and told after it where it is allowed.

load lib

# A stack of one instance, i-bp1ccc of the world, which is fit but for what each story does to it.
prepare()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1ccc]}'
    in_file world.yaml cloud_efficiency cloud_essd
}

in_world()
{
    stop_cloud
    in_file world.yaml "$@"
    start_cloud
}

# The text of one instance's entry, from its id on.
in_entry()
{
    stop_cloud
    python3 - "$@" <<'PYTHON'
import sys
old, new = sys.argv[1:]
head, tail = open("world.yaml").read().split("id: i-bp1ccc", 1)
if old not in tail:
    sys.exit(f"'{old}' is not there")
open("world.yaml", "w").write(head + "id: i-bp1ccc" + tail.replace(old, new, 1))
PYTHON
    start_cloud
}

# The plan refuses, names the check and the reason, and so does apply; nothing was changed.
is_unfit()
{
    local id=$1 words
    shift
    for words in 'plan' 'apply --auto-approve'; do
        # shellcheck disable=SC2086 # words
        expect 1 $words && says "$id" "$@" 'i-bp1ccc' || return
    done
    [ "$(changes_made)" -eq 0 ] && [ ! -e stack/state/quickstart.json ]
    cbk_in_stack plan --format json 2>/dev/null |
        jq -e --arg id "$id" '[.checks[] | select(.ok | not).id] == [$id]'
}

# Allowed to go on, the job runs, tells which level it has reached, and exits 3; so does every further apply.
reaches()
{
    expect 3 apply --auto-approve --allow-downgrade && says "reached $1 consistency, application is required" || return
    [ "$(cbk_in_stack show --format json | jq -r '.resources["snapshot_jobs.mysql[\"i-bp1ccc\"]"].evidence.level')" = "$1" ]
}

@test "a fit instance is fit" {
    apply
    says 'application-consistent'
    expect_settled
}

@test "a disk that is no ESSD" {
    in_entry cloud_essd cloud_efficiency
    is_unfit CBK102 'disk d-bp1cc0 is cloud_efficiency, not an ESSD' 'require: application'
    reaches crash
}

@test "an agent that is offline" {
    in_entry 'assistant: online' 'assistant: offline'
    expect 1 plan
    says CBK105 'the Cloud Assistant agent is offline'
    [ "$(changes_made)" -eq 0 ]
    reaches crash
}

@test "an agent that is not there" {
    in_entry 'assistant: online' 'assistant: missing'
    expect 1 plan
    says CBK105 'the Cloud Assistant agent is not installed'
    [ "$(changes_made)" -eq 0 ]
    reaches crash
}

@test "an instance that is stopped" {
    in_entry 'status: Running' 'status: Stopped'
    expect 1 plan
    says CBK111 'the instance is Stopped, not Running'
    says_not CBK105
    [ "$(changes_made)" -eq 0 ]
    reaches crash
}

@test "a role that lacks a permission" {
    in_file stack/cbk.yaml 'ecs:TagResources, ' ''
    is_unfit CBK107 "the role 'AppSnapshotRoleName' may not do ecs:TagResources"
    reaches crash
}

@test "a role that is denied what another policy allows" {
    in_file stack/cbk.yaml '        - Effect: Allow' '        - {Effect: Deny, Action: "ecs:Tag*", Resource: "*"}
        - Effect: Allow'
    is_unfit CBK107 'may not do ecs:TagResources'
}

@test "a role that trusts another service" {
    in_file stack/cbk.yaml '[ecs.aliyuncs.com]' '[fc.aliyuncs.com]'
    is_unfit CBK106 "the role 'AppSnapshotRoleName' does not trust ecs.aliyuncs.com"
}

@test "a role that the instance does not carry" {
    sed -i '/^attachments:/,/^$/d' stack/cbk.yaml
    is_unfit CBK106 "it carries no role, the job names 'AppSnapshotRoleName'"
    reaches crash
    says HBR.NoRamRoleBound
}

@test "an operating system that is not supported" {
    in_entry 'CentOS  7.9 64 bit' 'CentOS  6.10 64 bit'
    is_unfit CBK101 "its operating system 'CentOS 6.10 64 bit' is not one that the service supports"
    reaches crash
}

@test "scripts that nobody declared" {
    sed -i '/^scripts:/,/^$/d; s/, scripts: scripts.mysql//' stack/cbk.yaml
    is_unfit CBK108 'no freeze and thaw scripts are declared'
    reaches filesystem
}

@test "a network file system that is mounted" {
    in_entry 'assistant: online' 'mounts: [{source: "nas:/share", filesystem: nfs, mount: /nas}]
    assistant: online'
    is_unfit CBK103 "nfs at '/nas' is a network or shared file system"
    reaches crash
}

@test "what is mounted is read where no scripts are declared, too" {
    sed -i '/^scripts:/,/^$/d; s/, scripts: scripts.mysql//' stack/cbk.yaml
    in_entry 'filesystem: ext4' 'filesystem: btrfs'
    expect 1 plan
    says CBK103 "the file system at '/' is btrfs" CBK108
    [ "$(acs sim GET /_sim/requests | jq '[.[] | select(.action == "RunCommand")] | length')" -eq 1 ]
}

@test "an account in which Cloud Backup may not act" {
    in_world 'region: cn-hangzhou' 'region: cn-hangzhou
missing_service_roles: [UdmRole]'
    is_unfit CBK114 'Cloud Backup has no role for instance backups in this account' 'unproven is foreseen'
    in_file stack/cbk.yaml 'level: application, role: roles.app-snapshot, scripts: scripts.mysql, freeze_timeout: 30s' 'level: crash'
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    is_unfit CBK114
}

@test "Windows needs no scripts: they pass it over" {
    in_entry 'os_type: linux' 'os_type: windows'
    in_entry 'CentOS  7.9 64 bit' 'Windows Server  2022 Datacenter'
    expect 0 plan
    says '· scripts.mysql["i-bp1ccc"]' 'passed over: it runs Windows'
    apply
    says 'recovery point proven: application-consistent'
    expect_settled
    cbk_in_stack show --format json | jq -e '.resources | has("scripts.mysql[\"i-bp1ccc\"]") | not'
    in_file stack/cbk.yaml 'freeze_timeout: 30s' 'writers: false'
    expect 1 apply --auto-approve --var release=2
    says CBK110 "'writers: false' leaves the VSS writers out" 'filesystem is foreseen'
    expect 3 apply --auto-approve --var release=2 --allow-downgrade
    says 'reached filesystem consistency, application is required'
}

@test "what is worth a look lowers nothing" {
    in_file stack/cbk.yaml 'ecs:DescribeSnapshot*' 'ecs:DescribeSnapshots, ecs:DescribeSnapshotGroups'
    expect 0 plan
    says 'Worth a look:' CBK107 'may do only a part of ecs:DescribeSnapshot*' 'foreseen: application'
    apply
    says 'recovery point proven: application-consistent'
    expect_settled
}

@test "what is unfit comes together" {
    in_entry cloud_essd cloud_ssd
    in_file stack/cbk.yaml 'ecs:TagResources, ' ''
    expect 1 plan
    says CBK102 CBK107
    [ "$(errors_said)" -eq 1 ]
}

@test "a lower requirement is met by a lower level" {
    in_entry cloud_essd cloud_efficiency
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    apply
    says 'crash-consistent'
    expect_settled
}

@test "a fit instance is served beside an unfit one" {
    in_entry cloud_essd cloud_efficiency
    in_file stack/cbk.yaml '{ids: [i-bp1ccc]}' '{ids: [i-bp1aaa, i-bp1ccc]}'
    expect 3 apply --auto-approve --allow-downgrade
    says 'snapshot_jobs.mysql["i-bp1aaa"]: recovery point proven: application-consistent'
    expect 1 plan
    says 'snapshot_jobs.mysql["i-bp1ccc"]'
    cbk_in_stack plan --format json 2>/dev/null | jq -e '.summary.run == 1'
}

@test "scripts that vanish between the plan and the job are delivered before it" {
    apply
    in_guest i-bp1ccc 'rm -f /tmp/prescript.sh'
    expect 0 apply --auto-approve --var release=2
    says 'scripts.mysql["i-bp1ccc"]: updated' 'application-consistent'
}
