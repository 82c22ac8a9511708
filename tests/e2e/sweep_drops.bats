#!/usr/bin/env bats
# Connections that are dropped at each change of an apply.

load lib
load sweeps

@test "dropped before the change: it was not made" {
    sweep drop_before 1 9
}

@test "dropped after the change: it was made, and nobody knows" {
    sweep drop_after 1 9
}
