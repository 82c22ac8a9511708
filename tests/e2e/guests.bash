# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # lib.bash uses sim_options and sets sim_pid; status and output come from bats
#
# Stories about instances with real disks and processes (cbk-sim --guests). They need root, loop devices and mkfs.xfs.

export BATS_TEST_TIMEOUT=120

# Two real instances: i-bp1aaa, which the quickstart's stack is about, and i-bp1ccc, which has all that a consistent backup
# needs; and a virtual one. The scripts leave a line each in /data/log.
prepare()
{
    can_have_guests || return
    sim_options=(--guests --guests-dir "$here/guests")
    cat >world.yaml <<'YAML'
account: "1234567890123456"
credentials: [{access_key_id: LTAIquickstart, access_key_secret: quickstart-secret}]
instances:
  - id: i-bp1aaa
    name: web-db-1
    os_name: Ubuntu 22.04 64 bit
    tags: {app: mysql}
    guest: {boot: "echo boot >>/data/boots"}
    files:
      /opt/hello: {mode: "0640", owner: "nobody:daemon", content: "hello\n"}
    disks:
      - {id: d-bp1aa0, filesystem: ext4, mount: /, image_mib: 128}
      - {id: d-bp1aa1, filesystem: xfs, mount: /data, image_mib: 320}
  - {id: i-bp1bbb, name: web-db-2}
  - id: i-bp1ccc
    name: ready
    os_name: CentOS 7.9 64 bit
    role: Ready
    guest: {}
    files:
      /tmp/prescript.sh: {mode: "0700", content: "#!/bin/sh\necho pre >>/data/log\n"}
      /tmp/postscript.sh: {mode: "0700", content: "#!/bin/sh\necho post >>/data/log\n"}
    disks:
      - {id: d-bp1cc0, filesystem: ext4, mount: /, image_mib: 128}
      - {id: d-bp1cc1, filesystem: xfs, mount: /data, image_mib: 320}
      - {id: d-bp1cc2, filesystem: ext4, mount: /data/more, image_mib: 64}
roles:
  - {name: Ready, trust: {service: [ecs.aliyuncs.com]}, policies: [Ready]}
policies:
  - name: Ready
    document:
      Version: "1"
      Statement:
        - {Effect: Allow, Resource: "*", Action: ["ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources", "ecs:DescribeDisks"]}
YAML
    printf '#!/bin/sh\necho pre >>/data/log\n' >stack/scripts/mysql-prescript.sh
    printf '#!/bin/sh\necho post >>/data/log\n' >stack/scripts/mysql-postscript.sh
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

# Loop devices whose files lie in this story's directory: the pool's own, which goes when those of the disks in it have.
devices_left()
{
    losetup --list --noheadings --output BACK-FILE | grep -cF "$here" || true
}

# Two devices over one file would ruin it.
attached_twice()
{
    losetup --list --noheadings --output BACK-FILE | grep -F "$here" | sort | uniq -d
}

first_process()
{
    acs sim GET /_sim/guests | jq --arg i "$1" '.[] | select(.instance == $i).pid'
}
