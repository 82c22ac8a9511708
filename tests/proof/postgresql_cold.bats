#!/usr/bin/env bats
# shellcheck disable=SC2034 # for proof.bash
# A PostgreSQL that is stopped for the moment: then a copy was shut down in order.

load proof

database=postgresql
scripts=postgresql-cold

@test "application: 20 copies in a row start as after an orderly stop and have all that was acknowledged" {
    prove application "${CBK_PROOF_RUNS:-20}" none clean
}
