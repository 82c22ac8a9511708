#!/usr/bin/env bats
# Roles on instances: one each, exchanged with a moment between, taken from others only when asked.

load lib

other_trust='{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'

make_other()
{
    acs ram CreateRole RoleName=OtherRole "AssumeRolePolicyDocument=$other_trust"
}

put_other_on()
{
    make_other
    acs ecs AttachInstanceRamRole RamRoleName=OtherRole "InstanceIds=[\"$1\"]"
}

# The role that an instance carries; null: none.
role_on()
{
    acs ecs DescribeInstanceRamRole "InstanceIds=[\"$1\"]" |
        jq -r '.InstanceRamRoleSets.InstanceRamRoleSet[0].RamRoleName'
}

prepare()
{
    sed -i '/trigger:/d' stack/cbk.yaml
    sed -i '/^credentials:/a\  - {access_key_id: LTAIpicky, access_key_secret: picky, user: picky, policies: [picky]}' world.yaml
    cat >>world.yaml <<'YAML'
policies:
  - name: picky
    document:
      Version: "1"
      Statement:
        - {Effect: Allow, Action: "*", Resource: "*"}
        - {Effect: Deny, Action: "ram:PassRole", Resource: "acs:ram:*:*:role/Second"}
YAML
}

@test "an instance that carries another role is an error that names both" {
    put_other_on i-bp1aaa
    refuses "attachment 'i-bp1aaa' exists already, was not made by this stack, and differs: role is \"OtherRole\"" \
        apply --auto-approve
    says AppSnapshotRoleName 'replace_existing: true' 'stack/cbk.yaml:'
    [ "$(role_on i-bp1aaa)" = OtherRole ]
}

@test "another role's place is taken where the stack says so, and the plan tells of the gap" {
    put_other_on i-bp1aaa
    in_file stack/cbk.yaml '{role: roles.app-snapshot, instances: mysql}' \
        '{role: roles.app-snapshot, instances: mysql, replace_existing: true}'
    expect 2 plan --detailed-exitcode
    says '-/+ attachments.mysql["i-bp1aaa"]' 'the instance carries no role for a moment' '"OtherRole" -> "AppSnapshotRoleName"'
    cbk_in_stack plan --format json | jq -e '[.changes[] | select(.gap)] | length == 1'
    apply
    [ "$(role_on i-bp1aaa)" = AppSnapshotRoleName ]
    expect_settled
    expect 0 destroy --auto-approve
    [ "$(role_on i-bp1aaa)" != AppSnapshotRoleName ]
}

@test "a role exchanged behind cbk's back is drift, and exchanged again" {
    apply
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1aaa"]'
    put_other_on i-bp1aaa
    expect 2 plan --detailed-exitcode
    says '-/+ attachments.mysql["i-bp1aaa"]' 'drift: changed outside of git'
    apply
    [ "$(role_on i-bp1aaa)" = AppSnapshotRoleName ]
    expect_settled
}

# Gives the stack a second role, which the instances carry from now on.
exchange()
{
    in_file stack/cbk.yaml 'attachments:
  mysql: {role: roles.app-snapshot,' "  second: {name: Second, trust: {service: [$1]}, policies: [policies.app-snapshot]}
attachments:
  mysql: {role: roles.second,"
    sed -i 's/role: roles.app-snapshot, scripts/role: roles.second, scripts/' stack/cbk.yaml
}

@test "a role that the cloud refuses leaves the instance with the one it had" {
    apply
    exchange ecs.aliyuncs.com
    use_key LTAIpicky picky
    expect 1 apply --auto-approve
    says 'InvalidUser.PassRoleForbidden' "its role 'AppSnapshotRoleName' has been put back"
    [ "$(role_on i-bp1aaa)" = AppSnapshotRoleName ]
    [ "$(role_on i-bp1bbb)" = AppSnapshotRoleName ]
    expect 2 plan --detailed-exitcode
    says '-/+ attachments.mysql["i-bp1aaa"]'
}

@test "killed between the two: the next apply gives the instance its role" {
    apply
    exchange ecs.aliyuncs.com
    killed_at before AttachInstanceRamRole apply --parallelism 1
    apply
    [ "$(role_on i-bp1aaa)" = Second ]
    [ "$(role_on i-bp1bbb)" = Second ]
    expect_settled
}

@test "a role that RAM has just made is not known to ECS at once: the attachment waits" {
    restart_cloud --eventual 2s
    apply
    [ "$(role_on i-bp1aaa)" = AppSnapshotRoleName ]
    expect_settled
    expect 0 destroy --auto-approve
    [ "$(acs sim GET /_sim/world | jq '[.roles[], .policies[] | select(.name | startswith("AppSnapshot"))] | length')" -eq 0 ]
}

@test "a role that is deleted under an apply is told apart from one that is not known yet" {
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
    fault throttle '{"action": "AttachInstanceRamRole"}' '"times": 0'
    cbk -C stack apply --auto-approve >apply.log 2>&1 3>&- &
    pid=$!
    await_call AttachInstanceRamRole "$pid"
    acs ram DetachPolicyFromRole PolicyType=Custom PolicyName=AppSnapshotPolicy RoleName=AppSnapshotRoleName
    acs ram DeleteRole RoleName=AppSnapshotRoleName
    no_faults
    await "$pid"
    output=$(cat apply.log)
    [ "$status" -eq 1 ]
    says "the role 'AppSnapshotRoleName' is gone: RAM does not know it either"
    says_not 'RAM had a minute to catch up'
    apply
    expect_settled
}
