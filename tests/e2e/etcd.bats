#!/usr/bin/env bats
# State in a real etcd: one member, as a user sees it. (Three members and a partition: etcd_cluster.bats.)

load lib

prepare()
{
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    peer=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    etcd --data-dir etcd --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
        --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
        --initial-cluster "default=http://127.0.0.1:$peer" >etcd.log 2>&1 3>&- &
    etcd_pid=$!
    in_file stack/cbk.yaml 'variables:' "state: {backend: etcd, etcd: {endpoints: [\"http://127.0.0.1:$port\"]}}

variables:"
}

stop_services()
{
    kill -9 "$etcd_pid" 2>/dev/null || true
    wait "$etcd_pid" 2>/dev/null || true
}

@test "the whole story on a state in etcd" {
    apply
    expect_settled
    [ ! -e stack/state ]
    expect 0 show
    says roles.app-snapshot
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    expect 2 plan --detailed-exitcode
    says drift
    apply
    expect 0 destroy --auto-approve
    expect 0 show
    says 'The state is empty'
}

@test "killed in the middle, the next apply goes on at once" {
    fault hang_after '{"action": "CreateRole", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >died.log 2>&1 3>&- &
    local pid=$!
    await_call CreateRole $pid
    expect 1 apply --auto-approve
    says 'the state is locked by'
    kill -9 $pid
    await $pid
    no_faults
    apply
    expect_settled
}

@test "one interrupt: what is under way is finished and saved, nothing more is begun" {
    fault slow '{"action": "CreatePolicy", "nth": 1}' '"ms": 3000'
    cbk -C stack apply --auto-approve >held.log 2>&1 3>&- &
    local pid=$! code=0
    await_call CreatePolicy $pid
    kill -INT $pid
    wait $pid || code=$?
    [ "$code" -eq 130 ]
    expect 0 state ledger
    says 'create  done        policies.app-snapshot' 'not tried   roles.app-snapshot'
    expect 0 plan
    says_not 'never heard'
    apply
    expect_settled
}

@test "killed in a call: the next plan says what became of it" {
    killed_at before CreateRole
    expect 0 plan
    says 'CreateRole RoleName=AppSnapshotRoleName was not done'
    apply
    expect_settled
}

@test "without etcd nothing is planned and nothing is done" {
    apply
    kill -9 "$etcd_pid"
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    local before
    before=$(changes_made)
    expect 1 plan
    says 'no endpoint of etcd answers'
    [ "$(changes_made)" = "$before" ]
}
