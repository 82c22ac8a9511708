#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes MySQL or MariaDB stand still until mysql-thaw.sh.
#
# What it makes true: a copy of the disks taken meanwhile starts without InnoDB's crash recovery and without a rollback.
# A lock alone does not do that. So:
#   1. pre-flush, without any lock: nearly all dirty pages are written, then the file system is synced once;
#   2. FLUSH TABLES of every table WITH READ LOCK, which waits for open transactions (FLUSH TABLES WITH READ LOCK does
#      not), with a short time limit, again and again: writers never queue behind it for long;
#   3. a checkpoint, and a look that the log's position stands still.
# Readers go on, writers wait. The thaw script fails if the log has moved meanwhile: somebody has written all the same
# (a table that was created just then is not locked).
#
# Run with MariaDB 10.11. MySQL was not at hand: it cannot be told to write a checkpoint, but by its documentation does so
# each second, which is waited for. A MariaDB without innodb_log_checkpoint_now does not, and ends with 75. Tables that are
# not InnoDB are closed by step 2. With a binary log the copy's server still scans the last file of it when it starts.
#
# The account: root through its socket, or what the option file says (section [client]), which only root may read:
#   CREATE USER cbk@localhost IDENTIFIED ...; GRANT RELOAD, PROCESS, LOCK TABLES, SELECT, SUPER ON *.* TO cbk@localhost;
#
# Exit codes: 0 stands still; 69 no server, or it refused; 75 did not stand still in time, and goes on; 77 not root, or
# a file with credentials is open to others; 78 a command is missing. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=mysql
option_file=/etc/cbk/mysql.cnf # for the client; default: root's own
patience=60                    # seconds that standing still may take to reach
hold_limit=120                 # seconds that it lasts at most; more than the freeze's time limit
lock_wait=2                    # seconds that one attempt at the lock may stall writers
rest_wait=10                   # seconds that they may wait for the last checkpoint
flush_wait=15                  # seconds that the pre-flush may take
io_capacity=20000              # innodb_io_capacity meanwhile
state=/run/cbk-freeze/$service
session_mark="SELECT 'cbk-mark';"

client=()

prepare()
{
    local name options=()
    for name in mariadb mysql ''; do
        ! command -v "$name" >/dev/null || break
    done
    [ -n "$name" ] || fail 78 'there is no client, neither mariadb nor mysql'
    if [ -e "$option_file" ]; then
        require_private "$option_file"
        options=("--defaults-file=$option_file")
    else
        require_private "${HOME:=/root}/.my.cnf"
    fi
    client=("$name" "${options[@]}" --no-auto-rehash --batch --raw --skip-column-names --unbuffered --connect-timeout=5)
}

# The one session that matters; locks are its own.
connect()
{
    session_open db "${client[@]}"
    session_ask db 10 "SET SESSION lock_wait_timeout=$lock_wait, wait_timeout=$((hold_limit + 600)), sql_mode='';
        SELECT CONNECTION_ID();" || give_up 69 "cannot connect: ${said##*$'\n'}"
}

query()
{
    session_ask db 10 "$1;" || give_up 69 "the server refused: ${said##*$'\n'}"
}

# Settings that the pre-flush changes, written down first, with the means to put them back.
write_undo()
{
    query 'SELECT CONCAT("SET GLOBAL innodb_io_capacity_max=", GREATEST(@@innodb_io_capacity_max, '"$io_capacity"'),
        ", innodb_io_capacity=", @@innodb_io_capacity, ", innodb_io_capacity_max=", @@innodb_io_capacity_max,
        ", innodb_max_dirty_pages_pct=", @@innodb_max_dirty_pages_pct,
        ", innodb_max_dirty_pages_pct_lwm=", @@innodb_max_dirty_pages_pct_lwm)' || return
    printf '%q ' "${client[@]}" -e "$said" >"$state/undo.new" && mv "$state/undo.new" "$state/undo"
}

