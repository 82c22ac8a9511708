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
}

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
    acs ram CreateRole RoleName=Foreign 'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
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
    in_file stack/cbk.yaml 'ecs:Describe*' 'ecs:List*'
    survives drop_after CreatePolicyVersion
    acs ram ListPolicyVersions PolicyType=Custom PolicyName=P |
        jq -e '.PolicyVersions.PolicyVersion | length == 2'
    in_file stack/cbk.yaml 'ecs:List*' 'ecs:Get*'
    survives drop_before CreatePolicyVersion
    acs ram ListPolicyVersions PolicyType=Custom PolicyName=P |
        jq -e '.PolicyVersions.PolicyVersion | length == 3'
}
