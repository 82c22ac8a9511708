#!/usr/bin/env bats
# Roles and policies: tags, descriptions, and answers of RAM that were lost.

load lib

prepare()
{
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: ram
provider: {region: cn-hangzhou, account: "1234567890123456"}
policies:
  p:
    name: P
    description: what it is for
    tags: {team: dba}
    document: {Version: "1", Statement: [{Effect: Allow, Action: "ecs:Describe*", Resource: "*"}]}
roles:
  r:
    name: R
    description: who takes it
    tags: {team: dba, env: prod}
    trust: {service: [ecs.aliyuncs.com]}
    policies: [policies.p]
YAML
    # A user of the account who carries the policy once it is there.
    sed -i '/^credentials:/a\  - {access_key_id: LTAIann, access_key_secret: ann, user: ann, policies: [Shared]}' world.yaml
}

readonly ecs_trust='{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'

# The tags of a role or policy: tags_of role R.
tags_of()
{
    acs ram ListTagResources "ResourceType=$1" "ResourceNames=[\"$2\"]" |
        jq -r '[.TagResources[] | "\(.TagKey)=\(.TagValue)"] | sort | join(" ")'
}

@test "tags are set with what carries them, changed alone, and taken away when git drops them" {
    apply
    [ "$(actions_made | tr '\n' ' ')" = 'CreatePolicy CreateRole AttachPolicyToRole ' ]
    [ "$(tags_of role R)" = 'env=prod team=dba' ]
    [ "$(tags_of policy P)" = 'team=dba' ]
    in_file stack/cbk.yaml '{team: dba, env: prod}' '{team: storage}'
    expect 2 plan --detailed-exitcode
    says 'tags.team' '"dba" -> "storage"' 'tags.env' '"prod" -> (none)' 'Plan: 0 to add, 1 to change, 0 to destroy'
    apply
    [ "$(tags_of role R)" = 'team=storage' ]
    [ "$(actions_made | tail -2 | tr '\n' ' ')" = 'TagResources UntagResources ' ]
    expect_settled
    in_file stack/cbk.yaml '    tags: {team: storage}' ''
    apply
    [ -z "$(tags_of role R)" ]
    expect_settled
}

@test "tags that others put there are theirs" {
    acs ram CreateRole RoleName=Foreign "AssumeRolePolicyDocument=$ecs_trust"
    apply
    acs ram TagResources ResourceType=role 'ResourceNames=["R", "Foreign"]' 'Tag=[{"Key":"cost","Value":"42"}]'
    expect_settled
    in_file stack/cbk.yaml 'env: prod' 'env: test'
    apply
    [ "$(tags_of role R)" = 'cost=42 env=test team=dba' ]
    acs ram TagResources ResourceType=role 'ResourceNames=["R"]' 'Tag=[{"Key":"env","Value":"none"}]'
    expect 2 plan --detailed-exitcode
    says 'tags.env' 'drift: changed outside of git'
    apply
    [ "$(tags_of role R)" = 'cost=42 env=test team=dba' ]
    expect_settled
}

@test "a stack without tags asks for none" {
    sed -i '/tags:/d' stack/cbk.yaml
    apply
    expect_settled
    [ "$(acs sim GET /_sim/requests | jq '[.[] | select(.action == "ListTagResources")] | length')" -eq 0 ]
}

@test "a description that git drops is the cloud's business" {
    apply
    in_file stack/cbk.yaml '    description: who takes it
' ''
    expect_settled
    acs ram UpdateRole RoleName=R 'NewDescription=new words'
    expect_settled
    in_file stack/cbk.yaml '    name: R' '    name: R
    description: git again'
    expect 2 plan --detailed-exitcode
    apply
    [ "$(acs ram GetRole RoleName=R | jq -r .Role.Description)" = 'git again' ]
}

# One apply with a fault at the action: done at once, and everything there once.
survives()
{
    fault "$1" "{\"action\": \"$2\", \"nth\": 1}"
    apply
    no_faults
    expect_settled
    acs sim GET /_sim/world | jq -e '[.roles[] | select(.name == "R")] | length == 1'
    acs sim GET /_sim/world | jq -e '[.policies[] | select(.name == "P")] | length == 1'
}

