# shellcheck shell=bash
# The databases of the proof, each with the same words: NAME_make, NAME_start, NAME_stop, NAME_sql, NAME_verdict.

proof=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/proof/machine.bash
. "$proof/machine.bash"
# shellcheck source=tests/proof/mariadb.bash
. "$proof/mariadb.bash"
# shellcheck source=tests/proof/postgresql.bash
. "$proof/postgresql.bash"
# shellcheck source=tests/proof/redis.bash
. "$proof/redis.bash"

# Where a server is reached whose place is given: socket_in PLACE DATABASE
socket_in()
{
    [ "$2" = postgresql ] && echo "$1" || echo "$1/socket"
}

# The tables that the load works on, 10,000 rows of 4 KiB among them.
bank_schema()
{
    cat <<'SQL'
CREATE TABLE digits (d INT);
INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL, moves BIGINT NOT NULL);
CREATE TABLE ledger (writer INT, n BIGINT, PRIMARY KEY (writer, n));
CREATE TABLE ballast (id INT PRIMARY KEY, words TEXT);
INSERT INTO accounts SELECT 1 + a.d + 10 * b.d + 100 * c.d, 1000, 0 FROM digits a, digits b, digits c;
INSERT INTO ballast SELECT id + 1000 * d - 1, repeat('words ', 300) FROM accounts, digits WHERE id + 1000 * d > 1;
SQL
}

# bank_make DATABASE SOCKET
bank_make()
{
    "${1}_sql" "$2" "" <<<'CREATE DATABASE bank;' && bank_schema | "${1}_sql" "$2" bank
}

# What is wrong with a copy, given what was acknowledged before it was begun: nothing is said when nothing is.
# bank_audit DATABASE SOCKET DIR-OF-THE-LOAD SECONDS-OF-THE-EPOCH
bank_audit()
{
    local database=$1 socket=$2 dir=$3 before=$4 writer entries last acknowledged
    "${database}_sql" "$socket" bank <<'SQL' | grep -vx ok
SELECT CASE WHEN sum(balance) = 1000000 THEN 'ok' ELSE concat('the money is ', sum(balance)) END FROM accounts;
SELECT CASE WHEN sum(moves) = 2 * (SELECT count(*) FROM ledger) THEN 'ok' ELSE 'a transfer is half there' END FROM accounts;
SQL
    for writer in 1 2 3 4; do
        acknowledged=$(awk -v before="$before" '$2 < before && $1 > n { n = $1 } END { print n + 0 }' "$dir/$writer")
        IFS=$'|\t' read -r entries last < <("${database}_sql" "$socket" bank \
            <<<"SELECT count(*), coalesce(max(n), 0) FROM ledger WHERE writer = $writer;")
        [ "$entries" = "$last" ] || echo "writer $writer has $entries entries up to $last"
        [ "$last" -ge "$acknowledged" ] || echo "writer $writer: $acknowledged was acknowledged, $last is the last there"
        [ "$acknowledged" -gt 0 ] || echo "writer $writer had nothing acknowledged yet"
    done
}
