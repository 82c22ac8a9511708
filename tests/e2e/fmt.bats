#!/usr/bin/env bats
# shellcheck disable=SC2154 # lib sets them
# Files in their canonical layout: what is written, what is not touched.

load lib

# A stack that is not canonical, in three files.
prepare()
{
    mkdir -p untidy/parts
    cp "$root/tests/fmt/order.in.yaml" untidy/cbk.yaml
    echo 'include: [parts/*.yaml]' >>untidy/cbk.yaml
    printf 'vaults:\n    v: {name: "V"}\n' >untidy/parts/vaults.yaml
    printf 'bindings: {}\n' >untidy/parts/tidy.yaml
}

# The file is the one that it was: untouched FILE WORDS..., with fmt failing and saying the first word.
untouched()
{
    local file=$1 before
    shift
    before=$(stat -c '%i %Y %a' "$file" && sha256sum "$file")
    expect 1 fmt "$file"
    says "$@"
    [ "$(stat -c '%i %Y %a' "$file" && sha256sum "$file")" = "$before" ]
}

@test "before and after" {
    for before in "$root"/tests/fmt/*.in.yaml; do
        after=${before%.in.yaml}.out.yaml
        cbk fmt - <"$before" | diff -u "$after" -
        cbk fmt --check - <"$after"
    done
}

@test "the examples are canonical, and so is what init writes" {
    cbk init fresh
    for stack in "$root"/examples/*/cbk.yaml fresh/cbk.yaml; do
        cbk -C "${stack%/cbk.yaml}" fmt --check
    done
}

@test "the files of a stack are written, and told" {
    run cbk -C untidy fmt
    [ "$status" -eq 0 ]
    [ "$output" = 'untidy/cbk.yaml
untidy/parts/vaults.yaml' ]
    [ "$(cat untidy/parts/vaults.yaml)" = 'vaults:
  v: {name: V}' ]
    run cbk -C untidy fmt
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "the digest of a stack does not change" {
    cp -r "$root/examples/several-files" before
    cp -r before after
    sed -i 's/^  /      /; s/ecs.aliyuncs.com/"&"/' after/cbk.yaml
    cbk -C after fmt
    diff before/cbk.yaml after/cbk.yaml
}

@test "--check changes nothing, names the files and exits 1" {
    sha256sum untidy/cbk.yaml untidy/parts/* >before
    run cbk -C untidy fmt --check
    [ "$status" -eq 1 ]
    says "error: not in the canonical layout: 'untidy/cbk.yaml', 'untidy/parts/vaults.yaml'" 'hint: '
    sha256sum --check --quiet before
    cbk -C untidy fmt
    run cbk -C untidy fmt --check
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "--diff changes nothing and prints a patch that does" {
    sha256sum untidy/cbk.yaml >before
    cbk fmt --diff untidy/cbk.yaml >change.diff
    sha256sum --check --quiet before
    grep -q '^+++ b/untidy/cbk.yaml' change.diff
    cp untidy/cbk.yaml by-patch.yaml
    patch -s by-patch.yaml change.diff
    cbk fmt untidy/cbk.yaml
    cmp by-patch.yaml untidy/cbk.yaml
    run cbk fmt --diff --check untidy/cbk.yaml
    [ "$status" -eq 0 ]
}

@test "the mode of a file stays" {
    chmod 640 untidy/cbk.yaml
    cbk fmt untidy/cbk.yaml
    [ "$(stat -c %a untidy/cbk.yaml)" = 640 ]
    [ "$(ls untidy)" = 'cbk.yaml
parts' ]
}

@test "what cannot be read, or is no file, is not touched" {
    printf 'cbk: 1\n\tstack: x\n' >tab.yaml
    untouched tab.yaml 'tab.yaml:2:1: error: a tab cannot indent'
    printf 'cbk: 1\ncbk: 1\n' >twice.yaml
    untouched twice.yaml "twice.yaml:2:1: error: duplicate key 'cbk'"
    printf 'cbk:  1\nstack: \xff\n' >bytes.yaml
    untouched bytes.yaml 'bytes.yaml:2:8: error: not valid UTF-8'
    printf '%%YAML 1.2\n---\ncbk:  1\n' >directive.yaml
    untouched directive.yaml 'directive.yaml:1:1: error: a file with a directive is not formatted' 'hint: '
    printf 'just  words\n' >words.yaml
    untouched words.yaml 'words.yaml:1:1: error: expected a mapping of sections here'
    ln -s untidy/cbk.yaml link.yaml
    untouched link.yaml "'link.yaml' is a symbolic link" 'hint: format the file that it leads to'
    mkfifo pipe
    for file in untidy pipe /dev/null; do
        expect 1 fmt "$file"
        says "cannot format '$file': not a regular file"
    done
}

@test "one bad file keeps no other from being formatted" {
    echo '{' >bad.yaml
    expect 1 fmt bad.yaml "$here/untidy/cbk.yaml"
    says 'bad.yaml:' "$here/untidy/cbk.yaml"
    cbk fmt --check untidy/cbk.yaml
}

@test "an export is canonical" {
    apply
    expect 0 export --out exported
    cbk -C exported fmt --check
}

# The entry of a hook, with the files that pre-commit would name: hook ID FILE...
hook()
{
    local entry
    entry=$(sed -n "/^- id: $1\$/,/^- id/s/^  entry: //p" "$root/.pre-commit-hooks.yaml")
    [ -n "$entry" ] || return
    run sh -c "$entry"' "$@"' hook "${@:2}"
}

@test "the hooks of pre-commit format and validate each stack of a commit" {
    cp -r stack other
    sed -i 's/^  /    /' stack/cbk.yaml
    hook cbk-fmt stack/cbk.yaml other/cbk.yaml
    [ "$status" -eq 0 ]
    [ "$output" = stack/cbk.yaml ]
    hook cbk-validate stack/cbk.yaml other/cbk.yaml
    [ "$status" -eq 0 ]
    in_file other/cbk.yaml 'role: roles.app-snapshot' 'role: roles.nope'
    hook cbk-validate other/cbk.yaml stack/cbk.yaml
    [ "$status" -eq 1 ]
    says "unknown reference 'roles.nope'" "The stack 'quickstart' is valid"
}
