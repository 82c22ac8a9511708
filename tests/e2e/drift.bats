#!/usr/bin/env bats
# cbk drift: what lives, held against what was applied last.

load lib

prepare()
{
    cat >>stack/cbk.yaml <<'YAML'
backup_policies:
  daily: {schedule: {every: 1d, from: "2026-01-01T02:00:00Z"}, retain: 30d}
bindings:
  mysql:
    policy: backup_policies.daily
    instances: mysql
    consistency: {level: application, role: roles.app-snapshot, scripts: scripts.mysql}
YAML
}

# The report as JSON, by a filter; that there is drift is no failure here.
report()
{
    { cbk_in_stack drift --format json "${@:2}" || [ $? -eq 2 ]; } | jq -r "$1"
}

# What counts: "ADDRESS PATH SEVERITY" or "ADDRESS STATUS SEVERITY", a line each.
findings()
{
    # shellcheck disable=SC2016 # $a is jq's
    report '.objects[] | .address as $a | if .status == "changed"
        then .diff[] | select(.severity) | "\($a) \(.path) \(.severity)"
        else select(.severity) | "\($a) \(.status) \(.severity)" end'
}

# One finding and no other.
finds()
{
    [ "$(findings)" = "$1" ] || { findings && return 1; }
}

# Expects an exit code, and that nothing was changed in the cloud nor in the state.
looks()
{
    local before state
    before=$(changes_made)
    state=$(state_digest)
    expect "$@" || return
    [ "$(state_digest)" = "$state" ] || { echo 'the state was changed' && return 1; }
    [ "$(changes_made)" = "$before" ] || { echo 'something was changed' && return 1; }
}

policy_id()
{
    acs hbr DescribePoliciesV2 | jq -r '.Policies[0].PolicyId'
}

unbind()
{
    acs hbr DeletePolicyBinding "PolicyId=$(policy_id)" SourceType=UDM_ECS "DataSourceIds=[\"$1\"]"
}

expects()
{
    printf 'drift_ignore:\n' >>stack/cbk.yaml
    printf '  - {%s}\n' "$@" >>stack/cbk.yaml
}

@test "before the first apply there is nothing that could drift" {
    looks 0 drift
    says 'nothing has been applied yet' '0 of 2 instances are backed up.' 'i-bp1aaa (web-db-1): no binding and no job backs it up'
}

@test "a state that is not where it is looked for is told in every format: nothing is guarded then" {
    local nowhere="there is no state in 'stack/state/quickstart.json': nothing is guarded" format
    apply
    mv stack/state elsewhere
    for format in text json markdown sarif junit github; do
        cbk_in_stack drift --format $format >out.$format 2>talk.txt # it is no drift
        grep -qF "warning: $nowhere" talk.txt
    done
    jq -e '.applied == false and .state == {lineage: null, serial: 0, place: "stack/state/quickstart.json"}' out.json
    jq -e --arg nowhere "$nowhere" '.runs[0].invocations[0].toolExecutionNotifications[0]
        | .level == "warning" and .message.text == $nowhere' out.sarif
    grep -q '^::warning file=.*cbk.yaml,line=[0-9]*,title=cbk drift of quickstart::there is no state in' out.github
    grep -q '<skipped message=.there is no state in' out.junit
    [ "$(sed -n 2p out.markdown)" = '<!-- cbk:unapplied:quickstart -->' ]
    grep -q '^\*\*Warning:\*\* there is no state in' out.markdown
    mv elsewhere stack/state
    cbk_in_stack drift --format json >out.json 2>talk.txt
    jq -e '.applied' out.json
    [ ! -s talk.txt ]
}

@test "what was destroyed has a state, and no warning" {
    apply
    expect 0 destroy --auto-approve
    looks 0 drift
    says 'No drift in 0 objects.'
    says_not 'warning:'
}

@test "what was just applied has not drifted, however old its recovery points are" {
    apply
    looks 0 drift
    says 'No drift in 9 objects.' '2 of 2 instances are backed up.'
    acs sim POST /_sim/clock '{"advance": "25h"}' >/dev/null
    looks 0 drift
}

