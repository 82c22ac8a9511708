#!/usr/bin/env bats
# shellcheck disable=SC2034 # for proof.bash
# The promise, on a PostgreSQL under a constant load, through cbk apply: copies at the three levels, and what they are
# worth. If the application level were no better than the others, or the others no worse, one of these would fail.

load proof

database=postgresql
scripts=postgresql

@test "application: 20 copies in a row replay nothing but the checkpoint's own records and have all that was acknowledged" {
    prove application "${CBK_PROOF_RUNS:-20}" none bookkeeping
}

@test "file system: the database replays changes, the file system need not" {
    prove filesystem 4 none recovery
}

@test "crash: both replay" {
    prove crash 4 replay recovery
}
