#!/usr/bin/env bats
# To look before one writes: explain, graph, init. None of them asks the network.

load lib

@test "explain tells a key in the schema's words" {
    expect 0 explain roles.app.max_session_duration
    says 'roles.app.max_session_duration: whole number, default 3600' 'Longest session, in seconds.'
    expect 0 explain attachments.mysql.role
    says 'attachments.mysql.role: text, required' "an address under 'roles', such as roles.NAME"
    expect 0 explain roles
    says 'under each name:' 'trust_document' '(one of these)'
    expect 0 explain
    says 'cbk' 'whole number (required)' 'snapshot_jobs'
    expect 0 explain snapshot_jobs.consistency.level --format json
    [ "$(jq -c '[.allowed, .required]' <<<"$output")" = '[["application","crash"],true]' ]
}

@test "explain suggests the near name" {
    expect 1 explain rols
    says "unknown key 'rols' (did you mean 'roles'?)"
    expect 1 explain roles.trst
    says "unknown key 'trst' (did you mean 'trust'?)" "'cbk explain roles' lists the keys there"
}

@test "validate tells programs the name, and every error with its place" {
    cbk_in_stack validate --format json >valid.json
    jq -e '. == {stack: "quickstart", valid: true, declarations: 5, errors: []}' valid.json
    in_file stack/cbk.yaml 'max_age: 24h' 'max_age: 24 hours'
    in_file stack/cbk.yaml 'retain: 7d' 'retian: 7d'
    local code=0
    cbk_in_stack validate --format json >invalid.json 2>talk.txt || code=$?
    [ "$code" -eq 1 ]
    jq -e '.stack == "quickstart" and .valid == false and .declarations == null and (.errors | length) == 2
        and all(.errors[]; .file == "stack/cbk.yaml" and .line > 40 and .column > 0)' invalid.json
    [ "$(grep -c 'error: ' talk.txt)" -eq 2 ]
    echo '{' >>stack/cbk.yaml
    run bash -c 'cbk -C stack validate --format json 2>talk.txt | jq -c "[.stack, .valid, (.errors | length)]"'
    [ "$output" = '[null,false,1]' ]
}

@test "graph draws who needs whom" {
    stop_cloud
    expect 0 graph
    says 'digraph cbk {' 'label = "roles.app-snapshot"' 'n1 -> n0;' 'n4 -> n3;'
    expect 0 graph --format mermaid
    says 'graph LR' 'n1["roles.app-snapshot"]' 'n1 --> n0'
    expect 1 graph --format svg
    says "unknown format 'svg': it is one of dot, mermaid"
}

@test "init writes a stack that validates and plans" {
    expect 0 init fresh/one
    run cbk -C stack/fresh/one validate
    says "The stack 'my-databases' is valid: 5 declarations."
    run cbk -C stack/fresh/one plan
    [ "$status" -eq 0 ]
    says 'Plan: 6 to add' '2 jobs to run'
    [ -x stack/fresh/one/scripts/pre-freeze.sh ]
}

@test "init overwrites nothing" {
    echo mine >stack/fresh
    refuses "exists already, nothing was written" init .
    rm stack/cbk.yaml
    mkdir -p stack/scripts && echo mine >stack/scripts/post-thaw.sh
    expect 1 init
    says "'stack/scripts/post-thaw.sh' exists already, nothing was written"
    [ ! -e stack/cbk.yaml ] && [ ! -e stack/scripts/pre-freeze.sh ]
    [ "$(cat stack/scripts/post-thaw.sh)" = mine ]
}

@test "the manual has every command, option and format" {
    local command word
    sed 's/\\-/-/g' "$BATS_TEST_DIRNAME/../../man/cbk.1" >manual
    for command in $(cbk help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        grep -qE "^\.B[RI]? \"?$command\b" manual || { echo "no command $command" && false; }
        for word in $(cbk "$command" --help | sed -n 's/^  \(-., \)\?\(--[a-z-]*\).*/\2/p; s/^formats: //p' | tr -d ,); do
            grep -qE -- "(^|[^a-z-])$word([^a-z-]|$)" manual || { echo "no $word of $command" && false; }
        done
    done
}
