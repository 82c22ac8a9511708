#!/usr/bin/env bash
# Runs as root just before the file systems freeze: stops PostgreSQL in order, until postgresql-cold-thaw.sh starts it.
#
# What it makes true: a copy of the disks taken meanwhile starts as after any orderly stop, without any recovery: "database
# system was shut down". The price is an outage: clients are disconnected, and there is no server for as long as the
# freeze takes and a start (some seconds, longer for large databases). A checkpoint beforehand keeps the stop short.
# postgresql-freeze.sh does without the outage, and leaves a trace of redo.
#
# Run with PostgreSQL 15. How to stop and to start it is a setting, since systems differ.
#
# Exit codes: 0 stands still; 69 there is no server; 75 it did not stop in time, and was started again; 77 not root, or
# a file with settings is open to others; 78 a command is missing. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=postgresql-cold
stop='systemctl stop postgresql'
start='systemctl start postgresql'
query='runuser -u postgres -- psql --no-psqlrc --no-password --quiet --command'
patience=60    # seconds that stopping may take
hold_limit=120 # seconds that it stays stopped at most; more than the freeze's time limit
state=/run/cbk-freeze/$service

prepare()
{
    require_commands timeout
    cd / # the user postgres may not be allowed where we are
}

# A server lives longer than the keeper, so it must not inherit its lock.
outside()
{
    timeout "$patience" bash -c "$1" {lock}>&- {orders}>&- >&2
}

answers()
{
    outside "$query 'SELECT 1'"
}

hold()
{
    answers || give_up 69 'there is no server that answers' || return
    outside "$query CHECKPOINT" || say 'no checkpoint beforehand: stopping may take longer'
    printf "%s 'SELECT 1' 2>/dev/null || %s\n" "$query" "$start" >"$state/undo"
    outside "$stop" || give_up 75 "it could not be stopped within $patience s" || return
    ! answers || give_up 69 'it answers although it was stopped'
}

verify()
{
    ! answers || give_up 76 'somebody has started it before the thaw'
}

# The undo starts it.
release()
{
    true
}

# >>> keeper: the same in every freeze script
#
# What holds the service is a process of its own, which lives until the thaw script asks it to let go, or until
# hold_limit has passed. It has a lock on $state/lock for as long as it lives. Orders come through a pipe, each with the
# pipe that takes the answer, "CODE WORDS". Before it changes anything it writes to $state/undo how to take that back,
# for the case that it is killed. All of that is in /run, which is memory: nothing waits for a file system that is frozen.
# The settings above can be overruled in /etc/cbk/SERVICE.conf, which only root may read.

say()
{
    printf '%s-freeze: %s\n' "$service" "$*" >&2
}

fail()
{
    say "$2"
    exit "$1"
}

# For hold and verify: why they failed, to be told by the script that asked.
give_up()
{
    code=$1 words=$2
    return 1
}

# Root owns the file and nobody else can read it.
is_private()
{
    [ "$(stat -Lc %u "$1")" = 0 ] && [ $((0$(stat -Lc %a "$1") & 077)) -eq 0 ]
}

require_private()
{
    [ ! -e "$1" ] || is_private "$1" || fail 77 "'$1' must belong to root and be closed to others (chmod 0600)"
}

require_commands()
{
    local name
    for name; do
        command -v "$name" >/dev/null 2>&1 || fail 78 "there is no '$name' on this machine"
    done
}

keeper_lives()
{
    ! flock -n "$state/lock" true
}

# Gives the keeper an order and waits for its answer or its death: ask ORDER SECONDS; sets code and words. A read that
# runs out of time may have half of a line.
ask()
{
    local pipe=$state/answer.$$ end=$((SECONDS + $2)) answer part='' line=''
    mkfifo "$pipe" && exec {answer}<>"$pipe" || return
    echo "$1 $pipe" 1<>"$state/orders"
    while ! IFS= read -r -t 1 -u "$answer" part; do
        line+=$part
        keeper_lives || { line='69 the process that holds the service has died' part='' && break; }
        [ "$SECONDS" -lt "$end" ] || { line="70 no answer within $2 s" part='' && break; }
    done
    line+=$part
    code=${line%% *} words=${line#* }
    exec {answer}>&-
    rm -f "$pipe"
}

# Takes back what was written down. What it starts must not inherit the lock.
undo()
{
    [ -e "$state/undo" ] || return 0
    bash "$state/undo" {lock}>&- {orders}>&- >&2 && rm -f "$state/undo"
}

# Opened for reading too, so that it does not wait for a script that has gone away.
answer()
{
    [ ! -p "$pipe" ] || echo "$*" 1<>"$pipe"
}

let_go()
{
    local verdict='0 let go'
    verify || verdict="$code $words"
    release
    undo || verdict='70 what was changed could not be put back'
    say "$verdict"
    answer "$verdict"
    exit 0
}

# Lets go for a reason that the thaw script will have to tell.
lose()
{
    trap '' TERM INT HUP
    say "let go before the thaw: $1"
    echo "$1" >"$state/lost"
    release
    undo
    exit 76
}

keep()
{
    local order pipe
    trap '' PIPE
    trap 'lose "it was ended by a signal"' TERM INT HUP
    # shellcheck disable=SC2034 # for hold
    deadline=$((SECONDS + patience))
    echo $$ >"$state/pid"
    : >"$state/undo"
    read -r -t 10 -u "$orders" order pipe || exit 70
    code=75 words='it did not stand still'
    if ! hold; then
        release
        undo
        answer "$code $words"
        exit "$code"
    fi
    say "it stands still since $(date '+%F %T.%N %z')"
    answer '0 held'
    while read -r -t "$hold_limit" -u "$orders" order pipe; do
        case $order in
        hold) answer '0 held already; its time begins anew' ;;
        thaw) let_go ;;
        esac
    done
    lose "no thaw came within $hold_limit s"
}

start_keeper()
{
    exec {lock}>"$state/lock" {orders}<>"$state/orders"
    if flock -n "$lock"; then
        undo || fail 70 'what an earlier freeze changed could not be put back'
        rm -f "$state/lost" "$state"/answer.*
        setsid "$BASH" "$0" keep "$lock" "$orders" </dev/null >"$state/log" 2>&1 &
    fi
    exec {lock}>&-
}

[ "$(id -u)" = 0 ] || fail 77 'only root may run this'
require_commands flock setsid
settings=/etc/cbk/$service.conf
require_private "$settings"
# shellcheck disable=SC1090 # it may say anything
[ ! -e "$settings" ] || . "$settings"
prepare
# The keeper is this script once more, with the lock and the orders handed down.
if [ "${1:-}" = keep ]; then
    lock=$2 orders=$3
    keep
fi
mkdir -p "$state" && chmod 0700 "$state" || exit 78
[ -p "$state/orders" ] || mkfifo "$state/orders" || exit 78
start_keeper
ask hold $((patience + 30))
[ "$code" -eq 0 ] || fail "$code" "$words"
say "$words"
# <<< keeper
