#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154 # shell text for guests is quoted; lib.bash sets here and sim_pid
# Instances with real disks and processes: what runs in them, and what stays of them.

load lib
load guests

@test "a guest has its own disks, its own processes and its own name" {
    within i-bp1aaa 'findmnt -no FSTYPE /; findmnt -no FSTYPE /data; hostname; stat -c "%a %U:%G" /opt/hello; cat /opt/hello /data/boots'
    [ "$output" = $'ext4\nxfs\nweb-db-1\n640 nobody:daemon\nhello\nboot' ]
    within i-bp1aaa 'touch /tmp/here; ls -d /proc/[0-9]* | wc -l'
    [ "$output" -lt 20 ]
    not_within i-bp1ccc 'ls /tmp/here'
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
    within i-bp1aaa 'stat -c "%a %U" /tmp/prescript.sh /tmp/postscript.sh; sha256sum </tmp/prescript.sh'
    [ "$output" = "$(printf '700 root\n700 root\n' && sha256sum <stack/scripts/mysql-prescript.sh)" ]
    within i-bp1aaa 'rm /tmp/prescript.sh'
    expect 2 plan --detailed-exitcode
    says 'scripts.mysql["i-bp1aaa"]'
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
    [ -z "$(attached_twice)" ]
}

@test "what a guest cannot be is said before it starts" {
    stop_cloud
    in_file world.yaml 'guest: {}' 'guest: {bot: x}'
    run cbk-sim --world world.yaml --guests --guests-dir guests
    [ "$status" -eq 1 ]
    says "cbk-sim: error: guest 'i-bp1ccc': unknown key 'bot' (did you mean 'boot'?)"
    in_file world.yaml 'guest: {bot: x}' 'guest: {boot: "echo no luck; exit 3"}'
    run cbk-sim --world world.yaml --guests --guests-dir guests
    [ "$status" -eq 1 ]
    says "guest 'i-bp1ccc': its boot script ended with 3: no luck"
    [ "$(devices_left)" -eq 0 ]
    run cbk-sim --world world.yaml --guests --guests-dir stack
    [ "$status" -eq 1 ]
    says "stack' holds something else than guests" "an empty directory"
}

@test "two simulators do not share a directory of guests" {
    in_file world.yaml '    guest: {}' '    guest: {boot: "exit 0"}'
    timeout 3 cbk-sim --world world.yaml --guests --guests-dir "$here/guests" && return 1
    within i-bp1ccc 'echo still there >/data/it; cat /data/it'
    [ "$output" = 'still there' ]
}