@test "each kind that drifts is told, with how much it matters" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    finds 'roles.app-snapshot max_session_duration warning'
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=3600 'NewDescription=changed'
    finds 'roles.app-snapshot description note'
    acs ram UpdateRole RoleName=AppSnapshotRoleName 'NewDescription=assumed by instances for application-consistent snapshots' \
        'NewAssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com","fc.aliyuncs.com"]}}]}'
    looks 2 drift
    says '~ roles.app-snapshot' 'stack/cbk.yaml:' 'error    trust.Statement' '(allows more than was applied)' 'hint: '
    apply
    acs ram CreatePolicyVersion PolicyName=AppSnapshotPolicy SetAsDefault=true \
        'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":["ecs:*"],"Resource":["*"]}]}'
    finds 'policies.app-snapshot document.Statement error'
    apply
    in_guest i-bp1bbb 'chmod 755 /tmp/prescript.sh; rm /tmp/postscript.sh'
    finds 'scripts.mysql["i-bp1bbb"] post_thaw error
scripts.mysql["i-bp1bbb"] pre_freeze.mode error'
    expect 2 drift
    says 'pre_freeze.mode: "0700" -> "0755"' 'post_thaw: /tmp/postscript.sh is gone'
    apply
    acs hbr UpdatePolicyBinding "PolicyId=$(policy_id)" SourceType=UDM_ECS DataSourceId=i-bp1aaa Disabled=true
    finds 'bindings.mysql["i-bp1aaa"] disabled error'
    apply
    acs hbr UpdatePolicyV2 "PolicyId=$(policy_id)" PolicyName=renamed \
        'Rules=[{"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1767232800|P1D", "Retention": 3}]'
    finds 'backup_policies.daily name note
backup_policies.daily rules error'
    expect 2 drift
    says 'keeps recovery points for less' # and the bindings to it are as they were, whatever it is called
    apply
    looks 0 drift
}

@test "what is gone is told, one by one" {
    apply
    in_guest i-bp1aaa 'rm /tmp/prescript.sh /tmp/postscript.sh'
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1aaa"]'
    unbind i-bp1bbb
    finds 'attachments.mysql["i-bp1aaa"] missing error
scripts.mysql["i-bp1aaa"] missing error
bindings.mysql["i-bp1bbb"] missing error'
    acs hbr DeletePolicyV2 "PolicyId=$(policy_id)"
    acs ecs DetachInstanceRamRole RamRoleName=AppSnapshotRoleName 'InstanceIds=["i-bp1bbb"]'
    acs ram DetachPolicyFromRole PolicyType=Custom PolicyName=AppSnapshotPolicy RoleName=AppSnapshotRoleName
    acs ram DeleteRole RoleName=AppSnapshotRoleName
    acs ram DeletePolicy PolicyName=AppSnapshotPolicy
    looks 2 drift
    says '- policies.app-snapshot' '- roles.app-snapshot' '- backup_policies.daily' 'it is gone' 'Drift: 8 missing'
}

@test "another thing of the same name is not the one that was applied" {
    apply
    unbind i-bp1aaa
    unbind i-bp1bbb
    acs hbr DeletePolicyV2 "PolicyId=$(policy_id)"
    acs hbr CreatePolicyV2 PolicyName=daily PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1767232800|P1D", "Retention": 30}]'
    looks 2 drift
    says '- backup_policies.daily'
}

@test "an instance that was released is no drift: nothing of it is wanted any more" {
    apply
    acs sim POST /_sim/release '{"instance": "i-bp1bbb"}' >/dev/null
    looks 0 drift
    says 'No drift'
    [ "$(report '[.objects[] | select(.status == "gone") | "\(.instance) \(.reason)"] | unique | .[]')" = \
        'i-bp1bbb its instance is gone, or cannot be seen' ]
}

@test "what cannot be read is not taken for well" {
    apply
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1bbb", "assistant": "offline"}]}' >/dev/null
    looks 2 drift
    says '? scripts.mysql["i-bp1bbb"]' 'warning' 'Drift: 1 unread (1 warning).'
    expects 'address: "scripts.mysql*", reason: stopped at night'
    looks 0 drift
    says 'ignored: stopped at night'
}

