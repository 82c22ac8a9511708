#!/usr/bin/env bats
# Plans in git's terms: of commits that are not checked out, against a base, with who changed what.

load lib

prepare()
{
    git init -q -b main . && git config user.email yuki@example.com && git config user.name Yuki
    printf '/*.log\n/port\n/held\nstate/\n*.plan\n' >.gitignore
    git add .gitignore stack && git commit -qm 'a stack'
}

# Changes a file and commits it: commit FILE OLD NEW [MESSAGE]
commit()
{
    in_file "$1" "$2" "$3"
    git commit -qam "${4:-change $1}"
}

on_branch()
{
    git checkout -q -b "$1"
}

# --- any commit without a checkout ----------------------------------------------------------------------------------

@test "a plan of another commit is the plan that its checkout would give" {
    apply
    on_branch longer
    commit stack/cbk.yaml 'retain: 7d' 'retain: 9d'
    cbk_in_stack plan --format json | jq -S 'del(.changes[].file, .provenance.branch)' >checked-out.json
    git checkout -q main
    cbk_in_stack plan --rev longer --format json | jq -S 'del(.changes[].file)' >rev.json
    diff checked-out.json rev.json
    jq -e '.provenance | .commit == $tip and (.dirty | not) and .author == "Yuki <yuki@example.com>"' \
        --arg tip "$(git rev-parse longer)" rev.json
}

@test "what is not committed does not go into a plan of a commit" {
    echo 'nonsense: [' >>stack/cbk.yaml
    rm stack/scripts/mysql-prescript.sh
    expect 0 plan --rev HEAD
    says 'clean' '6 to add' 'HEAD:stack/cbk.yaml:'
    expect 0 validate --rev HEAD
}

@test "errors of a commit say where they stand in it" {
    on_branch broken
    commit stack/cbk.yaml 'role: roles.app-snapshot, instances' 'role: roles.app-snapshto, instances'
    git checkout -q main
    refuses "broken:stack/cbk.yaml:" validate --rev broken
    says "did you mean 'roles.app-snapshot'" '^^^'
    git rm -q --cached stack/scripts/mysql-prescript.sh && git commit -qm 'forget a script'
    refuses "cannot open 'HEAD:stack/scripts/mysql-prescript.sh': No such file" validate --rev HEAD
}

@test "a stack that is not in the work tree now, and one in a bare repository" {
    git mv stack moved && git commit -qm 'move it'
    expect 0 validate --rev HEAD~1
    git clone -q --bare . bare.git
    run cbk -C bare.git/moved validate --rev main
    says "The stack 'quickstart' is valid"
    run cbk -C bare.git/moved plan --rev main
    says '6 to add' 'main:moved/cbk.yaml:'
    run cbk -C bare.git/stack validate --rev main
    says "cannot open the directory 'main:stack': No such file or directory"
}

@test "a revision that is not there" {
    refuses "the git repository has no commit 'nothing'" plan --rev nothing
    refuses "the git repository has no commit 'HEAD:stack'" validate --rev HEAD:stack
    mkdir elsewhere && cp -r stack elsewhere && rm -rf .git
    refuses '--rev: cannot open the git repository' plan --rev HEAD
}

@test "links in a commit lead nowhere else" {
    ln -s /etc/hostname stack/scripts/name.sh
    ln -s ../../../outside.yaml stack/more.yaml
    in_file stack/cbk.yaml 'source: scripts/mysql-prescript.sh' 'source: scripts/name.sh'
    git add stack && git commit -qm links
    refuses "'scripts/name.sh' lies outside of the repository" validate --rev HEAD
    says 'HEAD:stack/cbk.yaml:'
    git checkout -q HEAD~1 -- stack/cbk.yaml
    in_file stack/cbk.yaml 'stack: quickstart' "stack: quickstart
include: ['*.yaml']"
    git commit -qam include
    refuses "'more.yaml' lies outside of the repository" validate --rev HEAD
}
