#!/usr/bin/env bats
# What the state remembers: which objects are whose, under which address, and what must not be destroyed.

load lib

# Gives keys of the stack other names; names in the cloud stay.
rename_keys()
{
    in_file stack/cbk.yaml '  app-snapshot:
    name: AppSnapshotRoleName' '  snap:
    name: AppSnapshotRoleName'
    in_file stack/cbk.yaml 'roles.app-snapshot' 'roles.snap'
    in_file stack/cbk.yaml 'attachments:
  mysql:' 'attachments:
  db:'
    in_file stack/cbk.yaml 'scripts:
  mysql:' 'scripts:
  db:'
    in_file stack/cbk.yaml 'scripts.mysql' 'scripts.db'
}

@test "a key with another name destroys nothing" {
    apply
    before=$(changes_made)
    rename_keys
    expect 2 plan --detailed-exitcode
    says 'Plan: 0 to add, 0 to change, 0 to destroy' 'moved from roles.app-snapshot'
    apply
    says '0 destroyed' '5 adopted'
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
    cbk_in_stack show | grep -q 'roles.snap '
    [ "$(cbk_in_stack show | grep -c 'app-snapshot')" -eq 1 ] # the policy
}

@test "a key with another name, and something else changed too" {
    apply
    rename_keys
    in_file stack/cbk.yaml 'description: assumed by' 'description: taken by'
    echo '# more' >>stack/scripts/mysql-prescript.sh
    expect 2 plan --detailed-exitcode
    says 'Plan: 0 to add, 3 to change, 0 to destroy' 'config'
    apply
    expect_settled
}

@test "protection is kept as soon as it is declared" {
    apply
    in_file stack/cbk.yaml '    policies: [policies.app-snapshot]' '    policies: [policies.app-snapshot]
    lifecycle: {prevent_destroy: true}'
    refuses 'prevent_destroy forbids it' plan --destroy
    says 'stack/cbk.yaml:'
    expect 2 plan --detailed-exitcode
    says 'protected from now on'
    apply
    expect_settled

    # It outlives the declaration ...
    cp stack/cbk.yaml protected.yaml
    in_file stack/cbk.yaml 'roles:
  app-snapshot:
    name: AppSnapshotRoleName' 'roles:
  other:
    name: OtherRole'
    in_file stack/cbk.yaml 'roles.app-snapshot' 'roles.other'
    in_file stack/cbk.yaml '    lifecycle: {prevent_destroy: true}' ''
    refuses 'roles.app-snapshot would be destroyed' apply --auto-approve
    # ... and ends when git says so.
    cp protected.yaml stack/cbk.yaml
    in_file stack/cbk.yaml 'prevent_destroy: true' 'prevent_destroy: false'
    apply
    says 'not protected any more'
    expect 0 destroy --auto-approve
}

@test "what git and the cloud changed alike is remembered, so that later drift is called drift" {
    apply
    in_file stack/cbk.yaml 'description: assumed by instances that take application-consistent snapshots' 'description: new words'
    acs ram UpdateRole RoleName=AppSnapshotRoleName 'NewDescription=new words'
    before=$(changes_made)
    apply
    [ "$(changes_made)" -eq "$before" ]
    expect_settled
    acs ram UpdateRole RoleName=AppSnapshotRoleName 'NewDescription=other words'
    expect 2 plan --detailed-exitcode
    says 'drift: changed outside of git'
}

@test "what is ignored is not touched when something else is changed" {
    in_file stack/cbk.yaml '    policies: [policies.app-snapshot]' '    policies: [policies.app-snapshot]
    lifecycle: {ignore: [policies]}'
    apply
    acs ram AttachPolicyToRole PolicyType=System PolicyName=AliyunECSReadOnlyAccess RoleName=AppSnapshotRoleName
    expect_settled
    in_file stack/cbk.yaml 'assumed by' 'taken by'
    apply
    [ "$(actions_made | tail -1)" = UpdateRole ]
    expect_settled
}

