#!/usr/bin/env bats
# Commands that need neither network nor credentials: proven by the calls that the kernel sees.
# shellcheck disable=SC2154 # lib sets them

load lib

# Runs cbk as on a machine without anything: no variable but PATH, no home. The network calls go to network.log.
traced()
{
    env -i PATH="$PATH" ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=network -o network.log cbk "$@"
}

# Works, and opens no socket to anywhere: offline WORDS...
offline()
{
    run traced "$@"
    [ "$status" -eq 0 ] || { echo "$output" && return 1; }
    ! grep -E 'AF_INET|connect\(|sendto\(' network.log
}

@test "the control: a plan is seen to use the network" {
    run env -i PATH="$PATH" ASAN_OPTIONS=detect_leaks=0 CBK_ENDPOINT="$CBK_ENDPOINT" \
        ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIquickstart ALIBABA_CLOUD_ACCESS_KEY_SECRET=quickstart-secret \
        strace -f -qq -e trace=network -o network.log cbk -C stack plan
    [ "$status" -eq 0 ]
    grep -q 'socket(AF_INET' network.log
    run traced -C stack plan
    [ "$status" -eq 1 ]
}

@test "no network and no credentials" {
    expect 0 plan --out saved.plan
    offline -C stack validate
    offline -C stack validate --format json
    offline -C stack fmt --diff
    offline -C stack graph
    offline -C stack graph --format mermaid
    offline -C stack permissions plan
    offline explain roles.trust
    offline completion bash
    offline help
    offline help plan
    offline version
    offline init fresh
    offline show saved.plan
    offline show --format json saved.plan
    [ -e fresh/cbk.yaml ]
}

@test "a commit is read without them, too" {
    git -C stack init -q
    git -C stack add .
    git -C stack -c user.name=n -c user.email=e@x commit -qm one
    offline -C stack validate --rev HEAD
    offline -C stack graph --rev HEAD
    in_file stack/cbk.yaml 'retain: 7d' 'retain: 1d'
    offline -C stack plan --base HEAD
    says 'SHORTENS what is kept'
}
