# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names of machine.bash, and for the caller
# A MariaDB of our own: data, socket and log where we say, no port, no configuration but ours. Needs machine.bash.

# Statements from the input: mariadb_sql SOCKET
mariadb_sql()
{
    mariadb --no-defaults --socket="$1" --user=root --batch --skip-column-names --unbuffered ${2:+"$2"}
}

# mariadb_make DATA: an empty server
mariadb_make()
{
    install -d -o "$machine_user" -m 0700 "$1"
    "${as_server[@]}" mariadb-install-db --no-defaults --datadir="$1" --auth-root-authentication-method=normal \
        --skip-test-db >/dev/null 2>&1
}

# mariadb_start DATA SOCKET LOG: returns when it answers; its process is in started
mariadb_start()
{
    local socket=$2
    install -m 0644 -o "$machine_user" /dev/null "$3"
    # A small log and a small pool, so that a little load keeps pages moving.
    "${as_server[@]}" mariadbd --no-defaults --datadir="$1" --tmpdir=/tmp --socket="$socket" --pid-file="$socket.pid" --log-error="$3" \
        --skip-networking --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=1 \
        "${mariadb_options[@]}" </dev/null >/dev/null 2>&1 3>&- &
    started=$!
    until mariadb_sql "$socket" <<<'SELECT 1;' >/dev/null 2>&1; do
        kill -0 "$started" 2>/dev/null || return 1
        sleep 0.01
    done
}
mariadb_options=()

# What the database itself says about its start: clean, or recovery; 'unknown' when it did not come so far.
mariadb_verdict()
{
    if grep -qiE 'crash recovery|starting recovery|apply batch|rolled back|was not shut ?down' "$1"; then
        echo recovery
    elif grep -q 'ready for connections' "$1"; then
        echo clean
    else
        echo unknown
    fi
}