@test "a repair that failed is still a repair" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    fault hang_before '{"action": "UpdateRole"}' '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    until grep -q 'roles.app-snapshot: updating' first.log; do sleep 0.02; done
    kill -INT "$first"
    sleep 0.3
    kill -INT "$first"
    code=0
    wait "$first" || code=$?
    [ "$code" -eq 130 ]
    no_faults
    expect 2 plan --detailed-exitcode
    says 'max_session_duration' 'drift: changed outside of git'
    apply
    expect_settled
}

names_of()
{
    acs sim GET /_sim/world | jq -r ".$1[].name"
}

@test "a role with another name, killed at every call: no role is left behind" {
    apply
    in_file stack/cbk.yaml 'name: AppSnapshotRoleName' 'name: Second'
    expect 2 plan --detailed-exitcode
    says 'Plan: 3 to add, 0 to change, 3 to destroy'
    for call in 'before CreateRole' 'after CreateRole' 'after AttachPolicyToRole' \
        'before AttachInstanceRamRole' 'after DetachPolicyFromRole' 'before DeleteRole' \
        'after DeleteRole'; do
        # shellcheck disable=SC2086 # words
        killed_at $call
    done
    apply
    expect_settled
    [ "$(names_of roles)" = Second ]
    [ "$(cbk_in_stack show | grep -c '~')" -eq 0 ]
}

@test "a policy with another name, whose old one cannot go yet" {
    apply
    in_file stack/cbk.yaml 'name: AppSnapshotPolicy' 'name: Second'
    fault hang_before '{"action": "DeletePolicy"}' '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    until grep -q 'policies.app-snapshot: destroying' first.log; do sleep 0.02; done
    kill -INT "$first"
    sleep 0.3
    kill -INT "$first"
    wait "$first" || true
    no_faults
    expect 2 plan --detailed-exitcode
    says '- policies.app-snapshot~AppSnapshotPolicy' 'Plan: 0 to add, 0 to change, 1 to destroy'
    apply
    expect_settled
    [ "$(names_of policies | grep -c AppSnapshotPolicy)" -eq 0 ]
}

@test "a role takes another policy with one worker: the old one goes when it is free" {
    apply
    in_file stack/cbk.yaml '  app-snapshot:
    name: AppSnapshotPolicy' '  other:
    name: OtherPolicy'
    in_file stack/cbk.yaml 'policies.app-snapshot' 'policies.other'
    expect 0 apply --auto-approve --parallelism 1 --allow-wider-permissions
    [ "$(actions_made | grep -c '^DeletePolicy$')" -eq 1 ]
    expect_settled
}

@test "instances that these credentials may not see are not taken for released" {
    apply
    acs ram CreateRole RoleName=blind 'AssumeRolePolicyDocument={"Version": "1", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRole", "Principal": {"RAM": ["acs:ram::1234567890123456:root"]}}]}'
    acs ram CreatePolicy PolicyName=blind 'PolicyDocument={"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ecs:DescribeInstances", "Resource": "*"}]}'
    acs ram AttachPolicyToRole RoleName=blind PolicyType=Custom PolicyName=blind
    acs sts AssumeRole RoleArn=acs:ram::1234567890123456:role/blind RoleSessionName=test >session.json
    before=$(changes_made)
    state=$(state_digest)
    use_key "$(jq -r .Credentials.AccessKeyId session.json)" "$(jq -r .Credentials.AccessKeySecret session.json)"
    ALIBABA_CLOUD_SECURITY_TOKEN=$(jq -r .Credentials.SecurityToken session.json) expect 1 destroy --auto-approve
    says 'these credentials see no instance in the region' 'ecs:DescribeInstances'
    [ "$(changes_made)" -eq "$before" ]
    [ "$(state_digest)" = "$state" ]
}
