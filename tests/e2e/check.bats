#!/usr/bin/env bats
# `cbk check`: which instances are fit, without a plan.

load lib

# Every instance of the world, by one name or another; one of them stays without a job.
prepare()
{
    in_file stack/cbk.yaml 'mysql: {tags: {app: mysql}, expect: {min: 1, max: 20}}' 'mysql: {tags: {app: mysql}}
  batch: {tags: {app: batch}}'
}

check_json()
{
    cbk_in_stack check --format json >check.json || [ $? -eq 1 ]
}

@test "all fit, one that nobody backs up beside them" {
    expect 0 check
    says 'ok   i-bp1aaa (web-db-1)' 'ok   i-bp1bbb (web-db-2)' '-   i-bp1ccc (batch-1)' 'nothing backs it up' \
        CBK102 'disk d-bp1cc0 is cloud_efficiency' CBK106 'it carries no role' CBK108 \
        'Instances: 2 fit, 0 not fit, 1 not backed up from here.'
    [ "$(changes_made)" -eq 0 ] && [ ! -e stack/state ]
}

@test "one that is not fit, and what to do" {
    stop_cloud && in_file world.yaml 'assistant: online
    disks:
      - {id: d-bp1bb0' 'assistant: offline
    disks:
      - {id: d-bp1bb0' && start_cloud
    expect 1 check
    says 'NO   i-bp1bbb (web-db-2)' 'crash        snapshot_jobs.mysql requires application' CBK105 \
        'systemctl restart aliyun.service' '1 fit, 1 not fit'
    says_not 'error:'
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    expect 0 check
    says 'ok   i-bp1bbb (web-db-2)' 'requires crash' CBK105
}

@test "the same as JSON" {
    check_json
    jq -e '.fit and .format_version == "1.0" and .stack == "quickstart" and .region == "cn-hangzhou"' check.json
    jq -e '[.instances[] | [.id, .level, .required, .fit, (.orders | length)]] == [
        ["i-bp1aaa", "application", "application", true, 1], ["i-bp1bbb", "application", "application", true, 1],
        ["i-bp1ccc", "crash", null, true, 0]]' check.json
    jq -e '[.instances[2].findings[] | select(.ok | not) | .id] == ["CBK102", "CBK106", "CBK108"]' check.json
    jq -e '[.instances[].findings[] | select((.ok | not) and (.hint and .severity | not))] == []' check.json
    jq -e '.instances[0].orders[0] == {address: "snapshot_jobs.mysql[\"i-bp1aaa\"]", level: "application",
        required: "application"}' check.json
    cp check.json before.json && check_json && cmp before.json check.json
}

@test "what the plan foresees is what check tells" {
    sed -i '/^scripts:/,/^$/d; s/, scripts: scripts.mysql//' stack/cbk.yaml
    check_json
    cbk_in_stack plan --format json 2>/dev/null >plan.json || true
    jq -e --slurpfile plan plan.json '[.instances[].orders[]] | map({(.address): .level}) | add ==
        ([$plan[0].changes[] | select(.predicted) | {(.address): .predicted.level}] | add)' check.json
    jq -e '[.instances[] | select(.orders != []) | .level] == ["filesystem", "filesystem"]' check.json
}

@test "two orders for one instance: what is so of it is said once, the lowest level counts" {
    in_file stack/cbk.yaml 'snapshot_jobs:' 'snapshot_jobs:
  plain: {instances: mysql, consistency: {level: crash}}'
    check_json
    jq -e '.fit and .instances[0].level == "crash" and .instances[0].required == "application"' check.json
    jq -e '[.instances[0].findings[].id] | length == (unique | length)' check.json
}

@test "an instance with a role that the stack does not know is judged by what lives" {
    stop_cloud && in_file world.yaml '    assistant: online
    disks:
      - {id: d-bp1cc0, category: cloud_efficiency' '    assistant: online
    role: Foreign
    disks:
      - {id: d-bp1cc0, category: cloud_essd'
    cat >>world.yaml <<'YAML'
roles:
  - {name: Foreign, trust: {service: [ecs.aliyuncs.com]}, policies: [Most, AliyunECSReadOnlyAccess]}
policies:
  - name: Most
    document: {Version: "1", Statement: [{Effect: Allow, Action: "ecs:CreateSnapshot*", Resource: "*"}]}
YAML
    start_cloud
    check_json
    jq -e '[.instances[2].findings[] | select(.ok | not) | .message] == ["the role '"'Foreign'"' may not do ecs:TagResources",
        "no freeze and thaw scripts are declared for it"]' check.json
}

@test "instances that only ids name, and an unknown one" {
    in_file stack/cbk.yaml 'batch: {tags: {app: batch}}' 'batch: {ids: [i-bp1ccc]}'
    in_file stack/cbk.yaml 'mysql: {tags: {app: mysql}}' 'mysql: {ids: [i-bp1aaa]}'
    check_json
    jq -e '[.instances[].id] == ["i-bp1aaa", "i-bp1ccc"]' check.json
    in_file stack/cbk.yaml 'ids: [i-bp1aaa]' 'ids: [i-bp1nix]'
    refuses "no instance 'i-bp1nix' in this region" check
}

@test "the checks of 1,000 instances take a bounded number of calls" {
    stop_cloud
    "$BATS_TEST_DIRNAME/../bench/checks" 1000
}
