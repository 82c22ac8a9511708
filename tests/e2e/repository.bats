#!/usr/bin/env bats
# A stack in a git repository: what it may read there, and what the plan says of it.

load lib

prepare()
{
    git init -q . && git config user.email t@example.com && git config user.name t
    mkdir shared && mv stack/scripts/*.sh shared/
    in_file stack/cbk.yaml 'source: scripts/' 'source: ../shared/'
    git add -A && git commit -qm 'a stack and scripts beside it'
}

dirty()
{
    cbk_in_stack plan --format json | jq .provenance.dirty
}

@test "a script that several stacks share stands beside them" {
    expect 0 validate
    apply
    expect_settled
}

@test "a plan is dirty when a script from beside the stack is not committed" {
    [ "$(dirty)" = false ]
    echo '# changed' >>shared/mysql-prescript.sh
    [ "$(dirty)" = true ]
}

@test "what lies beside the stack and is not its own makes no plan dirty" {
    expect 0 plan --out stack/change.plan
    apply # the state lies there now, too
    expect_settled && says '(clean)'
    expect 0 plan --require-clean
    mkdir stack/more && printf 'policies: {}\n' >stack/more/new.yaml
    [ "$(dirty)" = false ]
    in_file stack/cbk.yaml 'stack: quickstart' $'stack: quickstart\ninclude: ["more/*.yaml"]'
    git commit -qam 'include what is not committed'
    [ "$(dirty)" = true ]
    refuses 'has changes that are not committed' plan --require-clean
}

@test "a script from outside of the repository is refused, also by a link" {
    ln -s /etc/hostname shared/name.sh
    in_file stack/cbk.yaml ../shared/mysql-prescript.sh ../shared/name.sh
    refuses "'../shared/name.sh' lies outside of the git work tree" validate
    refuses 'cbk.yaml:44:26' plan
}

@test "a script that is not there is told without the network" {
    git rm -q shared/mysql-prescript.sh
    CBK_ENDPOINT=http://127.0.0.1:1 refuses "cannot open 'stack/../shared/mysql-prescript.sh'" plan
}
