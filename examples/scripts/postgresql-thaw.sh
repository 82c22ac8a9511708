#!/usr/bin/env bash
# Runs as root just after the file systems have thawed: lets PostgreSQL go on, which postgresql-freeze.sh has stopped.
#
# Works twice, and without a freeze. Exit codes: 0 it goes on; 70 something could not be put back, somebody must look;
# 76 it goes on, but had done so before the thaw, or was written to meanwhile: do not trust the copy; 77 not root.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

service=postgresql
state=/run/cbk-freeze/$service

# >>> thaw: the same in every thaw script
#
# Speaks to the process that the freeze script has left running (the keeper): orders go through a pipe, with the pipe
# that takes the answer, "CODE WORDS". If it has died, what it had written down for that case is done here.

finish()
{
    printf '%s-thaw: %s\n' "$service" "$2" >&2
    exit "$1"
}

keeper_lives()
{
    ! flock -n "$state/lock" true
}

# A read that runs out of time may have half of a line.
ask_keeper()
{
    local pipe=$state/answer.$$ end=$((SECONDS + 60)) answer part='' line=''
    mkfifo "$pipe" && exec {answer}<>"$pipe" || return
    echo "thaw $pipe" 1<>"$state/orders"
    while ! IFS= read -r -t 1 -u "$answer" part; do
        line+=$part
        [ "$SECONDS" -lt "$end" ] || finish 70 'the process that holds it does not answer'
        keeper_lives || break
    done
    line+=$part
    rm -f "$pipe"
    [ -z "$line" ] || finish "${line%% *}" "${line#* }"
}

[ "$(id -u)" = 0 ] || finish 77 'only root may run this'
[ -e "$state/lock" ] || finish 0 'nothing is held'
if keeper_lives; then
    ask_keeper
fi
if [ -e "$state/undo" ]; then
    bash "$state/undo" >&2 || finish 70 'what the freeze changed could not be put back'
    rm -f "$state/undo" "$state/lost"
    finish 76 'the process that held it was killed before the thaw'
fi
if [ -e "$state/lost" ]; then
    reason=$(cat "$state/lost")
    rm -f "$state/lost"
    finish 76 "it was let go before the thaw: $reason"
fi
finish 0 'nothing is held'
# <<< thaw
