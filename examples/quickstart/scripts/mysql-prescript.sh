#!/bin/sh
# Runs as root just before the file systems freeze: asks MySQL or MariaDB to hold still.
#
# A lock lives as long as the session that took it, so a client is left running in the background until the
# post-thaw script ends it. A watchdog ends it, too: a thaw that never comes must not stop the database for good.
#
# For a database to start from the copy without any recovery more is needed than a lock: see docs/scripts.md.
set -eu

state=/run/cbk-mysql-freeze
limit=${CBK_FREEZE_LIMIT:-120} # seconds that the lock is held at most

mkdir -p "$state"
chmod 0700 "$state"
if [ -s "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2>/dev/null; then
    echo "already frozen" >&2
    exit 0
fi
rm -f "$state/locked"

# Credentials come from root's own option file (~/.my.cnf, mode 0600), never from the command line.
(
    printf 'SET SESSION lock_wait_timeout=10;\nFLUSH TABLES WITH READ LOCK;\n\\! touch %s/locked\nSELECT SLEEP(%s);\n' \
        "$state" "$limit" | exec mysql --batch --unbuffered >/dev/null 2>"$state/error"
) &
echo $! >"$state/pid"

waited=0
while [ ! -e "$state/locked" ]; do
    if ! kill -0 "$(cat "$state/pid")" 2>/dev/null || [ "$waited" -ge 150 ]; then
        cat "$state/error" >&2
        exit 1
    fi
    sleep 0.1
    waited=$((waited + 1))
done
