#!/usr/bin/env bats
# Taking over an account: what lives, written as a stack that plans empty.

load lib

trust()
{
    printf '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":%s}]}' "$1"
}

# shellcheck disable=SC2016 # what looks like a variable is to stay so

# Things that others have made, with words that YAML would take for something else.
make_estate()
{
    local i=0 description
    # shellcheck disable=SC2016
    for description in no 'On' 1.5 0x10 2026-11-23 '- item' '# none' 'a: b' ' padded ' '${var.env} and ${acs:Now}' \
        $'two\nlines' 'it'"'"'s "quoted" \ ' '备份' '*' '~' '{x}'; do
        i=$((i + 1))
        acs ram CreatePolicy "PolicyName=estate-$i" "Description=$description" \
            "PolicyDocument={\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"oss:Get*\",\"ecs:*\"],\"Resource\":\"acs:oss:*:*:\${acs:$i}\",\"Condition\":{\"StringEquals\":{\"acs:SourceVpc\":[\"vpc-$i\",\"no\"]}}}]}"
    done
    acs ram CreateRole RoleName=of-a-service 'Description=yes' MaxSessionDuration=7200 \
        "AssumeRolePolicyDocument=$(trust '{"Service":["fc.aliyuncs.com","ecs.aliyuncs.com"]}')" \
        'Tag=[{"Key":"team","Value":"0123"},{"Key":"on","Value":"off"}]'
    acs ram AttachPolicyToRole PolicyType=Custom PolicyName=estate-1 RoleName=of-a-service
    acs ram AttachPolicyToRole PolicyType=System PolicyName=AliyunECSReadOnlyAccess RoleName=of-a-service
    acs ram CreateRole RoleName=of.people "AssumeRolePolicyDocument=$(trust '{"RAM":["acs:ram::1234567890123456:root"]}')"
    acs ram CreateRole RoleName=mixed "AssumeRolePolicyDocument=$(trust '{"Service":["ecs.aliyuncs.com"],"RAM":["acs:ram::1234567890123456:root"]}')"
    acs ram CreateRole RoleName=AliyunServiceRoleForHbr "AssumeRolePolicyDocument=$(trust '{"Service":["hbr.aliyuncs.com"]}')"
    acs ecs AttachInstanceRamRole RamRoleName=of-a-service 'InstanceIds=["i-bp1ccc"]'
} >made.log

@test "what is exported plans as nothing but adoptions, and is settled after an apply" {
    apply
    make_estate
    before=$(changes_made)
    expect 0 export --out "$PWD/taken"
    says "The stack is in '$PWD/taken/cbk.yaml'."
    run cbk -C taken validate
    [ "$status" -eq 0 ] || { echo "$output" && cat taken/cbk.yaml && false; }
    run cbk -C taken plan --format json
    [ "$status" -eq 0 ]
    [ "$(jq -c '.changes | map(.actions) | unique' <<<"$output")" = '[["no-op"]]' ] || { cbk -C taken plan && false; }
    [ "$(jq '[.changes[] | select(.adopt)] | length' <<<"$output")" -eq "$(jq '.changes | length' <<<"$output")" ]
    [ "$(jq '.changes | length' <<<"$output")" -eq 23 ] # 17 policies, 3 roles, 3 attachments
    run cbk -C taken apply --auto-approve
    says '23 adopted'
    run cbk -C taken plan --detailed-exitcode
    [ "$status" -eq 0 ]
    [ "$(changes_made)" -eq "$before" ]
}

@test "an export reads well" {
    apply
    make_estate
    expect 0 export
    says 'provider:' 'account: "1234567890123456"' \
        $'attachments:\n  AppSnapshotRoleName:\n    role: roles.AppSnapshotRoleName\n    instances:\n      ids: [i-bp1aaa, i-bp1bbb]' \
        'policies: [policies.AppSnapshotPolicy]' $'      team: "0123"' 'description: "no"' 'max_session_duration: 7200'
    says_not AliyunServiceRole
    says_not of.people
    first=$output
    expect 0 export
    [ "$output" = "$first" ]
}

