#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes Redis stand still until redis-thaw.sh.
#
# What it makes true: a copy of the disks taken meanwhile has every write that was acknowledged, whole, and nothing is cut
# off from the append-only file when it is loaded. So writers are paused (CLIENT PAUSE WRITE; readers go on), and
#   with an append-only file  what is in its buffer is written; beforehand it is rewritten, so that loading is short;
#   without one               a snapshot is saved meanwhile (BGSAVE): writers wait for as long as that takes.
# Redis ends the pause itself 10 s after hold_limit, should nobody be left to end it. Replicas are not paused: run it on each machine that is backed
# up.
#
# Run with Redis 7.0. Before 6.2 Redis cannot pause writers alone: then all clients wait.
#
# Where it is and its password: address and password in /etc/cbk/redis.conf, which only root may read. Not to be taken
# for Redis' own file of that name.
#
# Exit codes: 0 stands still; 69 no server, or it refused; 75 did not stand still in time, and goes on; 77 not root, or
# a file with credentials is open to others; 78 a command is missing. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=redis
address=(-h 127.0.0.1 -p 6379) # or (-s /run/redis/redis.sock)
password=
rewrite=yes    # rewrite the append-only file beforehand
patience=60    # seconds that standing still may take to reach
hold_limit=120 # seconds that it lasts at most; more than the freeze's time limit
state=/run/cbk-freeze/$service

client=()

prepare()
{
    require_commands redis-cli
    client=(redis-cli "${address[@]}")
    [ -z "$password" ] || export REDISCLI_AUTH=$password
}

# redis-cli tells of a refusal in its output alone.
redis()
{
    said=$(timeout 10 "${client[@]}" "$@" 2>&1 | tr -d '\r')
    case $said in
    *ERR\ * | NOAUTH* | NOPERM* | WRONGPASS* | Could\ not\ connect* | '') give_up 69 "the server refused: ${said:-no answer}" ;;
    esac
}

# A field of INFO.
field()
{
    redis INFO "$1" || return
    value=$(sed -n "s/^$2://p" <<<"$said")
}

# wait_for SECTION FIELD VALUE
wait_for()
{
    until field "$1" "$2" && [ "$value" = "$3" ]; do
        [ "$SECONDS" -lt "$deadline" ] || give_up 75 "$2 is '${value:-}' for too long" || return
        sleep 0.02
    done
}

# A child that saves or rewrites must be done before another is begun.
wait_for_child()
{
    wait_for persistence rdb_bgsave_in_progress 0 && wait_for persistence aof_rewrite_scheduled 0 &&
        wait_for persistence aof_rewrite_in_progress 0
}

rewrite_log()
{
    [ "$rewrite" = yes ] || return 0
    redis BGREWRITEAOF && wait_for_child && wait_for persistence aof_last_bgrewrite_status ok
}

pause()
{
    local milliseconds=$(((hold_limit + 10) * 1000)) # who holds it ends it: the server would not say that it did
    printf 'export REDISCLI_AUTH=%q\n%s >/dev/null\n' "$password" "$(printf '%q ' "${client[@]}" CLIENT UNPAUSE)" \
        >"$state/undo"
    redis CLIENT PAUSE "$milliseconds" WRITE || redis CLIENT PAUSE "$milliseconds"
}

save()
{
    redis BGSAVE && wait_for_child && wait_for persistence rdb_last_bgsave_status ok &&
        wait_for persistence rdb_changes_since_last_save 0
}

# What has to be the same at the thaw: the process, and how much it has written.
position()
{
    local mark
    field server run_id && mark=$value && field persistence aof_current_size && mark+=" $value" &&
        { [ "$aof" = 1 ] || field persistence rdb_changes_since_last_save; } && mark+=" $value" && at=$mark
}

hold()
{
    field persistence aof_enabled && aof=$value && wait_for_child || return
    if [ "$aof" = 1 ]; then
        rewrite_log && pause && wait_for persistence aof_buffer_length 0 && wait_for persistence aof_pending_bio_fsync 0
    else
        pause && save
    fi && position && held_at=$at
}

verify()
{
    position || give_up 76 'the server has gone away while it was held' || return
    [ "$at" = "$held_at" ] || give_up 76 "it was written to, or started anew, while it was held ('$held_at' was '$at')"
}

# The undo ends the pause.
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
