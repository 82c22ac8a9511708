# shellcheck shell=bash
# A stack in a git repository, and branches of it.

prepare()
{
    git init -q -b main . && git config user.email yuki@example.com && git config user.name Yuki
    printf '/*.log\n/port\n/held\nstate/\n*.plan\n' >.gitignore
    git add .gitignore stack && git commit -qm 'a stack' --date="$(date -d '9 days ago' +%s) +0000"
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
