# shellcheck shell=bash
# shellcheck disable=SC2154 # status comes from bats
# For the tests of freeze and thaw scripts: a database of one kind, and words to say what it does. A file of tests sets
# `service` and defines: server_start, writes (one write that is acknowledged, or fails within a second), reads.

load databases.bash

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
scripts=$root/examples/scripts

# A server's data, made once for all tests of a file: template KIND [CONFIGURATION]
template()
{
    template=$(mktemp -d "${CBK_SCRATCH:-/tmp}/cbk-proof.XXXXXX")
    export template
    chmod 0755 "$template" && "${1}_make" "$template/data" "${@:2}"
}

teardown_file()
{
    [ -z "${template:-}" ] || rm -rf "$template"
}

setup()
{
    here=$(mktemp -d "${CBK_SCRATCH:-/tmp}/cbk-proof.XXXXXX")
    chmod 0755 "$here"
    mkdir "$here/run"
    chown "$machine_user" "$here" "$here/run"
    cd "$here" || return
    room_open
    server_start
}

teardown()
{
    in_room "$scripts/$service-thaw.sh" 2>/dev/null || true
    server_stop
    room_close
    cd / && rm -rf "$here"
}

server_stop()
{
    [ -n "${started:-}" ] || return 0
    kill "-${stop_signal:-KILL}" "$started" 2>/dev/null || true
    wait "$started" 2>/dev/null || eventually 10 gone "$started"
    started=
}

# A bare '!' is no check: bash lets it pass.
not()
{
    ! "$@"
}

gone()
{
    ! kill -0 "$1" 2>/dev/null
}

# Runs one of the pair and expects an exit code: expect CODE freeze|thaw
expect()
{
    run timeout 100 nsenter --mount="/proc/$room_pid/ns/mnt" "$scripts/$service-$2.sh"
    [ "$status" -eq "$1" ] && return
    printf 'exit code %s instead of %s of %s-%s.sh\n%s\n' "$status" "$1" "$service" "$2" "$output"
    in_room cat "/run/cbk-freeze/$service/log"
    return 1
}

# --- stories that are the same for every service ----------------------------------------------------------------------

holds_until_the_thaw()
{
    writes
    expect 0 freeze
    not writes
    [ "$service" = postgresql-cold ] || reads
    expect 0 thaw
    writes
}

works_twice_and_without_a_freeze()
{
    expect 0 thaw
    expect 0 freeze
    expect 0 freeze
    [[ $output == *'held already'* ]]
    not writes
    expect 0 thaw
    expect 0 thaw
    writes
    expect 0 freeze
    expect 0 thaw
}

# The settings of the service's own file, and one more.
setting()
{
    { in_room cat "/etc/cbk/$service.conf" 2>/dev/null || true && echo "$1"; } >conf
    room_file "/etc/cbk/$service.conf" <conf
}

lets_go_when_no_thaw_comes()
{
    setting hold_limit=1
    expect 0 freeze
    eventually 20 writes
    expect 76 thaw
    [[ $output == *'no thaw came within 1 s'* ]]
    expect 0 thaw
}

tells_of_an_end_before_the_thaw()
{
    expect 0 freeze
    kill -TERM "$(in_room cat "/run/cbk-freeze/$service/pid")"
    eventually 20 writes
    expect 76 thaw
    [[ $output == *'ended by a signal'* ]]
}

is_put_right_after_a_kill()
{
    expect 0 freeze
    kill -KILL "$(in_room cat "/run/cbk-freeze/$service/pid")"
    expect 76 thaw
    [[ $output == *'was killed before the thaw'* ]]
    eventually 20 writes
}

# The next freeze does that, too, when no thaw ever came.
is_put_right_by_the_next_freeze()
{
    expect 0 freeze
    kill -KILL "$(in_room cat "/run/cbk-freeze/$service/pid")"
    expect 0 freeze
    expect 0 thaw
    eventually 20 writes
}

refuses_a_file_that_others_can_read()
{
    in_room chmod 0640 "$1"
    expect 77 freeze
    [[ $output == *"'$1' must belong to root"* ]]
    writes
    in_room chmod 0600 "$1"
    in_room chown nobody "$1"
    expect 77 freeze
    in_room chown root "$1"
}

tells_that_there_is_no_server()
{
    server_stop
    expect 69 freeze
}