@test "an answer to a creation that was lost is looked up, and the apply goes on" {
    for action in CreateRole CreatePolicy; do
        for kind in drop_after drop_before malformed truncated http_500; do
            survives "$kind" "$action"
            expect 0 destroy --auto-approve
            rm -r stack/state
        done
    done
}

@test "an answer to a new version that was lost makes no second one" {
    apply
    in_file stack/cbk.yaml 'ecs:Describe*' 'ecs:DescribeA*'
    survives drop_after CreatePolicyVersion
    acs ram ListPolicyVersions PolicyType=Custom PolicyName=P |
        jq -e '.PolicyVersions.PolicyVersion | length == 2'
    in_file stack/cbk.yaml 'ecs:DescribeA*' 'ecs:DescribeAB*'
    survives drop_before CreatePolicyVersion
    acs ram ListPolicyVersions PolicyType=Custom PolicyName=P |
        jq -e '.PolicyVersions.PolicyVersion | length == 3'
}

@test "a policy that others carry is not deleted, and the plan names them" {
    in_file stack/cbk.yaml 'name: P' 'name: Shared'
    apply
    acs ram CreateRole RoleName=Foreign "AssumeRolePolicyDocument=$ecs_trust"
    acs ram AttachPolicyToRole RoleName=Foreign PolicyType=Custom PolicyName=Shared
    refuses "policy 'Shared' cannot be deleted, since it is still attached to role 'Foreign', user 'ann'" \
        destroy --auto-approve
    in_file stack/cbk.yaml 'name: Shared' 'name: Renamed'
    refuses "attached to role 'Foreign', user 'ann'" apply --auto-approve
    says 'stack/cbk.yaml:'
}

@test "a policy that only roles of this stack carry goes with them" {
    apply
    in_file stack/cbk.yaml 'name: P' 'name: Q'
    expect 2 plan --detailed-exitcode
    apply
    expect_settled
    expect 0 destroy --auto-approve
    says '2 destroyed'
}

@test "policies attached from elsewhere are detached on destroy, after the plan said so" {
    apply
    acs ram AttachPolicyToRole RoleName=R PolicyType=System PolicyName=AliyunECSReadOnlyAccess
    expect 0 plan --destroy
    says '- roles.r' 'detaches what was attached from elsewhere: System/AliyunECSReadOnlyAccess'
    expect 0 destroy --auto-approve
    acs sim GET /_sim/world | jq -e 'all(.roles[]; .name != "R")'
}

@test "a role that an instance carries by other hands is not deleted" {
    apply
    acs ecs AttachInstanceRamRole RamRoleName=R 'InstanceIds=["i-bp1bbb"]'
    refuses "role 'R' would be deleted while the instance 'i-bp1bbb' carries it" destroy --auto-approve
    acs ecs DetachInstanceRamRole RamRoleName=R 'InstanceIds=["i-bp1bbb"]'
    expect 0 destroy --auto-approve
}

@test "what existed before the stack is remembered as such, and said before it goes" {
    sed -i '/tags:/d' stack/cbk.yaml
    acs ram CreateRole RoleName=R 'Description=who takes it' "AssumeRolePolicyDocument=$ecs_trust"
    in_file stack/cbk.yaml '    policies: [policies.p]
' ''
    apply
    says '1 adopted'
    jq -e '.resources["roles.r"].adopted and (.resources["policies.p"] | has("adopted") | not)' stack/state/ram.json
    in_file stack/cbk.yaml 'who takes it' 'who took it'
    apply
    jq -e '.resources["roles.r"].adopted' stack/state/ram.json
    expect 0 plan --destroy
    says '- roles.r' 'existed before this stack'
    [ "$(grep -c 'existed before' <<<"$output")" -eq 1 ]
    # A new one in its place is the stack's own.
    acs ram DeleteRole RoleName=R
    apply
    jq -e '.resources["roles.r"] | has("adopted") | not' stack/state/ram.json
}
