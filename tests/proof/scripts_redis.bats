#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # names of scripts.bash and for it; statements with backquotes
# The freeze and thaw scripts for Redis.

load scripts

service=redis
append=yes

server_start()
{
    redis_start "$here/data" "$here/run/s" "$here/server.log" --appendonly "$append" --requirepass secret || return
    printf 'address=(-s %s)\npassword=secret\n' "$here/run/s" | room_file /etc/cbk/redis.conf
}

redis()
{
    REDISCLI_AUTH=secret timeout 1 redis-cli -s "$here/run/s" "$@"
}

writes()
{
    [[ $(redis INCR orders 2>&1) =~ ^[0-9]+$ ]]
}

reads()
{
    redis GET orders >/dev/null
}

@test "writers wait until the thaw, readers do not" {
    holds_until_the_thaw
}

@test "each may come twice, and a thaw alone" {
    works_twice_and_without_a_freeze
}

@test "it goes on when no thaw comes, and the thaw tells" {
    lets_go_when_no_thaw_comes
}

@test "the thaw tells that it was let go before" {
    tells_of_an_end_before_the_thaw
}

@test "what holds it is killed" {
    is_put_right_after_a_kill
    is_put_right_by_the_next_freeze
}

@test "credentials that others can read are refused" {
    refuses_a_file_that_others_can_read /etc/cbk/redis.conf
}

@test "there is no server" {
    tells_that_there_is_no_server
}

@test "without an append-only file a snapshot is saved" {
    server_stop
    append=no
    rm -rf data && server_start
    writes
    expect 0 freeze
    [ -s data/dump.rdb ]
    not writes
    expect 0 thaw
    writes
}

@test "a copy that is made meanwhile has all that was acknowledged" {
    for _ in $(seq 50); do writes; done
    expect 0 freeze
    cp -r data copy
    expect 0 thaw
    server_stop
    rm -rf data && cp -r copy data && chown -R "$machine_user" data
    server_start
    [ "$(redis GET orders)" = 50 ]
    not grep -iE 'truncat|short read|bad file' server.log
}
