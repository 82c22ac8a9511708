#!/bin/sh
# Runs as root just after the file systems have thawed: lets MySQL or MariaDB go on.
set -eu

state=/run/cbk-mysql-freeze

if [ -s "$state/pid" ]; then
    pid=$(cat "$state/pid")
    pkill -TERM -P "$pid" 2>/dev/null || true
    kill "$pid" 2>/dev/null || true
fi
rm -rf "$state"
