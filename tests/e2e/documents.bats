#!/usr/bin/env bats
# Policy documents in all the shapes that people write them in.

load lib

prepare()
{
    cat >stack/policy.json <<'JSON'
{"Version": "1", "Statement": [
  {"Effect": "Allow", "NotAction": "ram:*", "Resource": "*"},
  {"Effect": "Deny", "Action": ["ecs:DeleteDisk", "ecs:DeleteDisk"], "NotResource": ["acs:ecs:*:*:disk/d-1"],
   "Condition": {"IpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}}]}
JSON
    cat >stack/cbk.yaml <<'YAML'
cbk: 1
stack: odd
provider: {region: cn-hangzhou}
policies:
  file: {document_file: policy.json}
  single: {document: {Version: "1", Statement: {Effect: Allow, Action: "ecs:Describe*", Resource: "*"}}}
roles:
  r:
    trust_document:
      Version: "1"
      Statement:
        Effect: Allow
        Action: sts:AssumeRole
        Principal: {Service: ecs.aliyuncs.com, RAM: ["acs:ram::1234567890123456:root"]}
    policies: [policies.file, policies.single, {system: AliyunECSReadOnlyAccess}]
YAML
}

@test "every shape is taken, and read back as the same" {
    apply
    expect_settled
    acs ram GetPolicy PolicyType=Custom PolicyName=single |
        jq -e '.DefaultPolicyVersion.PolicyDocument | fromjson | .Statement | type == "array"'
}

@test "another shape of the same document changes nothing" {
    apply
    before=$(changes_made)
    in_file stack/cbk.yaml 'Statement: {Effect: Allow, Action: "ecs:Describe*", Resource: "*"}' \
        'Statement: [{Resource: ["*"], Action: ["ecs:Describe*"], Condition: {}, Effect: Allow}]'
    expect_settled
    apply
    [ "$(changes_made)" -eq "$before" ]
    in_file stack/cbk.yaml '"ecs:Describe*"' '"ecs:*"'
    expect 2 plan --detailed-exitcode --allow-wider-permissions
    says 'WIDENS'
    expect 0 apply --auto-approve --allow-wider-permissions
    expect_settled
}