@test "a change that waits in git is no drift" {
    apply
    in_file stack/cbk.yaml 'name: AppSnapshotRoleName' 'name: AnotherRole
    max_session_duration: 7200'
    in_file stack/cbk.yaml 'backup_policies:
  daily: {schedule' 'backup_policies:
  nightly: {name: nightly, schedule'
    in_file stack/cbk.yaml 'policy: backup_policies.daily' 'policy: backup_policies.nightly'
    in_file stack/cbk.yaml 'source: scripts/mysql-prescript.sh' 'source: scripts/mysql-prescript.sh, path: /opt/pre.sh'
    expect 2 plan --detailed-exitcode --allow-downgrade
    looks 0 drift
}

@test "what git drops is compared until it goes, and not missed when it is gone" {
    apply
    in_file stack/cbk.yaml 'bindings:
  mysql:' 'bindings:
  others:'
    in_file stack/cbk.yaml '    policy: backup_policies.daily
    instances: mysql' '    policy: backup_policies.daily
    instances: {ids: [i-bp1bbb]}'
    acs hbr UpdatePolicyBinding "PolicyId=$(policy_id)" SourceType=UDM_ECS DataSourceId=i-bp1aaa Disabled=true
    finds 'bindings.mysql["i-bp1aaa"] disabled error'
    unbind i-bp1aaa
    looks 0 drift
}

@test "what git has taken over is no drift, what it wants otherwise still is" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    in_file stack/cbk.yaml 'description: assumed by' 'max_session_duration: 5400
    description: assumed by'
    looks 2 drift
    says 'max_session_duration: 3600 -> 7200; git wants 5400 by now'
    in_file stack/cbk.yaml 5400 7200
    looks 0 drift
    expect_settled
}

@test "lifecycle.ignore counts here, too" {
    in_file stack/cbk.yaml 'description: assumed by' 'lifecycle: {ignore: [max_session_duration]}
    description: assumed by'
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    looks 0 drift
}

@test "expected drift is told with its reason, until its day is over" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200 NewDescription=other
    day=$(report '.time[:10]')
    expects "address: roles.app-snapshot, path: max_session_duration, reason: trial, until: \"$day\"" \
        'address: roles.app-snapshot, path: description, reason: "the console, always"' \
        'address: roles.nobody, reason: a slip' \
        'address: "policies.*", reason: idle'
    looks 0 drift
    says "ignored until $day: trial" 'ignored: the console, always' '2 ignored.' \
        "note: drift_ignore of 'roles.nobody'" 'nothing has this address' 'there is nothing that it would ignore'
    acs sim POST /_sim/clock '{"advance": "24h"}' >/dev/null
    looks 2 drift
    says "3600 -> 7200; was ignored until $day: trial" 'its day is over: what it ignored counts again' '1 ignored.'
}

