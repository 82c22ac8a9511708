#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034,SC2154 # names of scripts.bash and for it; statements with backquotes
# The freeze and thaw scripts for PostgreSQL that stop and start it.

load scripts

service=postgresql-cold

setup_file()
{
    template postgresql 'fsync = off' # nothing here is about power
}

server_start()
{
    local control="$postgresql_bin/pg_ctl --pgdata=$here/data --log=$here/server.log --wait --options='-k $here/run'"
    [ -e data ] || cp -a "$template/data" data
    postgresql_start "$here/data" "$here/run" "$here/server.log" || return
    room_file /etc/cbk/postgresql-cold.conf <<EOT
stop="${as_server[*]} $control --mode=fast stop"
start="${as_server[*]} $control start"
query="psql --no-psqlrc --host=$here/run --username=postgres --quiet --command"
EOT
    postgresql_sql "$here/run" <<<'CREATE TABLE IF NOT EXISTS orders (n serial, t int);'
}

# The process changes with every thaw.
server_stop()
{
    [ ! -e data/postmaster.pid ] || kill -QUIT "$(head -1 data/postmaster.pid)"
    eventually 10 test ! -e data/postmaster.pid
}

writes()
{
    postgresql_sql "$here/run" <<<'INSERT INTO orders (t) VALUES (1);' >/dev/null 2>&1
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
    refuses_a_file_that_others_can_read /etc/cbk/postgresql-cold.conf
}

@test "there is no server" {
    tells_that_there_is_no_server
}

@test "the thaw tells that somebody has started it" {
    expect 0 freeze
    postgresql_start "$here/data" "$here/run" "$here/server.log"
    expect 76 thaw
    writes
}

@test "a server that does not stop goes on" {
    setting 'stop=false'
    expect 75 freeze
    writes
}
