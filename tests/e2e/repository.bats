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
    echo 'state/' >.gitignore && git add .gitignore && git commit -qm ignore
    [ "$(dirty)" = false ]
    echo '# changed' >>shared/mysql-prescript.sh
    [ "$(dirty)" = true ]
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
