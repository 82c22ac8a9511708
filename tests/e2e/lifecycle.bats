#!/usr/bin/env bats
# What every declaration takes: depends_on and lifecycle.ignore, kind by kind.

load lib

prepare()
{
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: quickstart
provider: {region: cn-hangzhou}
policies:
  p:
    document: {Version: "1", Statement: [{Effect: Allow, Action: ["ecs:DescribeDisks"], Resource: ["*"]}]}
    lifecycle: {ignore: [document]}
    depends_on: [vaults.v]
roles:
  r:
    description: ours
    trust: {service: [ecs.aliyuncs.com]}
    lifecycle: {ignore: [description, policies]}
    depends_on: [policies.p]
attachments:
  a:
    role: roles.r
    instances: {ids: [i-bp1aaa]}
    lifecycle: {ignore: [role]}
    depends_on: [backup_policies.b]
scripts:
  s:
    instances: {ids: [i-bp1aaa]}
    pre_freeze: {source: scripts/mysql-prescript.sh}
    post_thaw: {source: scripts/mysql-postscript.sh}
    lifecycle: {ignore: [post_thaw]}
    depends_on: [attachments.a]
vaults:
  v: {description: ours, lifecycle: {ignore: [description]}}
backup_policies:
  b:
    description: ours
    schedule: {every: 1d, from: "2026-12-01T02:00:00+08:00"}
    retain: 30d
    lifecycle: {ignore: [description]}
    depends_on: [roles.r]
bindings:
  i:
    policy: backup_policies.b
    instances: {ids: [i-bp1aaa]}
    consistency: {level: crash}
    description: ours
    lifecycle: {ignore: [description]}
    depends_on: [scripts.s]
snapshot_jobs:
  j:
    instances: {ids: [i-bp1aaa]}
    consistency: {level: crash}
    depends_on: [bindings.i]
YAML
}

# The id that the state knows at an address.
id_of()
{
    cbk_in_stack state show "$1" | jq -r .id
}

@test "depends_on orders what nothing else would, whatever the kind" {
    expect 0 plan --format json
    while read -r from to; do
        jq -e --arg from "$from" --arg to "$to" \
            '.changes[] | select(.address | startswith($from)) | .depends_on | any(startswith($to))' <<<"$output" >/dev/null ||
            { echo "$from does not wait for $to" && false; }
    done <<'PAIRS'
policies.p vaults.v
roles.r policies.p
attachments.a backup_policies.b
scripts.s attachments.a
backup_policies.b roles.r
bindings.i scripts.s
snapshot_jobs.j bindings.i
PAIRS
    apply
    [ "$(actions_made | grep -v 'RunCommand\|Tag' | paste -sd ' ')" = \
        'CreateVault CreatePolicy CreateRole CreatePolicyV2 AttachInstanceRamRole SendFile SendFile CreatePolicyBindings CreateBackupJob' ]
    expect_settled
    acs sim POST /_sim/clock '{"advance": "3h"}' >/dev/null # no vault is deleted before that
    expect 0 destroy --auto-approve --allow-point-deletion
    [ "$(actions_made | grep -v RunCommand | tail -6 | paste -sd ' ')" = \
        'DeletePolicyBinding DetachInstanceRamRole DeletePolicyV2 DeleteRole DeletePolicy DeleteVault' ]
}

@test "what is ignored may drift, whatever the kind" {
    apply
    acs ram CreatePolicyVersion PolicyName=p SetAsDefault=true \
        'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":["ecs:*"],"Resource":["*"]}]}'
    acs ram UpdateRole RoleName=r 'NewDescription=of someone else'
    acs ram AttachPolicyToRole PolicyType=System PolicyName=AliyunECSReadOnlyAccess RoleName=r
    acs ram CreateRole RoleName=other 'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
    acs ecs DetachInstanceRamRole RamRoleName=r 'InstanceIds=["i-bp1aaa"]'
    acs ecs AttachInstanceRamRole RamRoleName=other 'InstanceIds=["i-bp1aaa"]'
    in_guest i-bp1aaa 'echo "#!/bin/sh" > /tmp/postscript.sh; chmod 0755 /tmp/postscript.sh'
    acs hbr UpdateVault "VaultId=$(id_of vaults.v)" 'Description=of someone else'
    acs hbr UpdatePolicyV2 "PolicyId=$(id_of backup_policies.b)" 'PolicyDescription=of someone else'
    acs hbr UpdatePolicyBinding "PolicyId=$(id_of backup_policies.b)" SourceType=UDM_ECS DataSourceId=i-bp1aaa \
        'PolicyBindingDescription=of someone else'
    expect_settled
    # And it does: without the word, each of them is told.
    sed -i '/^    lifecycle: {ignore/d; s/, lifecycle: {ignore: .*}}/}/' stack/cbk.yaml
    expect 0 plan --format json --allow-wider-permissions
    [ "$(jq -r '.changes[] | select(.diff != []) | .address' <<<"$output" | sort | paste -sd ' ')" = \
        'attachments.a["i-bp1aaa"] backup_policies.b bindings.i["i-bp1aaa"] policies.p roles.r scripts.s["i-bp1aaa"] vaults.v' ]
}
