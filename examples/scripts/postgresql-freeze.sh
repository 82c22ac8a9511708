#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes PostgreSQL stand still, without stopping it, until
# postgresql-thaw.sh.
#
# What it makes true: a copy of the disks taken meanwhile replays no change of any data when it starts. All open
# transactions have ended, every page is written. So:
#   1. a first checkpoint and one sync of the file system, without any lock;
#   2. all tables of all databases are locked in EXCLUSIVE mode by sessions that live until the thaw: readers go on,
#      writers wait, and so do CREATE TABLE and the statistics that autovacuum gathers by itself. The attempt gives up
#      sooner than writers could be told of a deadlock, and is made again;
#   3. a last checkpoint, and a look that nothing but its own records is in the log behind it.
# A copy of a running server always says that it was not shut down. With wal_level=minimal it then says that redo is not
# required; with replica or logical it replays the records of the checkpoint itself, some 100 bytes. It also empties
# UNLOGGED tables, as after any crash. Where neither will do, stop the server: postgresql-cold-freeze.sh.
#
# The thaw script fails if a transaction has changed something meanwhile (no lock keeps a sequence from going on).
# Standby servers cannot be locked; use the cold script there. Run with PostgreSQL 15.
#
# The account: user postgres through the socket, or the service [cbk] of the service file, which only root may read. It
# must be a superuser, to lock everything and for CHECKPOINT.
#
# Exit codes: 0 stands still; 69 no server, or it refused; 75 did not stand still in time, and goes on; 77 not root, or
# a file with credentials is open to others; 78 a command is missing. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=postgresql
service_file=/etc/cbk/postgresql.service # [cbk] host=... user=... password=...
patience=60                              # seconds that standing still may take to reach
hold_limit=120                           # seconds that it lasts at most; more than the freeze's time limit
lock_wait=900                            # milliseconds that one attempt may stall writers; below deadlock_timeout
rest_wait=10                             # seconds that they may wait for the last checkpoint
state=/run/cbk-freeze/$service
session_mark='\echo cbk-mark'

client=()

prepare()
{
    require_commands psql
    if [ -e "$service_file" ]; then
        require_private "$service_file"
        export PGSERVICEFILE=$service_file PGSERVICE=cbk
        client=(psql)
    else
        client=(runuser -u postgres -- psql)
    fi
    client+=(--no-psqlrc --no-password --no-align --tuples-only --quiet --set=ON_ERROR_STOP=1)
    export PGCONNECT_TIMEOUT=5 PGAPPNAME=cbk-freeze
    cd / # the user postgres may not be allowed where we are
}

# connect NAME DATABASE
connect()
{
    session_open "$1" "${client[@]}" "dbname='${2//\'/\\\'}'"
    session_ask "$1" 10 'SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;' ||
        give_up 69 "cannot connect to database '$2': ${said##*$'\n'}"
}

# The first session asks and orders checkpoints; it holds no lock.
query()
{
    session_ask first "${2:-10}" "$1" || give_up 69 "the server refused: ${said##*$'\n'}"
}

pre_flush()
{
    local data
    query 'CHECKPOINT;' "$patience" && query 'SHOW data_directory;' || return
    data=$said
    sync -f "$data" 2>/dev/null || sync
}

# One attempt in one database. It takes no transaction number, so it leaves no trace in the log. Of the catalogs those
# two, last, which tables cannot be made without, nor statistics kept.
lock_database()
{
    connect "$1" "$2" && session_ask "$1" 10 "BEGIN; SET LOCAL statement_timeout = $lock_wait; SET LOCAL deadlock_timeout = 100;
        SELECT 'LOCK TABLE ' || string_agg('ONLY ' || oid::regclass, ', ') || ' IN EXCLUSIVE MODE' FROM pg_class
        WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND oid >= 16384 \\gexec
        LOCK TABLE ONLY pg_catalog.pg_class, ONLY pg_catalog.pg_statistic IN EXCLUSIVE MODE;"
}

