#!/usr/bin/env bats
# Pull requests from strangers: clear errors in bounded time and memory, and nothing of the machine in them.
# shellcheck disable=SC2154 # lib sets them

load lib

prepare()
{
    export ASAN_OPTIONS=quarantine_size_mb=8
}

hostile()
{
    python3 "$root/tests/e2e/hostile.py" "$1"
}

@test "files that lead out of the stack, or into git's own directory" { hostile outside; }

@test "files that are none" { hostile no-files; }

@test "too much of everything" { hostile too-much; }

@test "odd names, texts and numbers, and rings of them" { hostile odd; }

@test "settings that reach for what is not theirs" { hostile settings; }

@test "a directory that looks like a repository does not widen what a stack may read" {
    git init -q --bare stack/evil
    git -C stack/evil config core.bare false
    git -C stack/evil config core.worktree /
    cp stack/cbk.yaml stack/evil
    in_file stack/evil/cbk.yaml scripts/mysql-prescript.sh ../../../../../../../../../../etc/hostname
    run cbk -C stack/evil validate
    [ "$status" -eq 1 ]
    says "lies outside of the stack's directory"
}

@test "nothing that a repository's configuration names is run" {
    git -C stack init -q
    printf '#!/bin/sh\ntouch "%s"\n' "$here/pwned" >run
    chmod +x run
    mkdir -p stack/.git/hooks
    for hook in pre-commit post-checkout post-index-change fsmonitor-watchman reference-transaction; do
        cp run "stack/.git/hooks/$hook"
    done
    printf '[core]\n\tfsmonitor = %s\n\tsshCommand = %s\n\teditor = %s\n\tpager = %s\n[filter "evil"]\n\tclean = %s\n\tsmudge = %s\n\trequired = true\n[diff "evil"]\n\ttextconv = %s\n\tcommand = %s\n[includeIf "gitdir:/"]\n\tpath = %s\n[credential]\n\thelper = %s\n[gpg]\n\tprogram = %s\n' \
        "$here/run" "$here/run" "$here/run" "$here/run" "$here/run" "$here/run" "$here/run" "$here/run" /dev/null "$here/run" "$here/run" >stack/evil.config
    GIT_AUTHOR_DATE=2026-01-01T00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00Z git -C stack -c user.name=n -c user.email=e@x -c core.hooksPath=/dev/null add . 
    git -C stack -c user.name=n -c user.email=e@x -c core.hooksPath=/dev/null commit -qm one
    echo '* filter=evil diff=evil' >stack/.gitattributes
    touch stack/cbk.yaml
    cat stack/evil.config >>stack/.git/config
    rm -f pwned
    expect 0 validate
    expect 0 plan --out saved.plan
    says_not root:
    expect 0 plan --rev HEAD
    apply
    [ ! -e pwned ]
    run git -C stack status # the control: git itself would
    [ -e pwned ]
}
