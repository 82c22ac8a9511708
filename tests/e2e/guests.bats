#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # shell text for guests is quoted; lib.bash uses sim_options and sets sim_pid
# Instances with real disks and processes (cbk-sim --guests): needs root, loop devices, and mkfs.xfs.

load lib

export BATS_TEST_TIMEOUT=120

# i-bp1aaa is real, with two disks; i-bp1bbb is real, with one; the rest of the quickstart's fleet is virtual.
prepare()
{
    can_have_guests || return
    python3 - <<'PYTHON'
import re
text = open("world.yaml").read()
text = text.replace("size_gib: 40, device: /dev/xvda, type: system, filesystem: ext4}",
                    "size_gib: 40, device: /dev/xvda, type: system, filesystem: ext4, image_mib: 128}")
text = text.replace("filesystem: xfs}", "filesystem: xfs, image_mib: 320}")
text = text.replace("    name: web-db-1\n", "    name: web-db-1\n    guest: {boot: \"echo boot >>/data/boots\"}\n    files: {/opt/hello: {mode: '0640', owner: 'nobody:daemon', content: \"hello\\n\"}}\n")
text = text.replace("    name: web-db-2\n", "    name: web-db-2\n    guest: {}\n")
open("world.yaml", "w").write(text)
PYTHON
    sim_options=(--guests --guests-dir "$here/guests")
}

# Says what this machine lacks, and fails: a proof that was not made must not look like one.
can_have_guests()
{
    local lacks=
    [ "$(id -u)" -eq 0 ] || lacks='root'
    [ -e /dev/loop-control ] || lacks='loop devices (modprobe loop)'
    command -v mkfs.xfs >/dev/null || lacks='mkfs.xfs (package xfsprogs)'
    [ -z "$lacks" ] || { echo "guests cannot be tested here, there is no: $lacks"; return 1; }
}

# What a command says in a guest, and its exit code: within INSTANCE COMMAND.
within()
{
    local answer
    answer=$(acs sim POST /_sim/run "$(jq -n --arg i "$1" --arg c "$2" '{instance: $i, command: $c}')") || return
    output=$(jq -r .output <<<"$answer")
    return "$(jq .exit_code <<<"$answer")"
}

not_within()
{
    if within "$@"; then echo "it did not fail: $output" && return 1; fi
}

# The results of commands, newest first, through a filter of jq.
results()
{
    acs ecs DescribeInvocationResults ContentEncoding=PlainText |
        jq -r ".Invocation.InvocationResults.InvocationResult | $1"
}

until_ended()
{
    until results 'all(.InvocationStatus != "Running")' | grep -qx true; do sleep 0.1; done
}

# Loop devices whose files lie in this story's directory.
devices_left()
{
    losetup --list --noheadings --output BACK-FILE | grep -cF "$here" || true
}

first_process()
{
    acs sim GET /_sim/guests | jq --arg i "$1" '.[] | select(.instance == $i).pid'
}

@test "a guest has its own disks, its own processes and its own name" {
    within i-bp1aaa 'findmnt -no FSTYPE /; findmnt -no FSTYPE /data; hostname; stat -c "%a %U:%G" /opt/hello; cat /opt/hello /data/boots'
    [ "$output" = $'ext4\nxfs\nweb-db-1\n640 nobody:daemon\nhello\nboot' ]
    within i-bp1aaa 'touch /tmp/here; ls -d /proc/[0-9]* | wc -l'
    [ "$output" -lt 20 ]
    not_within i-bp1bbb 'ls /tmp/here'
    not_within i-bp1aaa 'touch /usr/here'
}

