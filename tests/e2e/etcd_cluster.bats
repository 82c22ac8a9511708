#!/usr/bin/env bats
# State in a cluster of three: a member that dies, and a runner that is cut off. All of it in two network namespaces of
# its own, joined by one cable: 'cluster', where the members and other runners are, and 'runner'. Needs root.

load lib

prepare()
{
    cluster=cbk-cluster-$BASHPID runner=cbk-runner-$BASHPID
    lay_cable
    make_certificates
    members=()
    for number in 0 1 2; do start_member $number; done
    in_file stack/cbk.yaml 'variables:' 'state:
  backend: etcd
  etcd:
    endpoints: ["https://10.231.7.1:2379", "https://10.231.7.1:2380", "https://10.231.7.1:2381"]
    ca_file: ../ca.pem
    lease: 5s

variables:'
}

lay_cable()
{
    ip netns add "$cluster" && ip netns add "$runner"
    ip -n "$cluster" link add cable type veth peer name cable netns "$runner"
    ip -n "$cluster" address add 10.231.7.1/30 dev cable
    ip -n "$runner" address add 10.231.7.2/30 dev cable
    for name in "$cluster" "$runner"; do
        ip -n "$name" link set lo up
        ip -n "$name" link set cable up
    done
}

make_certificates()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=etcd -keyout etcd.key -out etcd.csr
    openssl x509 -req -in etcd.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out etcd.pem \
        -extfile <(echo subjectAltName=IP:10.231.7.1,IP:127.0.0.1)
} 2>/dev/null

# Ports below 2379 are for the members among themselves.
start_member()
{
    local client=https://10.231.7.1:$((2379 + $1)) peer=http://127.0.0.1:$((2369 + $1))
    ip netns exec "$cluster" etcd --name "m$1" --data-dir "etcd-$1" --cert-file etcd.pem --key-file etcd.key \
        --listen-client-urls "$client" --advertise-client-urls "$client" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
        --initial-cluster m0=http://127.0.0.1:2369,m1=http://127.0.0.1:2370,m2=http://127.0.0.1:2371 \
        >"etcd-$1.log" 2>&1 3>&- &
    members[$1]=$!
}

# The cloud is as near to the cluster as to the runner, whatever becomes of the cable.
reach_cloud()
{
    relays=()
    for name in "$cluster" "$runner"; do
        tcp-relay "/run/netns/$name" "$(cat port)" "$name.port" >relay.log 2>&1 3>&- &
        relays+=($!)
        until [ -s "$name.port" ]; do
            kill -0 "${relays[-1]}" || { cat relay.log && return 1; }
            sleep 0.02
        done
    done
}

stop_services()
{
    local pid
    for pid in "${members[@]}" "${relays[@]}" ${first:-}; do
        kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    ip netns del "$cluster"
    ip netns del "$runner"
} 2>/dev/null

# cbk in a namespace, as the process that $! names: cbk_at NAMESPACE WORDS...
cbk_at()
{
    exec ip netns exec "$1" cbk -C stack "${@:2}"
}

# The same, run to its end: expect_at NAMESPACE CODE WORDS...
expect_at()
{
    run cbk_at "$1" "${@:3}"
    [ "$status" -eq "$2" ] && says_not Sanitizer && return 0
    printf 'exit code %s instead of %s of: cbk %s\n%s\n' "$status" "$2" "${*:3}" "$output"
    return 1
}

# An apply of the runner is asking the cloud, which is slow to answer.
begin_apply()
{
    fault slow '{"action": "CreateRole", "nth": 1}' '"ms": 2000'
    cbk_at "$runner" apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    await_call CreateRole $first
}

roles_made()
{
    acs ram ListRoles | jq '[.Roles.Role[] | select(.RoleName == "AppSnapshotRoleName")] | length'
}

@test "one of three members dies in the middle of an apply, and the apply goes on" {
    reach_cloud
    for number in 0 1 2; do # whichever led, or was spoken to
        begin_apply
        kill -9 "${members[number]}"
        await $first
        output=$(cat first.log)
        [ "$status" -eq 0 ] && says_not Sanitizer
        expect_at "$runner" 0 plan --detailed-exitcode && says 'No changes.'
        expect_at "$runner" 0 destroy --auto-approve
        start_member $number
    done
}

@test "who is cut off until the lease runs out does not write, and says so; who comes second does" {
    reach_cloud
    begin_apply
    kill -STOP "${relays[1]}" # the answer to the runner is on its way for as long as we want
    ip -n "$runner" link set cable down
    expect_at "$cluster" 1 apply --auto-approve
    says 'the state is locked by'
    expect_at "$cluster" 0 apply --auto-approve --lock-timeout 300s
    expect_at "$cluster" 0 state pull
    local after_second=$output
    ip -n "$runner" link set cable up
    kill -CONT "${relays[1]}"
    await $first
    output=$(cat first.log)
    [ "$status" -eq 1 ] && says 'was lost: its lease ran out, or somebody took it away' && says_not Sanitizer
    expect_at "$cluster" 0 state pull
    [ "$output" = "$after_second" ]
    for name in "$cluster" "$runner"; do
        expect_at "$name" 0 plan --detailed-exitcode && says 'No changes.'
    done
    [ "$(roles_made)" -eq 1 ]
}

@test "who stays cut off says so and ends" {
    reach_cloud
    begin_apply
    ip -n "$runner" link set cable down
    expect_at "$cluster" 0 apply --auto-approve --lock-timeout 300s
    await $first
    output=$(cat first.log)
    [ "$status" -eq 1 ] && says 'no endpoint of etcd answers' && says_not Sanitizer
    expect_at "$cluster" 0 plan --detailed-exitcode && says 'No changes.'
    [ "$(roles_made)" -eq 1 ]
}
