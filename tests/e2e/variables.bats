#!/usr/bin/env bats
# shellcheck disable=SC2016 # what looks like a variable is to stay so
# Values from outside: types, files, the environment, and which of them wins.

load lib

prepare()
{
    in_file stack/cbk.yaml 'variables:' 'variables:
  most: {type: number, default: 20}
  protect: {type: bool, default: false}'
    in_file stack/cbk.yaml 'max: 20' 'max: "${var.most}"'
    in_file stack/cbk.yaml '    policies: [policies.app-snapshot]' '    policies: [policies.app-snapshot]
    lifecycle: {prevent_destroy: "${var.protect}"}'
}

@test "a value that is nothing but a variable has the variable's type" {
    expect 0 validate
    refuses "the selector 'mysql' matches 2 instances, at most 1 are expected" plan --var most=1
    expect 0 validate --var protect=true
    refuses "the value of variable 'most' is not a number" validate --var most=many
    refuses "the value of variable 'protect' is not true or false" validate --var protect=no
}

@test "files of values may be YAML or JSON" {
    printf 'most: 1\nrelease: from-yaml\n' >values.yaml
    printf '{"most": 1, "release": "from-json", "protect": true}\n' >values.json
    for file in values.yaml values.json; do
        refuses 'at most 1 are expected' plan --var-file "$file"
    done
    expect 0 plan --var-file values.json --var most=5 --format json
    [ "$(jq -c .variables <<<"$output")" = '{"most":5,"protect":true,"release":"from-json"}' ]
    printf '{"most": "1"}\n' >values.json
    refuses "the value of variable 'most' is not a number" plan --var-file values.json
    says 'values.json:1:10'
    printf '{"mots": 1}\n' >values.json
    refuses "unknown variable 'mots' (did you mean 'most'?)" plan --var-file values.json
}

@test "the command line is stronger than files, files than the environment, that than the default" {
    printf 'release: from-file\n' >values.yaml
    release_of()
    {
        cbk_in_stack plan --format json "$@" | jq -r '.changes[] | select(.kind == "snapshot_job") | .after.trigger' | sort -u
    }
    [ "$(release_of)" = release-1 ]
    [ "$(CBK_VAR_release=environment release_of)" = release-environment ]
    [ "$(CBK_VAR_release=environment release_of --var-file values.yaml)" = release-from-file ]
    [ "$(CBK_VAR_release=environment release_of --var release=typed --var-file values.yaml)" = release-typed ]
}