@test "commands of Cloud Assistant run there, as whom and where they are told" {
    acs ecs RunCommand Type=RunShellScript InstanceId.1=i-bp1aaa ContentEncoding=PlainText Username=nobody WorkingDir=/data \
        'CommandContent=id -un; pwd; exit 7' >/dev/null
    acs ecs RunCommand Type=RunShellScript InstanceId.1=i-bp1aaa ContentEncoding=PlainText Timeout=10 \
        'CommandContent=#!/bin/bash
shopt -s nullglob; a=(x y); echo ${#a[@]}' >/dev/null
    until_ended
    [ "$(results 'map("\(.InvocationStatus) \(.ExitCode) \(.Output)") | join("")')" = $'Success 0 2\nFailed 7 nobody\n/data' ]
}

@test "a command that does not end holds up nobody, and is killed in time" {
    acs ecs RunCommand Type=RunShellScript InstanceId.1=i-bp1aaa ContentEncoding=PlainText Timeout=10 \
        'CommandContent=echo begun; sleep 600' >/dev/null
    within i-bp1aaa 'echo quick'
    [ "$output" = quick ]
    until within i-bp1aaa 'pgrep -x sleep'; do sleep 0.1; done
    until_ended
    [ "$(results '.[0] | "\(.InvocationStatus) \(.ErrorCode) \(.Output)"')" = $'Timeout ExecutionTimeout begun' ]
    not_within i-bp1aaa 'pgrep -x sleep'
}

@test "a command that is stopped, stops" {
    id=$(acs ecs RunCommand Type=RunShellScript InstanceId.1=i-bp1aaa ContentEncoding=PlainText 'CommandContent=sleep 600' |
        jq -r .InvokeId)
    until within i-bp1aaa 'pgrep -x sleep'; do sleep 0.1; done
    acs ecs StopInvocation "InvokeId=$id" >/dev/null
    while within i-bp1aaa 'pgrep -x sleep'; do sleep 0.1; done
    [ "$(results '.[0].InvocationStatus')" = Terminated ]
}

@test "what a command starts in the background stays, until the guest reboots" {
    within i-bp1aaa 'setsid sleep 600 >/dev/null 2>&1 & touch /tmp/a /opt/b'
    within i-bp1aaa 'pgrep -x sleep'
    acs sim POST /_sim/reboot '{"instance": "i-bp1aaa"}' >/dev/null
    not_within i-bp1aaa 'pgrep -x sleep'
    within i-bp1aaa 'ls /tmp /opt; cat /data/boots'
    [ "$output" = $'/opt:\nb\nhello\n\n/tmp:\nboot\nboot' ]
}

@test "cbk delivers its scripts to guests" {
    sed -i '/^snapshot_jobs:/,$d' stack/cbk.yaml
    apply
    within i-bp1bbb 'stat -c "%a %U" /tmp/prescript.sh /tmp/postscript.sh; sha256sum </tmp/prescript.sh'
    [ "$output" = "$(printf '700 root\n700 root\n' && sha256sum <stack/scripts/mysql-prescript.sh)" ]
    within i-bp1bbb 'rm /tmp/prescript.sh'
    expect 2 plan --detailed-exitcode
    says 'scripts.mysql["i-bp1bbb"]'
    apply
    expect_settled
}

@test "disks stay in the directory, nothing else stays behind" {
    within i-bp1aaa 'echo kept >/data/kept; setsid sleep 600 >/dev/null 2>&1 &'
    pid=$(first_process i-bp1aaa)
    stop_cloud
    [ "$(devices_left)" -eq 0 ]
    [ ! -e "/proc/$pid" ]
    [ "$(grep -cF "$here" /proc/mounts)" -eq 0 ]
    start_cloud
    within i-bp1aaa 'cat /data/kept /data/boots'
    [ "$output" = $'kept\nboot\nboot' ]
}

@test "a simulator that is killed takes its guests with it, and the next one goes on" {
    within i-bp1aaa 'echo kept >/data/kept; setsid sleep 600 >/dev/null 2>&1 &'
    pid=$(first_process i-bp1aaa)
    kill -9 "$sim_pid"
    wait "$sim_pid" || true
    start_cloud
    [ ! -e "/proc/$pid" ]
    within i-bp1aaa 'cat /data/kept'
    [ "$output" = kept ]
    [ "$(losetup --list --noheadings --output BACK-FILE | grep -cF d-bp1aa1.img)" -eq 1 ]
}

@test "what a guest cannot be is said before it starts" {
    stop_cloud
    in_file world.yaml 'guest: {}' 'guest: {bot: x}'
    run cbk-sim --world world.yaml --guests --guests-dir guests
    [ "$status" -eq 1 ]
    says "cbk-sim: error: guest 'i-bp1bbb': unknown key 'bot' (did you mean 'boot'?)"
    in_file world.yaml 'guest: {bot: x}' 'guest: {boot: "echo no luck; exit 3"}'
    run cbk-sim --world world.yaml --guests --guests-dir guests
    [ "$status" -eq 1 ]
    says "guest 'i-bp1bbb': its boot script ended with 3: no luck"
    [ "$(devices_left)" -eq 0 ]
}
