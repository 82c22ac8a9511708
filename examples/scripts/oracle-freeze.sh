#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes an Oracle database stand still until oracle-thaw.sh.
#
# What it makes true: everything changed so far is in the data files (a checkpoint), and the database neither reads nor
# writes them (ALTER SYSTEM SUSPEND). With quiesce=yes transactions have ended, too. A copy of an open database always
# goes through instance recovery when it starts; after a checkpoint there is next to nothing for it to apply, and with
# quiesce nothing to roll back. Where even that is too much, stop the instance instead (SHUTDOWN IMMEDIATE, STARTUP).
#
# *Not run*: Oracle cannot be installed freely, so this was written from its documentation. Try it where losing a minute is
# no harm. All files of the database must be on disks that are copied together; for ASM file systems' freezing does
# nothing, SUSPEND all. While it is suspended, logging on may hang: the thaw goes through the session that suspended it.
#
# The account: operating system authentication as sysdba, no password.
#
# Exit codes: 0 stands still; 69 no instance, or it refused; 75 did not stand still in time, and goes on; 77 not root, or
# a file with settings is open to others; 78 a command is missing. Needs bash 4.2.
# shellcheck disable=SC2016 # v$instance is a name of Oracle's
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=oracle
oracle_user=oracle
oracle_home=/u01/app/oracle/product/19.0.0/dbhome_1
oracle_sid=ORCL
quiesce=no     # yes needs the Resource Manager to have been on since the instance was started
patience=60    # seconds that standing still may take to reach
hold_limit=120 # seconds that it lasts at most; more than the freeze's time limit
state=/run/cbk-freeze/$service
session_mark='PROMPT cbk-mark'

client=()

prepare()
{
    client=(runuser -u "$oracle_user" -- env "ORACLE_HOME=$oracle_home" "ORACLE_SID=$oracle_sid"
        "$oracle_home/bin/sqlplus" -S -L / as sysdba)
    require_commands "$oracle_home/bin/sqlplus" runuser
    cd / # the user oracle may not be allowed where we are
}

query()
{
    session_ask db "${2:-30}" "$1" || give_up 69 "the instance refused: ${said##*$'\n'}"
}

connect()
{
    session_open db "${client[@]}"
    query 'WHENEVER SQLERROR EXIT FAILURE
SET PAGESIZE 0 FEEDBACK OFF HEADING OFF
SELECT status FROM v$instance;'
}

write_undo()
{
    local statements='ALTER SYSTEM RESUME;'
    [ "$quiesce" = no ] || statements+=$'\nALTER SYSTEM UNQUIESCE;'
    printf '%s <<<%q\n' "$(printf '%q ' "${client[@]}")" "$statements" >"$state/undo"
}

status_is()
{
    query 'SELECT database_status FROM v$instance;' && [ "${said//[[:space:]]/}" = "$1" ]
}

hold()
{
    connect && query 'ALTER SYSTEM CHECKPOINT;' "$patience" && write_undo || return
    if [ "$quiesce" = yes ]; then
        query 'ALTER SYSTEM QUIESCE RESTRICTED;' "$patience" || give_up 75 "transactions went on for $patience s" || return
    fi
    query 'ALTER SYSTEM CHECKPOINT;' "$patience" && query 'ALTER SYSTEM SUSPEND;' || return
    status_is SUSPENDED || give_up 69 'it is not suspended'
}

verify()
{
    status_is SUSPENDED || give_up 76 'it was not suspended any more'
}

# Through this session, since others may hang; the undo makes sure.
release()
{
    session_ask db 30 'ALTER SYSTEM RESUME;'
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
