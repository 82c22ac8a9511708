#!/usr/bin/env bats
# shellcheck disable=SC2034 # for proof.bash
# The promise, on a MariaDB under a constant load, through cbk apply: copies at the three levels, and what they are worth.
# If the application level were no better than the others, or the others no worse, one of these would fail.

load proof

database=mariadb
scripts=mysql

@test "application: 20 copies in a row start without recovery and have all that was acknowledged" {
    prove application "${CBK_PROOF_RUNS:-20}" none clean
}

@test "file system: the database recovers, the file system need not" {
    prove filesystem 4 none recovery
}

@test "crash: both recover" {
    prove crash 4 replay recovery
}
