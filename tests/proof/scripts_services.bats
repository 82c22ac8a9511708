#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # names of scripts.bash and for it; statements with backquotes
# The scripts that freeze and thaw several services: order, failures, what is refused. Services here are a line in a
# file.

load machine

setup()
{
    scripts=$(cd "$BATS_TEST_DIRNAME/../../examples/scripts" && pwd)
    here=$(mktemp -d "${CBK_SCRATCH:-/tmp}/cbk-proof.XXXXXX")
    cd "$here" || return
    room_open
    for name in 10-shop 20-mysql 30-redis; do
        service "$name" freeze 0
        service "$name" thaw 0
    done
}

teardown()
{
    room_close
    cd / && rm -rf "$here"
}

# A script that notes its name and ends with a code: service NAME freeze|thaw CODE [COMMAND]
service()
{
    printf '#!/bin/sh\necho %s >>%s\n%s\nexit %s\n' "$1.$2" "$here/happened" "${4:-}" "$3" |
        room_file "/etc/cbk/freeze.d/$1.$2"
    in_room chmod 0700 "/etc/cbk/freeze.d/$1.$2"
}

# expect CODE freeze|thaw
expect()
{
    run nsenter --mount="/proc/$room_pid/ns/mnt" "$scripts/services-$2.sh"
    [ "$status" -eq "$1" ] || { printf 'exit code %s instead of %s\n%s\n' "$status" "$1" "$output" && return 1; }
}

# Since the last time, in order: happened NAME.KIND...
happened()
{
    diff <(printf '%s\n' "$@") happened && rm happened
}

@test "in order, and back in the opposite order" {
    expect 0 freeze
    happened 10-shop.freeze 20-mysql.freeze 30-redis.freeze
    expect 0 thaw
    happened 30-redis.thaw 20-mysql.thaw 10-shop.thaw
}

@test "one that fails takes back those before it, and its code is told" {
    service 20-mysql freeze 75
    expect 75 freeze
    [[ $output == *"20-mysql.freeze' has failed (75)"* ]]
    happened 10-shop.freeze 20-mysql.freeze 20-mysql.thaw 10-shop.thaw
}

@test "one that hangs is ended" {
    sed 's/^limit=180/limit=1/' "$scripts/services-freeze.sh" >services-freeze.sh
    chmod 0700 services-freeze.sh
    scripts=$here
    service 20-mysql freeze 0 'exec sleep 100'
    expect 124 freeze
    happened 10-shop.freeze 20-mysql.freeze 20-mysql.thaw 10-shop.thaw
}

@test "all are thawed whatever becomes of one, and the worst is told" {
    service 30-redis thaw 76
    service 20-mysql thaw 70
    expect 70 thaw
    happened 30-redis.thaw 20-mysql.thaw 10-shop.thaw
}

@test "a script that others could change is not run" {
    in_room chmod 0770 /etc/cbk/freeze.d/20-mysql.thaw
    expect 77 freeze
    [ ! -e happened ]
    in_room chmod 0700 /etc/cbk/freeze.d/20-mysql.thaw
    in_room chown nobody /etc/cbk/freeze.d/20-mysql.freeze
    expect 77 freeze
    [ ! -e happened ]
}

@test "a freeze without its thaw is not run, nor is nothing" {
    in_room rm /etc/cbk/freeze.d/20-mysql.thaw
    expect 78 freeze
    [ ! -e happened ]
    in_room rm -r /etc/cbk/freeze.d
    expect 78 freeze
    expect 0 thaw
}
