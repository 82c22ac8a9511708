#!/usr/bin/env bats
# What must not go on: one clear error, exit 1, nothing changed in the cloud nor in the state.

load lib

# Both commands refuse, before and after there is a state.
refuses_twice()
{
    refuses "$1" plan && refuses "$1" apply --auto-approve
}

@test "another account" {
    in_file stack/cbk.yaml 1234567890123456 9999999999999999
    refuses_twice 'these credentials are of the account 1234567890123456, the stack belongs to 9999999999999999'
    says 'stack/cbk.yaml:' 'account: "9999999999999999"' '^^^' 'hint: '
}

@test "another account, with a state" {
    apply
    in_file stack/cbk.yaml 1234567890123456 9999999999999999
    refuses_twice 'the stack belongs to 9999999999999999'
    refuses 'the stack belongs to 9999999999999999' destroy --auto-approve
}

@test "a wrong secret" {
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrong refuses_twice SignatureDoesNotMatch
}

@test "an unknown key" {
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAInobody refuses_twice InvalidAccessKeyId
}

@test "no credentials" {
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    expect 1 plan
    says 'no credentials found' ALIBABA_CLOUD_ACCESS_KEY_ID
    [ "$(errors_said)" -eq 1 ]
    [ ! -e stack/state/quickstart.json ]
}

@test "half of the credentials" {
    unset ALIBABA_CLOUD_ACCESS_KEY_SECRET
    expect 1 plan
    says 'ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set'
}

@test "an endpoint that nobody listens at" {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    for words in 'plan' 'apply --auto-approve'; do
        # shellcheck disable=SC2086 # words
        CBK_ENDPOINT=http://127.0.0.1:$port expect 1 $words
        says "$port"
        [ "$(errors_said)" -eq 1 ]
    done
    [ ! -e stack/state/quickstart.json ]
}

@test "plain http to another machine" {
    for endpoint in http://192.0.2.1:80 http://example.com; do
        CBK_ENDPOINT=$endpoint expect 1 plan
        says 'plain http'
        [ "$(errors_said)" -eq 1 ]
    done
}

@test "a role that is not declared" {
    in_file stack/cbk.yaml '{role: roles.app-snapshot, instances: mysql}' '{role: roles.app-snapshto, instances: mysql}'
    refuses_twice roles.app-snapshto
    says 'stack/cbk.yaml:' "did you mean 'roles.app-snapshot'"
    refuses roles.app-snapshto validate
}

@test "a selector that matches nothing" {
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{tags: {app: postgres}}'
    refuses_twice 'matches no instance'
    says 'stack/cbk.yaml:'
}

@test "a selector that matches fewer or more than expected" {
    in_file stack/cbk.yaml 'min: 1, max: 20' 'min: 3'
    refuses_twice 'stack/cbk.yaml:'
    says 2 3
    in_file stack/cbk.yaml 'min: 3' 'max: 1'
    refuses_twice 'stack/cbk.yaml:'
}

@test "an instance that does not exist" {
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa, i-bp1zzz]}'
    refuses_twice i-bp1zzz
}

@test "a state that someone else holds" {
    apply
    mkfifo held
    flock stack/state/quickstart.lock sh -c 'echo held; cat >/dev/null' <held >took &
    holder=$!
    exec 7>held
    until [ -s took ]; do sleep 0.02; done
    refuses 'the state is locked' apply --auto-approve
    refuses 'the state is locked' destroy --auto-approve
    expect 0 plan # reading needs no lock
    exec 7>&-
    wait "$holder"
    apply
}

@test "a lock tells who holds it" {
    apply
    in_guest i-bp1aaa 'rm -f /tmp/prescript.sh'
    fault hang_before '{"action": "SendFile", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    first=$!
    until grep -q 'updating' first.log; do sleep 0.02; done
    refuses "'apply' since" apply --auto-approve
    says "pid $first"
    kill -9 "$first"
    wait "$first" || true
    no_faults
    apply
}

@test "a state that is no JSON" {
    apply
    echo '{"version": 1, "lin' >stack/state/quickstart.json
    refuses_twice 'stack/state/quickstart.json'
}

@test "a state of a newer version" {
    apply
    in_file stack/state/quickstart.json '"version": 1' '"version": 2'
    refuses_twice 'version 2'
}

@test "the state of another stack" {
    apply
    cp stack/state/quickstart.json stack/state/other.json
    in_file stack/cbk.yaml 'stack: quickstart' 'stack: other'
    refuses_twice "belongs to the stack 'quickstart'"
}

@test "a script that is not there" {
    rm stack/scripts/mysql-prescript.sh
    refuses_twice 'mysql-prescript.sh'
    says 'stack/cbk.yaml:'
}

@test "a script with Windows line ends" {
    sed -i 's/$/\r/' stack/scripts/mysql-prescript.sh
    refuses_twice 'Windows line ends'
}

@test "words that cbk does not know" {
    expect 1 pln
    says "did you mean 'plan'"
    expect 1 plan --detailed-exitcod
    says 'did you mean' 'detailed-exitcode'
    expect 1 apply --parallelism 0
    says 'parallelism'
    expect 1 plan --format xml
    says "unknown format 'xml'"
    [ "$(acs sim GET /_sim/requests | jq length)" -eq 0 ]
}

@test "a stack that moves to another region would not see what it owns" {
    apply
    in_file stack/cbk.yaml 'region: cn-hangzhou' 'region: cn-shanghai'
    refuses 'the state is of the region cn-hangzhou, the stack is of cn-shanghai now' plan
    says 'stack/cbk.yaml:10:11'
}
