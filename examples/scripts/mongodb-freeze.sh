#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes MongoDB stand still until mongodb-thaw.sh.
#
# What it makes true: a copy of the disks taken meanwhile starts from a checkpoint that has everything: fsyncLock writes
# one and lets no write through until fsyncUnlock. Readers go on at first; those behind a waiting writer may wait too.
# On a replica set run it on a secondary.
#
# *Not run*: MongoDB is not among Debian's packages, so this was written from its documentation. Try it where losing a
# minute is no harm. It needs mongosh. The lock is kept by a mongosh that lives until the thaw, as the documentation
# asks for, and which unlocks by itself after hold_limit.
#
# The address: uri in /etc/cbk/mongodb.conf, which only root may read:
#   uri='mongodb://cbk:PASSWORD@127.0.0.1:27017/admin'        # a user with the roles hostManager and clusterMonitor
#
# Exit codes: 0 stands still; 69 no server, or it refused; 75 did not stand still in time, and goes on; 77 not root, or
# a file with credentials is open to others; 78 a command is missing. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=mongodb
uri=mongodb://127.0.0.1:27017/admin
patience=60    # seconds that standing still may take to reach
hold_limit=120 # seconds that it lasts at most; more than the freeze's time limit
state=/run/cbk-freeze/$service

holder= # the process that has the lock

prepare()
{
    require_commands mongosh
}

# The address goes by the environment, which only root can read, not by the command line, which everybody can.
mongo()
{
    CBK_URI=$uri CBK_STATE=$state CBK_LIMIT=$hold_limit HOME=$state \
        mongosh --quiet --norc --nodb --file "$1" {lock}>&- {orders}>&-
}

write_scripts()
{
    cat >"$state/hold.js" <<'JS'
const fs = require('fs');
const state = process.env.CBK_STATE, end = Date.now() + process.env.CBK_LIMIT * 1000;
const admin = connect(process.env.CBK_URI).getSiblingDB('admin');
if (admin.fsyncLock().ok !== 1) quit(1);
fs.writeFileSync(state + '/locked', '');
while (fs.existsSync(state + '/locked') && Date.now() < end) sleep(50);
const still = admin.currentOp(true).fsyncLock === true;
admin.fsyncUnlock();
quit(still && Date.now() < end ? 0 : 76);
JS
    cat >"$state/unlock.js" <<'JS'
const admin = connect(process.env.CBK_URI).getSiblingDB('admin');
while (admin.currentOp(true).fsyncLock === true) admin.fsyncUnlock();
JS
}

write_undo()
{
    printf 'export CBK_URI=%q HOME=%q\nmongosh --quiet --norc --nodb --file %q\n' "$uri" "$state" "$state/unlock.js" \
        >"$state/undo"
}

hold()
{
    write_scripts && rm -f "$state/locked" && write_undo || return
    mongo "$state/hold.js" >&2 &
    holder=$!
    until [ -e "$state/locked" ]; do
        kill -0 "$holder" 2>/dev/null || give_up 69 'the server cannot be reached, or has refused' || return
        [ "$SECONDS" -lt "$deadline" ] || give_up 75 "it was not locked within $patience s" || return
        sleep 0.05
    done
}

# It says at its end whether the lock was there until then.
verify()
{
    rm -f "$state/locked"
    wait "$holder" || give_up 76 'the lock was lost before the thaw'
    holder=
}

# Whatever is left of it; the undo unlocks.
release()
{
    rm -f "$state/locked"
    [ -z "$holder" ] || kill "$holder" 2>/dev/null
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
