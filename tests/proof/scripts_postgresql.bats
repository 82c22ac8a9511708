#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # names of scripts.bash and for it; statements with backquotes
# The freeze and thaw scripts for PostgreSQL, which leave it running.

load scripts

service=postgresql
stop_signal=QUIT # its children go, too

setup_file()
{
    template postgresql 'fsync = off' # nothing here is about power
}

server_start()
{
    [ -e data ] || cp -a "$template/data" data
    postgresql_start "$here/data" "$here/run" "$here/server.log" || return
    printf '[cbk]\nhost=%s\nuser=postgres\n' "$here/run" | room_file /etc/cbk/postgresql.service
    sql <<<'CREATE DATABASE shop;' && sql shop <<<'CREATE TABLE orders (n serial, t int);'
}

sql()
{
    postgresql_sql "$here/run" "$@"
}

writes()
{
    sql shop <<<"SET lock_timeout = '1s'; INSERT INTO orders (t) VALUES (1);" >/dev/null 2>&1
}

reads()
{
    sql shop <<<'SELECT count(*) FROM orders;' >/dev/null
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
    refuses_a_file_that_others_can_read /etc/cbk/postgresql.service
}

@test "there is no server" {
    tells_that_there_is_no_server
}

@test "a transaction that stays open is waited for, and then it gives up without harm" {
    setting patience=3
    { echo 'BEGIN; INSERT INTO orders (t) VALUES (2); SELECT 1;' && exec sleep 60; } 3>&- | sql shop >opened &
    holder=$!
    eventually 10 test -s opened
    expect 75 freeze
    writes
    kill "$holder"
}

@test "statistics, which the server gathers by itself, and new tables wait, too" {
    expect 0 freeze
    not sql shop <<<"SET lock_timeout = '1s'; ANALYZE pg_catalog.pg_attribute;"
    not sql shop <<<"SET lock_timeout = '1s'; CREATE TABLE smuggled (n int);"
    expect 0 thaw
    sql shop <<<'ANALYZE pg_catalog.pg_attribute; CREATE TABLE smuggled (n int);'
}

@test "the thaw tells of what no lock keeps away" {
    expect 0 freeze
    sql shop <<<"SELECT nextval('orders_n_seq');"
    expect 76 thaw
    [[ $output == *'a transaction has changed something'* ]]
    writes
}

@test "names that need quotes" {
    sql <<<"CREATE DATABASE \"a'b c\";"
    sql "a'b c" <<<'CREATE SCHEMA "d e"; CREATE TABLE "d e"."f""g" (n int);'
    expect 0 freeze
    not sql "a'b c" <<<"SET lock_timeout = '1s'; INSERT INTO \"d e\".\"f\"\"g\" VALUES (1);"
    expect 0 thaw
}