@test "an export may be narrowed, and keeps what it refers to" {
    apply
    make_estate
    expect 0 export attachments
    says 'attachments:' 'roles:' 'AppSnapshotPolicy' 'estate-1'
    says_not 'mixed:'
    says_not 'estate-2:'
    expect 0 export policies
    says_not 'roles:'
    refuses "unknown section 'polices' (did you mean 'policies'?)" export polices
    refuses "'snapshot_jobs' cannot be exported" export snapshot_jobs
}

@test "an export needs no stack, and overwrites nothing" {
    mkdir empty
    run cbk -C empty export
    says 'of which region is not known' 'ALIBABA_CLOUD_REGION'
    ALIBABA_CLOUD_REGION=cn-hangzhou run cbk -C empty export --out empty/taken
    [ "$status" -eq 0 ]
    ALIBABA_CLOUD_REGION=cn-hangzhou run cbk -C empty export --out empty/taken
    [ "$status" -eq 1 ]
    says "exists already, nothing was written"
}

# Vaults, backup policies and bindings, of every shape.
make_backups()
{
    mkdir maker
    cat >maker/cbk.yaml <<'YAML'
cbk: 1
stack: maker
provider: {region: cn-hangzhou}
roles:
  snap: {name: Snap, trust: {service: [ecs.aliyuncs.com]}}
vaults:
  cold: {name: "no", description: "1.5"}
backup_policies:
  nightly:
    name: nightly
    description: "on"
    schedule: {every: 1d, from: "2026-12-01T02:00:00+08:00"}
    retain: 30d
    keep: {weekly: 60d, monthly: 365d}
    replication: [{region: cn-shanghai, retain: 14d}]
  several:
    rules:
      - {schedule: {cron: "0 0 2 ? * 3,5,7", from: "2026-12-01T00:00:00Z"}, retain: 7d}
      - {schedule: {every: 6h, from: "2026-12-01T00:00:00Z"}, retain: 3d, keep_latest: true}
  into-a-vault:
    type: STANDARD
    schedule: {every: 2d, from: "2026-12-01T00:00:00Z"}
    retain: 10d
    vault: vaults.cold
bindings:
  quiet:
    policy: backup_policies.nightly
    instances: {ids: [i-bp1aaa]}
    consistency: {level: application, role: roles.snap, freeze_timeout: 45s}
    description: "yes"
  rest:
    policy: backup_policies.several
    instances: {ids: [i-bp1bbb, i-bp1ccc]}
    consistency: {level: crash, group: true}
    disks: {except: [d-bp1bb1, d-bp1cc1]}
YAML
    cbk -C maker apply --auto-approve --allow-downgrade >made.log || { cat made.log && false; }
}

@test "vaults, backup policies and bindings are exported, and taken over" {
    make_backups
    before=$(changes_made)
    expect 0 export --out "$PWD/taken"
    run cbk -C taken validate
    [ "$status" -eq 0 ] || { echo "$output" && cat taken/cbk.yaml && false; }
    run cbk -C taken plan --format json --allow-downgrade
    [ "$(jq -c '[.changes[] | select(.actions != ["no-op"]) | [.address, .diff]]' <<<"$output")" = '[]' ] || { echo "$output" && false; }
    [ "$(jq -c '[.summary.import, (.changes | length)]' <<<"$output")" = '[4,8]' ] || { cat taken/cbk.yaml && false; }
    run cbk -C taken apply --auto-approve --allow-downgrade
    says '8 adopted'
    run cbk -C taken plan --detailed-exitcode --allow-downgrade
    [ "$status" -eq 0 ] || { echo "$output" && false; }
    [ "$(changes_made)" -eq "$before" ]
    output=$(cat taken/cbk.yaml)
    says "# binding 'i-bp1aaa': its scripts, /tmp/prescript.sh and /tmp/postscript.sh, cannot be read back" \
        'policy: backup_policies.nightly' 'ids: [i-bp1bbb, i-bp1ccc]' 'vault: vaults.no' 'freeze_timeout: 45s' \
        $'import:\n  - address: vaults.no\n    id: v-'
}