@test "what nobody owns, where that is asked for" {
    apply
    acs ram CreateRole RoleName=Other 'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
    acs ram CreateRole RoleName=AliyunServiceRoleForSomething 'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
    acs ram CreatePolicy PolicyName=Loose 'PolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    acs ecs AttachInstanceRamRole RamRoleName=Other 'InstanceIds=["i-bp1ccc"]'
    acs hbr CreatePolicyV2 PolicyName=theirs PolicyType=UDM_ECS_ONLY \
        'Rules=[{"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1767232800|P1D", "Retention": 3}]'
    theirs=$(acs hbr DescribePoliciesV2 | jq -r '.Policies[] | select(.PolicyName == "theirs").PolicyId')
    looks 0 drift
    looks 2 drift --unmanaged
    says '* unmanaged.policies.Loose' '* unmanaged.roles.Other' '* unmanaged.attachments.i-bp1ccc' \
        "* unmanaged.backup_policies.$theirs" theirs '! unprotected.i-bp1ccc' '2 of 3 instances are backed up.'
    says_not AliyunServiceRole
    says_not 'unmanaged.roles.AppSnapshotRoleName'
    acs hbr CreatePolicyBindings "PolicyId=$theirs" 'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-bp1ccc"}]'
    [ "$(report '[.unmanaged[] | [.address, .live.policy // .title] | join(" ")] | join("\n")' --unmanaged)" = \
        "unmanaged.attachments.i-bp1ccc i-bp1ccc
unmanaged.backup_policies.$theirs theirs
unmanaged.bindings.i-bp1ccc $theirs
unmanaged.policies.Loose Loose
unmanaged.roles.Other Other" ]
    expects 'address: "unmanaged.*", reason: "not ours"'
    looks 0 drift
    says_not note
    looks 0 drift --unmanaged
    says '5 ignored.' '3 of 3 instances are backed up.'
}

@test "an instance that nothing backs up is told, and counts with the account" {
    in_file stack/cbk.yaml 'snapshot_jobs:
  mysql:
    instances: mysql' 'snapshot_jobs:
  mysql:
    instances: {ids: [i-bp1aaa]}'
    apply
    looks 0 drift
    acs hbr UpdatePolicyBinding "PolicyId=$(policy_id)" SourceType=UDM_ECS DataSourceId=i-bp1bbb Disabled=true
    expect 2 drift
    says '1 of 2 instances are backed up.' 'i-bp1bbb (web-db-2): its binding is disabled'
    expects 'address: "bindings.*", reason: maintenance' 'address: unprotected.i-bp1bbb, reason: maintenance' 'address: "unmanaged.*", reason: "not ours"'
    expect 0 drift
    says 'its binding is disabled; ignored: maintenance'
    expect 2 drift --unmanaged
    says '! unprotected.i-bp1ccc'
}

@test "what a plan may read is enough" {
    sed -i '/^backup_policies:/,$d' stack/cbk.yaml # a stack without bindings has no use for the right to list them
    stop_cloud
    sed -i 's/^instances:/  - {access_key_id: LTAIreader, access_key_secret: reader-secret, user: reader, policies: [reader]}\n&/' world.yaml
    printf 'policies: [{name: reader, document: %s}]\n' "$(cbk_in_stack permissions plan | jq -c .)" >>world.yaml
    start_cloud
    apply
    use_key LTAIreader reader-secret
    looks 0 drift
    says 'What is backed up is not known'
}

@test "a policy that the state has let go of is still the one that was bound" {
    apply
    expect 0 state rm backup_policies.daily
    looks 0 drift
}

@test "what a replacement makes anew has not drifted" {
    apply
    expect 0 apply --auto-approve --replace backup_policies.daily
    looks 0 drift
}

@test "an apply under way is not waited for, and what it has only begun is not missed" {
    fault hang_before '{"action": "CreateRole"}' '"ms": 600000'
    cbk -C stack apply --auto-approve >apply.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole "$pid"
    expect 0 drift
    says 'No drift in'
    kill -9 "$pid"
    await "$pid"
    no_faults
    looks 0 drift
    apply
    looks 0 drift
}

@test "each format is what it says it is, whatever names in the cloud hold" {
    apply
    git init -q . && git add stack && git -c user.name=t -c user.email=t@t commit -qm one
    acs ram UpdateRole RoleName=AppSnapshotRoleName $'NewDescription=<b>\e[31m\n::error::x ]]> "' NewMaxSessionDuration=7200
    in_guest i-bp1bbb 'rm /tmp/prescript.sh'
    for format in text markdown sarif junit github; do
        looks 2 drift --format $format
        printf '%s\n' "$output" >out.$format
        says_not $'\e'
        grep -n '^::error::x' out.$format && return 1
    done
    python3 - <<'PYTHON'
import json, xml.etree.ElementTree as xml
run = json.load(open("out.sarif"))["runs"][0]
places = {(r["ruleId"], r["level"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in run["results"]}
assert places == {("changed", "note", "stack/cbk.yaml"), ("changed", "warning", "stack/cbk.yaml"), ("changed", "error", "stack/cbk.yaml")}, places
assert all(run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
suites = xml.parse("out.junit").getroot()
assert {c.get("name") for c in suites.iter("testcase") if c.find("failure") is not None} == {"roles.app-snapshot", 'scripts.mysql["i-bp1bbb"]'}
assert len(list(suites.iter("testcase"))) == 9
PYTHON
    [ "$(grep -c '^::error file=stack/cbk.yaml,line=[0-9]*,title=drift of scripts.mysql' out.github)" -eq 1 ]
    grep -q '^<!-- cbk:drift:quickstart -->$' out.markdown
    cd stack && run cbk drift --format github # places do not depend on where cbk is started
    says 'file=stack/cbk.yaml,line='
}

@test "the same drift has the same fingerprints, and the same report but for its time" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    prints() { { cbk_in_stack drift --format sarif || true; } | jq -c '[.runs[0].results[].partialFingerprints]'; }
    before=$(prints)
    [ "$(report 'del(.time)')" = "$(report 'del(.time)')" ]
    sed -i '1i # a line more' stack/cbk.yaml
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=10800
    [ "$(prints)" = "$before" ]
}

@test "no state, no cloud, no rights: errors, and no drift" {
    apply
    refuses "unknown format 'xml'" drift --format xml
    export CBK_ENDPOINT=http://127.0.0.1:1
    expect 1 drift
    says error
}