lock_databases()
{
    local database number=0 databases
    query 'SELECT datname FROM pg_database WHERE datallowconn ORDER BY oid;' || return
    mapfile -t databases <<<"$said"
    for database in "${databases[@]}"; do
        number=$((number + 1))
        lock_database "lock-$number" "$database" || return
    done
}

# Stands still: the last checkpoint is the end of the log but for its own records, and no transaction that writes is open.
at_rest()
{
    query "SELECT txid_snapshot_xmax(s), xmin_is_xmax, pg_current_wal_insert_lsn() - redo_lsn
        FROM pg_control_checkpoint(), (SELECT s, txid_snapshot_xmin(s) = txid_snapshot_xmax(s) AS xmin_is_xmax
        FROM txid_current_snapshot() AS s) AS t;" || return
    IFS='|' read -r transaction none_open log_bytes <<<"$said"
    [ "$none_open" = t ] && [ "$log_bytes" -le 512 ]
}

hold_once()
{
    lock_databases && query 'CHECKPOINT;' "$rest_wait" && at_rest
}

hold()
{
    connect first postgres && query 'SELECT pg_is_in_recovery();' || return
    [ "$said" = f ] || give_up 78 'this is a standby server, which cannot be locked' || return
    pre_flush || return
    until hold_once; do
        session_close
        [ "$SECONDS" -lt "$deadline" ] || give_up 75 "it did not come to rest within $patience s: ${said##*$'\n'}" || return
        sleep 0.$((RANDOM % 9 + 1))
        connect first postgres || return
    done
    held_at=$transaction
}

# Every session must still be there, or its locks are not.
verify()
{
    local name
    for name in "${!session_pid[@]}"; do
        session_ask "$name" 10 '' || give_up 76 'a session that held locks was lost' || return
    done
    at_rest
    [ "$transaction" = "$held_at" ] || give_up 76 'a transaction has changed something while it was held'
}

release()
{
    session_close
}

# >>> session: the same in every freeze script that keeps clients running
#
# A client that runs in the background, reads statements from a pipe and ends when the keeper does: the locks that it
# has taken go with it. Several at once have names.

declare -A session_in session_out session_pid

# session_open NAME COMMAND...
session_open()
{
    local name=$1 in=$state/$1.in out=$state/$1.out to from
    shift
    rm -f "$in" "$out"
    mkfifo "$in" "$out" || return
    "$@" <"$in" >"$out" 2>&1 {lock}>&- {orders}>&- &
    session_pid[$name]=$!
    exec {to}>"$in" {from}<"$out"
    rm -f "$in" "$out"
    session_in[$name]=$to session_out[$name]=$from
}

# Sends statements and reads what is said, at most so many seconds: session_ask NAME SECONDS STATEMENTS. Lines are in
# said. Fails when the client has ended, which is what clients do on an error: its words are said, too.
session_ask()
{
    local to=${session_in[$1]:-} from=${session_out[$1]:-} end=$((SECONDS + $2 + 1)) line
    said=
    [ -n "$to" ] && printf "%s\n%s\n" "$3" "$session_mark" >&"$to" || return
    while [ "$SECONDS" -lt "$end" ] && read -r -t "$((end - SECONDS))" -u "$from" line; do
        [ "$line" != cbk-mark ] || return 0
        said+=${said:+$'\n'}$line
    done
    return 1
}

# Ends all clients, and waits until they have gone, which is when their locks have.
session_close()
{
    local name fd
    for name in "${!session_pid[@]}"; do
        for fd in "${session_in[$name]}" "${session_out[$name]}"; do
            exec {fd}>&-
        done
        kill "${session_pid[$name]}" 2>/dev/null
        wait "${session_pid[$name]}" 2>/dev/null
    done
    session_in=() session_out=() session_pid=()
}
# <<< session

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
