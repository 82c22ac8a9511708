#!/usr/bin/env bash
# Runs as root just before the file systems freeze: makes several services stand still, one after the other.
#
# It runs every NAME.freeze of /etc/cbk/freeze.d in the order of the names; services-thaw.sh runs every NAME.thaw in the
# opposite order. So put there, owned by root and mode 0700, what stands beside this file:
#   10-shop.freeze   10-shop.thaw      an application of your own: stop taking orders
#   20-mysql.freeze  20-mysql.thaw     mysql-freeze.sh, mysql-thaw.sh
#   30-redis.freeze  30-redis.thaw     redis-freeze.sh, redis-thaw.sh
# When one fails or takes too long, it and those before it are thawed, and its exit code is this script's. Nothing is
# held by this script itself: each service has a watchdog of its own.
#
# Exit codes: 0 all stand still; 77 not root, or a script that others could change; 78 nothing to run, or a freeze
# without its thaw; 124 one took too long; otherwise the code of the one that failed. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

directory=/etc/cbk/freeze.d
limit=180 # seconds for each script

fail()
{
    printf 'services-freeze: %s\n' "$2" >&2
    exit "$1"
}

# Root owns the script and nobody else can change it.
is_safe()
{
    [ "$(stat -Lc %u "$1")" = 0 ] && [ $((0$(stat -Lc %a "$1") & 022)) -eq 0 ]
}

require_safe()
{
    [ -x "$1" ] || fail 78 "'$1' is not there, or not executable"
    is_safe "$1" || fail 77 "'$1' must belong to root and be closed to others (chmod 0700)"
}

# The last that was begun first.
thaw_all()
{
    local index
    for ((index = ${#begun[@]} - 1; index >= 0; index--)); do
        timeout --kill-after=10 "$limit" "${begun[index]%.freeze}.thaw" || true
    done
}

[ "$(id -u)" = 0 ] || fail 77 'only root may run this'
shopt -s nullglob
freezes=("$directory"/*.freeze)
[ ${#freezes[@]} -gt 0 ] || fail 78 "there is no script in '$directory'"
for script in "${freezes[@]}"; do
    require_safe "$script"
    require_safe "${script%.freeze}.thaw"
done

begun=()
trap 'thaw_all; exit 75' TERM INT HUP
for script in "${freezes[@]}"; do
    begun+=("$script")
    timeout --kill-after=10 "$limit" "$script"
    code=$?
    if [ "$code" -ne 0 ]; then
        thaw_all
        fail "$code" "'$script' has failed ($code); what stood still goes on"
    fi
done
