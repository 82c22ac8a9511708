#!/usr/bin/env bats
# What is about to be changed is written down before it is changed: whoever comes next can tell what became of it.

load lib

prepare()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
}

# Starts an apply whose call of ACTION is held before or after its effect, and waits until it has had it, or has not:
# hold before|after ACTION PROBE [COMMAND], PROBE a jq condition on the world that shows the effect.
hold()
{
    local when=$1 action=$2 probe=$3 command=${4:-apply}
    fault "hang_$when" "{\"action\": \"$action\", \"nth\": 1}" '"ms": 600000'
    cbk -C stack "$command" --auto-approve --parallelism 1 >held.log 2>&1 3>&- &
    pid=$!
    await_call "$action" "$pid" || { cat held.log && return 1; }
    [ "$when" = before ] || sees "$probe"
}

sees()
{
    until acs sim GET /_sim/world | jq -e "$1" >/dev/null; do
        kill -0 "$pid" || return 1
        sleep 0.05
    done
}

dies()
{
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    no_faults
}

# What the state holds of calls whose end nobody heard, as ADDRESS ACTION lines.
open_intents()
{
    cbk -C stack state pull | jq -r '.intents // [] | .[] | "\(.address) \(.action)"'
}

# The plan tells of one call, and the apply after it leaves nothing to tell: settles ACTION VERDICT WORDS
settles()
{
    [ "$(open_intents | cut -d' ' -f2)" = "$1" ] || { open_intents && return 1; }
    expect 0 plan && says 'never heard' "$3" || return
    expect 0 plan --format json || return
    [ "$(jq -r '.settled | map(.action + " " + .verdict) | join(",")' <<<"$output")" = "$1 $2" ] || return
    apply && expect_settled && says_not 'never heard' && [ -z "$(open_intents)" ]
}

role='any(.roles[]; .name == "AppSnapshotRoleName")'
attached='any(.instances[]; .id == "i-bp1aaa" and .role == "AppSnapshotRoleName")'

@test "a call that was killed after its effect is known to have been done" {
    hold after CreateRole "$role"
    dies
    settles CreateRole 'done' 'roles.app-snapshot  CreateRole RoleName=AppSnapshotRoleName was done'
}

@test "a call that was killed before its effect is known not to have been done" {
    hold before CreateRole "$role"
    dies
    settles CreateRole not_done 'CreateRole RoleName=AppSnapshotRoleName was not done'
}

@test "a policy put on a role, and a role put on an instance" {
    hold before AttachPolicyToRole true
    dies
    settles AttachPolicyToRole not_done 'PolicyName=AppSnapshotPolicy PolicyType=Custom RoleName=AppSnapshotRoleName was not'
    expect 0 destroy --auto-approve
    hold after AttachInstanceRamRole "$attached"
    dies
    settles AttachInstanceRamRole 'done' 'AttachInstanceRamRole InstanceIds=["i-bp1aaa"]'
}

@test "a job that was ordered is found by the name that it was ordered by" {
    hold after CreateBackupJob '.backup_jobs | length > 0'
    dies
    expect 0 plan
    says 'CreateBackupJob InstanceId=i-bp1aaa JobName=cbk-quickstart-mysql-' 'was done'
    apply # goes on with the job that there is
    expect_settled
    [ "$(acs sim GET /_sim/world | jq '.backup_jobs | length')" -eq 1 ]
}

@test "a job that was not ordered is not taken for one that was" {
    hold before CreateBackupJob true
    dies
    settles CreateBackupJob not_done 'was not done'
}

@test "a destruction that was killed" {
    apply
    hold before DeleteRole true destroy
    dies
    [ "$(open_intents)" = 'roles.app-snapshot DeleteRole' ]
    expect 0 plan --destroy
    says 'DeleteRole RoleName=AppSnapshotRoleName was not done'
    expect 0 destroy --auto-approve
    [ -z "$(open_intents)" ]
}

@test "interrupted twice: what was under way stays a question, the rest is saved" {
    hold after CreateRole "$role"
    kill -INT "$pid"
    until grep -q 'interrupt again to stop at once' held.log; do
        kill -0 "$pid" || return 1
        sleep 0.05
    done
    kill -INT "$pid"
    await "$pid"
    [ "$status" -eq 130 ] || { cat held.log && return 1; }
    no_faults
    [ ! -e stack/state/quickstart.journal ]
    settles CreateRole 'done' 'was done'
}

@test "what has been heard leaves no question" {
    fault drop_after '{"action": "CreateRole", "nth": 1}'
    fault http_500 '{"action": "UpdateRole", "nth": 1}'
    apply
    [ -z "$(open_intents)" ]
    expect_settled
    says_not 'never heard'
}

@test "an object that moves or is forgotten takes its questions along" {
    hold before CreateRole "$role"
    dies
    expect 0 state mv roles.app-snapshot roles.other
    [ "$(open_intents)" = 'roles.other CreateRole' ]
    expect 0 state rm roles.other
    [ -z "$(open_intents)" ]
}
