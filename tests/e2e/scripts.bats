#!/usr/bin/env bats
# Scripts that move, and instances that cannot be reached.

load lib

# The files under /opt and /tmp of an instance, a line.
files_of()
{
    acs sim GET /_sim/world | jq -r --arg id "$1" '.instances[] | select(.id == $id) | .files | keys[]' |
        grep -E '^/(opt|tmp)/.*script|/opt/pre' | paste -sd' '
}

@test "a script that moves is a change of git's, and leaves nothing behind" {
    apply
    in_file stack/cbk.yaml '{source: scripts/mysql-prescript.sh}' '{source: scripts/mysql-prescript.sh, path: /opt/pre.sh}'
    expect 2 plan --detailed-exitcode
    says '"/tmp/prescript.sh" -> "/opt/pre.sh"   config' 'Plan: 0 to add, 2 to change'
    says_not 'gone'
    apply
    expect_settled
    [ "$(files_of i-bp1aaa)" = '/opt/pre.sh /tmp/postscript.sh' ]
}

@test "a script that moves, killed before the old one is removed" {
    apply
    in_file stack/cbk.yaml '{source: scripts/mysql-prescript.sh}' '{source: scripts/mysql-prescript.sh, path: /opt/pre.sh}'
    seen=$(acs sim GET /_sim/requests | jq length)
    fault hang_after '{"action": "SendFile", "nth": 2}' '"ms": 60000'
    cbk -C stack apply --auto-approve >killed.log 2>&1 3>&- &
    pid=$!
    until acs sim GET /_sim/requests | jq -e ".[$seen:] | [.[] | select(.action == \"SendFile\" and .worked)] | length == 2" >/dev/null; do
        sleep 0.02
    done
    kill -9 "$pid"
    wait "$pid" || true
    no_faults
    apply
    expect_settled
    for id in i-bp1aaa i-bp1bbb; do
        [ "$(files_of $id)" = '/opt/pre.sh /tmp/postscript.sh' ]
    done
}

@test "scripts of an instance that is out of reach are not forgotten" {
    apply
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "assistant": "offline"}]}' >/dev/null
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1bbb]}'
    expect 2 plan --detailed-exitcode # the role leaves the instance
    says '! scripts.mysql["i-bp1aaa"]' 'cannot be removed now: its Cloud Assistant agent is offline'
    apply
    expect 0 plan --detailed-exitcode
    says '! scripts.mysql["i-bp1aaa"]'
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "assistant": "online"}]}' >/dev/null
    apply
    says 'scripts.mysql["i-bp1aaa"]: destroyed'
    [ -z "$(files_of i-bp1aaa)" ]
    expect_settled
}

@test "scripts that cannot be reached are forgotten where that is said" {
    apply
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "assistant": "offline"}]}' >/dev/null
    expect 0 destroy --auto-approve
    says '! scripts.mysql["i-bp1aaa"]'
    cbk_in_stack show | grep -q 'scripts.mysql\["i-bp1aaa"\]'
    expect 0 destroy --auto-approve --allow-downgrade
    says 'left as it is'
    cbk_in_stack show | grep -q 'The state is empty'
}
