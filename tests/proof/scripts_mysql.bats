#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # names of scripts.bash and for it; statements with backquotes
# The freeze and thaw scripts for MySQL and MariaDB, with a MariaDB.

load scripts

service=mysql

setup_file()
{
    template mariadb
}

server_start()
{
    [ -e data ] || cp -a "$template/data" data
    mariadb_start "$here/data" "$here/run/s" "$here/server.log" || return
    printf '[client]\nsocket=%s\nuser=root\n' "$here/run/s" | room_file /etc/cbk/mysql.cnf
    [ -e made ] || sql <<<'CREATE DATABASE shop; CREATE TABLE shop.orders (n INT PRIMARY KEY AUTO_INCREMENT, t INT);'
    touch made
}

sql()
{
    mariadb_sql "$here/run/s"
}

writes()
{
    sql <<<'SET lock_wait_timeout = 1; INSERT INTO shop.orders (t) VALUES (1);' >/dev/null 2>&1
}

reads()
{
    sql <<<'SELECT count(*) FROM shop.orders;' >/dev/null
}

settings()
{
    sql <<<"SHOW GLOBAL VARIABLES WHERE variable_name LIKE 'innodb_io_capacity%' OR variable_name LIKE 'innodb_max_dirty%'"
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
    refuses_a_file_that_others_can_read /etc/cbk/mysql.cnf
}

@test "there is no server" {
    tells_that_there_is_no_server
}

@test "settings are put back, whatever happens" {
    before=$(settings)
    expect 0 freeze
    [ "$(settings)" != "$before" ]
    expect 0 thaw
    [ "$(settings)" = "$before" ]
    expect 0 freeze
    kill -KILL "$(in_room cat /run/cbk-freeze/mysql/pid)"
    [ "$(settings)" != "$before" ]
    expect 76 thaw
    [ "$(settings)" = "$before" ]
}

@test "a transaction that stays open is waited for, and then it gives up without harm" {
    before=$(settings)
    setting patience=3
    { echo 'BEGIN; INSERT INTO shop.orders (t) VALUES (2); SELECT 1;' && exec sleep 60; } 3>&- | sql >opened &
    holder=$!
    eventually 10 test -s opened
    expect 75 freeze
    [[ $output == *'stayed in use'* ]]
    writes
    [ "$(settings)" = "$before" ]
    kill "$holder"
}

@test "the thaw tells of a table that was made meanwhile" {
    expect 0 freeze
    # It is made, and then waits to write its statistics.
    timeout 3 mariadb --no-defaults --socket="$here/run/s" --user=root --execute='CREATE TABLE shop.smuggled (n INT)' || true
    expect 76 thaw
    [[ $output == *'bytes of log while it was held'* ]]
    writes
}

@test "names that need quotes" {
    sql <<<'CREATE DATABASE `a``b c`; CREATE TABLE `a``b c`.`d e,"f` (n INT); INSERT INTO `a``b c`.`d e,"f` VALUES (1);'
    expect 0 freeze
    not sql <<<'SET lock_wait_timeout = 1; INSERT INTO `a``b c`.`d e,"f` VALUES (2);'
    expect 0 thaw
}

@test "statistics that InnoDB wants to write wait, too" {
    for _ in $(seq 20); do writes; done
    expect 0 freeze
    timeout 2 mariadb --no-defaults --socket="$here/run/s" --user=root --execute='ANALYZE TABLE shop.orders' || true
    expect 0 thaw
}
