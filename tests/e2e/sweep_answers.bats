#!/usr/bin/env bats
# Answers that are wrong at each change of an apply.

load lib
load sweeps

@test "HTTP 500" {
    sweep http_500 1 9
}

@test "an answer that is no JSON" {
    sweep malformed 1 9
}

@test "an answer that is cut short" {
    sweep truncated 2 5
}
