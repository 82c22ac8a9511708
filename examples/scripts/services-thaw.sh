#!/usr/bin/env bash
# Runs as root just after the file systems have thawed: lets all services go on that services-freeze.sh has stopped.
#
# It runs every NAME.thaw of /etc/cbk/freeze.d in the opposite order of the names, all of them, whatever becomes of one.
#
# Works twice, and without a freeze, if the scripts do. Exit codes: 0 all go on; 70 one says that somebody must look;
# otherwise that of the first that failed; 77 not root, or a script that others could change. Needs bash 4.2.
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

directory=/etc/cbk/freeze.d
limit=180 # seconds for each script

is_safe()
{
    [ "$(stat -Lc %u "$1")" = 0 ] && [ $((0$(stat -Lc %a "$1") & 022)) -eq 0 ]
}

[ "$(id -u)" = 0 ] || { echo 'services-thaw: only root may run this' >&2 && exit 77; }
shopt -s nullglob
scripts=("$directory"/*.thaw)
verdict=0
for ((index = ${#scripts[@]} - 1; index >= 0; index--)); do
    script=${scripts[index]}
    if is_safe "$script"; then
        timeout --kill-after=10 "$limit" "$script"
        code=$?
    else
        code=77
    fi
    [ "$code" -ne 0 ] || continue
    printf "services-thaw: '%s' has failed (%s)\n" "$script" "$code" >&2
    if [ "$verdict" -eq 0 ] || [ "$code" -eq 70 ]; then verdict=$code; fi
done
exit "$verdict"
