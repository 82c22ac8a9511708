#!/usr/bin/env bats
# Names that change back, and names that change hands.

load lib

prepare()
{
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: names
provider: {region: cn-hangzhou}
instances:
  one: {ids: [i-bp1aaa]}
policies:
  p: {name: P, document: {Version: "1", Statement: [{Effect: Allow, Action: "ecs:Describe*", Resource: "*"}]}}
roles:
  a:
    name: X
    trust: {service: [ecs.aliyuncs.com]}
    policies: [policies.p]
attachments:
  one: {role: roles.a, instances: one}
YAML
}

names_of()
{
    acs sim GET /_sim/world | jq -r "[.$1[].name] | sort | join(\" \")"
}

role_on()
{
    acs ecs DescribeInstanceRamRole 'InstanceIds=["i-bp1aaa"]' |
        jq -r '.InstanceRamRoleSets.InstanceRamRoleSet[0].RamRoleName'
}

# An apply that cannot delete what it replaces: interrupted while the call hangs.
apply_without()
{
    fault hang_before "{\"action\": \"$1\"}" '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    until acs sim GET /_sim/requests | jq -e --arg action "$1" 'any(.[]; .action == $action)' >/dev/null; do
        kill -0 "$first" 2>/dev/null || { cat first.log && return 1; }
        sleep 0.02
    done
    kill -9 "$first"
    wait "$first" || true
    no_faults
}

@test "a role renamed back while the first one has not gone yet takes it up again" {
    apply
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    apply_without DeleteRole
    [ "$(names_of roles)" = 'X Y' ]
    in_file stack/cbk.yaml 'name: Y' 'name: X'
    expect 2 plan --detailed-exitcode
    says '~ roles.a ' '- roles.a~Y' '-/+ attachments.one["i-bp1aaa"]' 'Plan: 1 to add, 1 to change, 2 to destroy'
    apply
    [ "$(names_of roles)" = X ]
    [ "$(role_on)" = X ]
    expect_settled
    [ "$(cbk_in_stack show | grep -c '~')" -eq 0 ]
    expect 0 destroy --auto-approve
    [ -z "$(names_of roles)" ]
}

@test "a role renamed back, killed at every call: one role is left" {
    apply
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    apply_without DeleteRole
    in_file stack/cbk.yaml 'name: Y' 'name: X'
    for action in AttachPolicyToRole AttachInstanceRamRole DetachPolicyFromRole DeleteRole; do
        acs sim DELETE /_sim/faults >/dev/null
        fault hang_before "{\"action\": \"$action\", \"nth\": 1}" '"ms": 60000'
        cbk -C stack apply --auto-approve >killed.log 2>&1 3>&- &
        pid=$!
        seen=$(actions_made | grep -c "^$action\$" || true)
        until [ "$(actions_made | grep -c "^$action\$" || true)" -gt "$seen" ] || ! kill -0 "$pid" 2>/dev/null; do
            sleep 0.02
        done
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" || true
        no_faults
    done
    apply
    expect_settled
    [ "$(names_of roles)" = X ]
    [ "$(role_on)" = X ]
    [ "$(cbk_in_stack show | grep -c '~')" -eq 0 ]
}

@test "a policy renamed back while the first one has not gone yet takes it up again" {
    apply
    in_file stack/cbk.yaml 'name: P,' 'name: Q,'
    apply_without DeletePolicy
    in_file stack/cbk.yaml 'name: Q,' 'name: P,'
    in_file stack/cbk.yaml 'ecs:Describe*' 'ecs:DescribeA*'
    expect 0 apply --auto-approve --allow-wider-permissions # the role is given P once more
    expect_settled
    [ "$(acs sim GET /_sim/world | jq -r '[.policies[] | select(.type == "Custom").name] | join(" ")')" = P ]
}

@test "a declaration that takes the name of one that is dropped takes its role up" {
    add_role b Z
    apply
    before=$(acs ram GetRole RoleName=X | jq -r .Role.RoleId)
    in_file stack/cbk.yaml 'name: Z' 'name: X'
    python3 - <<'PYTHON'
import re
text = open("stack/cbk.yaml").read()
text = re.sub(r"  a:\n.*?(?=attachments)", "", text, flags=re.S).replace("roles.a, instances", "roles.b, instances")
open("stack/cbk.yaml", "w").write(text)
PYTHON
    expect 2 plan --detailed-exitcode
    says '- roles.b~Z'
    apply
    [ "$(names_of roles)" = X ]
    [ "$(acs ram GetRole RoleName=X | jq -r .Role.RoleId)" = "$before" ]
    expect_settled
}

# Puts a role before roles.a: key, name.
add_role()
{
    in_file stack/cbk.yaml 'roles:
' "roles:
  $1: {name: $2, trust: {service: [ecs.aliyuncs.com]}}
"
}

@test "a name that another key claims changes hands, and its role is not replaced" {
    apply
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    in_file stack/cbk.yaml 'roles.a, instances' 'roles.b, instances'
    add_role b X
    before=$(acs ram GetRole RoleName=X | jq -r .Role.RoleId)
    expect 2 plan --detailed-exitcode
    says '+ roles.a' '~ roles.b' 'Plan: 1 to add, 1 to change, 0 to destroy'
    apply
    [ "$(names_of roles)" = 'X Y' ]
    [ "$(acs ram GetRole RoleName=X | jq -r .Role.RoleId)" = "$before" ]
    [ "$(role_on)" = X ]
    expect_settled
    expect 0 destroy --auto-approve
    [ -z "$(names_of roles)" ]
}

@test "a name that changes hands, killed on the way: both roles are there once" {
    apply
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    add_role b X
    apply_without CreateRole
    apply
    expect_settled
    [ "$(names_of roles)" = 'X Y' ]
    cbk_in_stack show | grep -q 'roles.b '
}

@test "names that change places are an error, and nothing is done" {
    add_role b Y
    apply
    in_file stack/cbk.yaml '{name: Y,' '{name: Z,'
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    in_file stack/cbk.yaml '{name: Z,' '{name: X,'
    refuses "role 'Y'" apply --auto-approve
    says 'stack/cbk.yaml:' 'one after the other'
    [ "$(names_of roles)" = 'X Y' ]
}

@test "a name that is handed on in a chain is an error, and nothing is done" {
    add_role b Y
    apply
    in_file stack/cbk.yaml '{name: Y,' '{name: Z,'
    in_file stack/cbk.yaml 'name: X' 'name: Y'
    refuses "role 'Y'" apply --auto-approve
    says 'stack/cbk.yaml:'
}
