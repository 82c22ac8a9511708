#!/usr/bin/env bats
# shellcheck disable=SC2034 # for proof.bash
# A PostgreSQL whose log is for itself alone: then a copy has nothing at all to replay.

load proof

database=postgresql
scripts=postgresql
configuration="'wal_level = minimal' 'max_wal_senders = 0'"

@test "application: copies in a row find that redo is not required and have all that was acknowledged" {
    prove application 5 none nothing
}
