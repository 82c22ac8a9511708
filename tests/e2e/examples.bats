#!/usr/bin/env bats
# Every example, as it stands: applied twice, and the second plan is empty.

load lib

# In a folder of its own, with the scripts that examples share beside it, in a git work tree as in a clone.
prepare()
{
    rm -rf stack && cp -r "$BATS_TEST_DIRNAME/../../examples" examples
    git init -q .
}

# Applies an example twice: run_example NAME [WORDS OF PLAN AND APPLY...]
run_example()
{
    local name=$1
    shift
    cp "examples/$name/world.yaml" world.yaml
    restart_cloud
    use_key LTAIexample example-secret
    ln -sfn "examples/$name" stack
    expect 0 validate "$@"
    expect 0 apply --auto-approve "$@"
    expect 0 plan --detailed-exitcode "$@"
    says 'No changes.'
    expect 0 apply --auto-approve "$@"
    says '0 added, 0 changed, 0 destroyed, 0 recovery points proven'
}

@test "no example is forgotten here" {
    local file name
    for file in examples/*/cbk.yaml; do
        name=$(basename "$(dirname "$file")")
        [ "$name" = quickstart ] || grep -q "run_example $name" "$BATS_TEST_FILENAME"
        head -1 "$file" | grep -q '^# yaml-language-server: .schema='
        grep -q "($name)" examples/README.md
    done
}

@test "MySQL fleet" {
    run_example mysql-fleet
    [ "$(acs hbr DescribePolicyBindings MaxResults=50 | jq '[.PolicyBindings[].AdvancedOptions.UdmDetail | select(.AppConsistent)] | length')" -eq 3 ]
    expect 2 plan --detailed-exitcode --var release=2
    says 'Plan: 0 to add, 0 to change, 0 to destroy, 3 jobs to run.'
}

@test "PostgreSQL" {
    run_example postgresql
}

@test "Oracle" {
    run_example oracle
    local before
    before=$(changes_made)
    expect 1 destroy --auto-approve
    says 'backup_policies.oracle would be destroyed, and lifecycle.prevent_destroy forbids it'
    [ "$(changes_made)" = "$before" ]
}

@test "Windows with VSS" {
    run_example windows-vss
}

@test "several files" {
    run_example several-files
}

@test "staging and production" {
    run_example staging-production --var-file examples/staging-production/staging.vars.yaml
    expect 0 apply --auto-approve --var-file examples/staging-production/production.vars.yaml
    says '0 changed, 0 destroyed'
    for environment in staging production; do # neither takes the other's for its own
        expect 0 plan --detailed-exitcode --var-file "examples/staging-production/$environment.vars.yaml"
    done
    run_example staging-production --var-file examples/staging-production/production.vars.yaml
}

@test "copies in another region" {
    run_example cross-region
}

@test "taking over an account" {
    cp examples/takeover/world.yaml world.yaml
    restart_cloud
    use_key LTAIexample example-secret
    ln -sfn examples/takeover stack
    expect 0 plan
    says '~ roles.app-snapshot' '= policies.app-snapshot' '= attachments.mysql["i-my1"]' '+ attachments.mysql["i-my2"]'
    run_example takeover
}