dirty_pages()
{
    query "SHOW GLOBAL STATUS WHERE Variable_name = 'Innodb_buffer_pool_pages_dirty'" || return
    dirty=${said##*$'\t'}
}

# Until few pages are dirty, or for a second no fewer than before: writers dirty them anew. It only makes the time under
# the lock short, so it may end early.
pre_flush()
{
    local end=$((SECONDS + flush_wait)) least=999999999 looks=0 datadir
    query "SET GLOBAL innodb_io_capacity_max=GREATEST(@@innodb_io_capacity_max, $io_capacity),
        innodb_io_capacity=GREATEST(@@innodb_io_capacity, $io_capacity), innodb_max_dirty_pages_pct=0" || return
    while dirty_pages && [ "$dirty" -gt 200 ] && [ "$looks" -lt 20 ] && [ "$SECONDS" -lt "$end" ]; do
        looks=$((looks + 1))
        if [ "$dirty" -lt "$least" ]; then least=$dirty looks=0; fi
        sleep 0.05
    done
    query 'SELECT @@datadir' || return
    datadir=$said
    sync -f "$datadir" 2>/dev/null || sync
}

# All tables that can be locked: not the logs of queries, which are CSV, nor the statistics, and with MySQL not the
# server's own.
list_tables()
{
    query "SELECT CONCAT('\`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`', REPLACE(table_name, '\`', '\`\`'), '\`')
        FROM information_schema.tables
        WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE') AND engine IN ('InnoDB', 'Aria', 'MyISAM')
        AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys')
        AND (table_schema <> 'mysql' OR VERSION() LIKE '%MariaDB%' AND table_name NOT LIKE 'innodb%stats') ORDER BY 1" || return
    tables=${said//$'\n'/, }
}

# One attempt. Tables may come and go before the lock is there, so they are listed again under it.
lock_once()
{
    local locked
    list_tables || return
    [ -n "$tables" ] || return 0
    locked=$tables
    session_ask db "$((lock_wait * 2 + 10))" "FLUSH LOCAL TABLES $tables WITH READ LOCK;" || return
    list_tables && [ "$tables" = "$locked" ]
}

# InnoDB's own thread writes statistics about tables past all locks on tables, but not past one on the rows, which takes
# a session of its own. Before MariaDB 10.6 that thread would keep the dictionary locked while it waits: then it may write.
lock_statistics()
{
    query 'SELECT VERSION()' || return
    [[ $said =~ ^([0-9]+)\.([0-9]+).*MariaDB ]] && [ $((BASH_REMATCH[1] * 100 + BASH_REMATCH[2])) -ge 1006 ] || return 0
    session_open statistics "${client[@]}"
    session_ask statistics 10 "SET SESSION innodb_lock_wait_timeout=5, wait_timeout=$((hold_limit + 600)), autocommit=0,
        tx_isolation='REPEATABLE-READ'; SELECT COUNT(n_rows) FROM mysql.innodb_table_stats LOCK IN SHARE MODE;
        SELECT COUNT(stat_value) FROM mysql.innodb_index_stats LOCK IN SHARE MODE;" ||
        give_up 69 "the server refused: ${said##*$'\n'}"
}

lock_tables()
{
    until lock_once; do
        session_close
        [ "$SECONDS" -lt "$deadline" ] || give_up 75 "tables stayed in use for $patience s: ${said##*$'\n'}" || return
        sleep 0.$((RANDOM % 9 + 1))
        connect || return
    done
}

# Where the log stands, and where the last checkpoint.
log_position()
{
    query 'SHOW ENGINE INNODB STATUS' || return
    read -r position checkpoint dirty < <(awk '/^Log sequence number/ { p = $NF } /^Last checkpoint at/ { c = $NF }
        /^Modified db pages/ { d += $NF } END { print p + 0 ? p : "none", c, d }' <<<"$said")
    [ "$position" != none ] || give_up 69 'InnoDB does not tell where its log stands'
}

# A checkpoint's own record is all that may follow it.
checkpoint_now()
{
    local before='' end=$((SECONDS + rest_wait))
    query "SHOW GLOBAL VARIABLES LIKE 'innodb_log_checkpoint_now'" || return
    [ -z "$said" ] || query 'SET GLOBAL innodb_log_checkpoint_now=ON' || return
    log_position || return
    until [ "$position" = "$before" ] && [ "$dirty" -eq 0 ] && [ $((position - checkpoint)) -le 64 ]; do
        [ "$SECONDS" -lt "$end" ] || give_up 75 "InnoDB did not come to rest within $rest_wait s" || return
        before=$position
        sleep 0.01
        log_position || return
    done
}

hold()
{
    connect && write_undo && pre_flush && lock_tables && lock_statistics && checkpoint_now && held_at=$position
}

verify()
{
    log_position || give_up 76 'the session that held the lock was lost' || return
    [ "$position" = "$held_at" ] || give_up 76 "InnoDB wrote $((position - held_at)) bytes of log while it was held"
}

release()
{
    session_ask db 5 'UNLOCK TABLES;'
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
