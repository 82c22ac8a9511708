# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names of machine.bash, and for the caller
# A PostgreSQL of our own: data, socket and log where we say, no port. Needs machine.bash.

postgresql_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)

# Statements from the input: postgresql_sql SOCKETS
postgresql_sql()
{
    psql --no-psqlrc --host="$1" --username=postgres --dbname="${2:-postgres}" --no-align --tuples-only --quiet \
        --set=ON_ERROR_STOP=1
}

# postgresql_make DATA [LINE OF CONFIGURATION]...
postgresql_make()
{
    local data=$1
    shift
    install -d -o "$machine_user" -m 0700 "$data"
    "${as_server[@]}" "$postgresql_bin/initdb" --pgdata="$data" --username=postgres --auth=trust --no-instructions >/dev/null &&
        printf '%s\n' "listen_addresses = ''" 'shared_buffers = 64MB' 'logging_collector = off' 'lc_messages = C' "$@" \
            >>"$data/postgresql.conf"
}

# postgresql_start DATA SOCKETS LOG: returns when it answers; its process is in started
postgresql_start()
{
    install -m 0644 -o "$machine_user" /dev/null "$3"
    "${as_server[@]}" "$postgresql_bin/pg_ctl" --pgdata="$1" --log="$3" --wait --silent --options="-k $2" start \
        </dev/null >/dev/null 2>&1 3>&- || return
    started=$(head -1 "$1/postmaster.pid")
}

# What the database itself says about its start: postgresql_verdict LOG DATA
#   clean        it was shut down in order
#   nothing      it was not, and found nothing to replay
#   bookkeeping  it was not, and replayed the records of a checkpoint: a page of log at most, no change of any data
#   recovery     it replayed changes
postgresql_verdict()
{
    if grep -q 'database system was shut down at' "$1"; then
        echo clean
    elif grep -q 'redo is not required' "$1"; then
        echo nothing
    elif grep -q 'redo done at' "$1"; then
        postgresql_replayed "$@"
    else
        echo unknown
    fi
}

# What was replayed, record by record, from the log that is still there.
postgresql_replayed()
{
    local data=$2 from to
    from=$(sed -n 's/.*redo starts at \([0-9A-F/]*\).*/\1/p' "$1")
    to=$(sed -n 's/.*redo done at \([0-9A-F/]*\).*/\1/p' "$1")
    if "$postgresql_bin/pg_waldump" --path="$data/pg_wal" --start="$from" --end="${to%/*}/$(printf %X $((0x${to#*/} + 1)))" 2>&1 |
        grep -qvE 'rmgr: (Standby .* RUNNING_XACTS|XLOG .* CHECKPOINT_(ONLINE|REDO))'; then
        echo recovery
    else
        echo bookkeeping
    fi
}
