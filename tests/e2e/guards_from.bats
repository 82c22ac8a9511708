#!/usr/bin/env bats
# Guards of the branch that is merged into: what a pull request loosens does not count for its own plan.

load lib
load branches

protect()
{
    in_file stack/cbk.yaml 'policies: [policies.app-snapshot]' 'policies: [policies.app-snapshot]
    lifecycle: {prevent_destroy: true}'
    git commit -qam 'protect the role'
}

@test "a branch cannot take a protection away and destroy in one plan" {
    apply
    protect # and nobody has applied that yet
    on_branch feature
    commit stack/cbk.yaml '
    lifecycle: {prevent_destroy: true}' ''
    commit stack/cbk.yaml 'name: AppSnapshotRoleName' 'name: Another'
    expect 0 plan
    says '-/+'
    refuses 'roles.app-snapshot would be replaced, and lifecycle.prevent_destroy forbids it' plan --guards-from main
    says 'Guarded as in main: roles.app-snapshot lifecycle.prevent_destroy is true, though the stack does not say so.'
    refuses 'lifecycle.prevent_destroy forbids it' apply --auto-approve --guards-from main
}

@test "a branch cannot undeclare what its base protects" {
    apply
    protect
    on_branch feature
    python3 - <<'PYTHON'
import re
text = open("stack/cbk.yaml").read()
text = re.sub(r"attachments:\n.*?\n\n", "", text, flags=re.S)
text = re.sub(r"roles:\n.*?\n\n", "", text, flags=re.S)
text = re.sub(r"snapshot_jobs:\n.*", "", text, flags=re.S)
open("stack/cbk.yaml", "w").write(text)
PYTHON
    expect 0 plan
    refuses 'roles.app-snapshot would be destroyed, and lifecycle.prevent_destroy forbids it' plan --guards-from main
}

@test "a branch cannot raise what is expected of its selector, nor by another name" {
    in_file stack/cbk.yaml 'min: 1, max: 20' 'min: 1, max: 1'
    git commit -qam 'one at most'
    on_branch feature
    in_file stack/cbk.yaml 'min: 1, max: 1' 'min: 1, max: 20'
    expect 0 plan
    refuses "the selector 'mysql' matches 2 instances, at most 1 are expected" plan --guards-from main
    in_file stack/cbk.yaml '  mysql: {tags' '  sql: {tags'
    in_file stack/cbk.yaml 'instances: mysql' 'instances: sql'
    refuses "the selector 'sql' matches 2 instances, at most 1 are expected" plan --guards-from main
}

@test "a branch cannot demand less, and may demand more" {
    on_branch feature
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    in_file stack/cbk.yaml 'max: 20' 'max: 3'
    expect 0 plan --guards-from main --format json
    [ "$(jq -c '.pins.settings' <<<"$output")" = \
        '[{"address":"snapshot_jobs.mysql","pinned":"application","setting":"require","wanted":"crash"}]' ]
    [ "$(jq -r .pins.commit <<<"$output")" = "$(git rev-parse main)" ]
    expect 0 plan --guards-from main --out change.plan
    refuses 'stale plan' apply change.plan
    expect 0 apply change.plan --guards-from main
}

@test "guards of a revision that cannot be read are an error" {
    refuses '--guards-from: the git repository has no commit' plan --guards-from nothing
    git checkout -q --orphan empty && git rm -qrf --cached . && git commit -q --allow-empty -m none
    expect 0 plan --guards-from empty
    says_not 'Guarded as in'
}

@test "a demand that is given up with the level it stood for is held to" {
    sed -i '/    require: application/d' stack/cbk.yaml
    git commit -qam 'the level asked for is the one demanded'
    on_branch feature
    in_file stack/cbk.yaml 'consistency: {level: application, role: roles.app-snapshot, scripts: scripts.mysql, freeze_timeout: 30s}' \
        'consistency: {level: crash}'
    expect 0 plan
    expect 1 plan --guards-from main
    says 'requires application consistency, crash is foreseen: no more is asked for' \
        'Guarded as in main: snapshot_jobs.mysql require is "application", though the stack wants "crash".'
}

@test "another key for the same role takes its protection along" {
    apply
    protect
    on_branch feature
    commit stack/cbk.yaml '  app-snapshot:
    name: AppSnapshotRoleName' '  other:
    name: AppSnapshotRoleName'
    commit stack/cbk.yaml '
    lifecycle: {prevent_destroy: true}' ''
    sed -i 's/roles\.app-snapshot/roles.other/' stack/cbk.yaml
    git commit -qam 'another key'
    expect 0 plan --guards-from main
    says 'Guarded as in main: roles.other lifecycle.prevent_destroy is true, though the stack does not say so.'
    says_not 'roles.app-snapshot lifecycle'
    expect 0 apply --auto-approve --guards-from main
    expect 0 state show roles.other
    says '"prevent_destroy": true'
}

@test "a branch does not bring its own values to what it is held against" {
    in_file stack/cbk.yaml 'variables:' 'variables:
  least: {default: application}'
    in_file stack/cbk.yaml 'require: application' "require: '\${var.least}'"
    mkdir values
    echo 'least: application' >values/production.yaml
    ln -s production.yaml values/alias.yaml
    git add values && git commit -qam 'values of production'
    on_branch feature
    echo 'least: crash' >values/weak.yaml
    echo 'least: crash' >values/production.yaml
    ln -sf weak.yaml values/alias.yaml
    git add values && git commit -qam 'weaker values'
    mv values/weak.yaml values/production.yaml # as if they were not committed yet
    git checkout -q -- values/weak.yaml
    for file in values/production.yaml values/alias.yaml "$PWD/values/production.yaml" stack/../values/production.yaml; do
        expect 0 plan --guards-from main --var-file "$file"
        says 'Guarded as in main: snapshot_jobs.mysql require is "application", though the stack wants "crash".'
        expect 0 plan --base main --var-file "$file"
        says 'snapshot_jobs.mysql demands a lower level: require "application" -> "crash"'
    done
    expect 0 plan --rev main --var-file values/production.yaml --format json
    jq -e '[.changes[] | select(.address | startswith("snapshot_jobs")) | .after.require] | unique == ["application"]' <<<"$output"
}

@test "values that the base does not have are those of the directory" {
    in_file stack/cbk.yaml 'retain: 7d' "retain: '\${var.days}'"
    in_file stack/cbk.yaml 'variables:' 'variables:
  days: {}'
    git commit -qam 'days from outside'
    on_branch feature
    echo 'days: 9d' >new.yaml && echo 'days: 9d' >"$BATS_TEST_TMPDIR/outside.yaml"
    for file in new.yaml "$BATS_TEST_TMPDIR/outside.yaml"; do
        expect 0 plan --guards-from main --var-file "$file"
        expect 0 plan --base main --var-file "$file"
        says 'No changes'
    done
}

@test "a plan and its apply hold to the same guards, or say that they do not" {
    on_branch feature
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    expect 0 plan --out change.plan
    refuses 'stale plan: other guards hold than it was made with: give both the same --guards-from' \
        apply change.plan --guards-from main
}

@test "a stack that the base does not have holds to no guards, and is told to" {
    mkdir fresh && cp -r stack/* fresh/
    run cbk -C fresh plan --guards-from main
    [ "$status" -eq 0 ]
    says 'There is no such stack in main: no guard of it holds.'
    run cbk -C fresh plan --guards-from main --format json
    jq -e '.pins.has_stack == false' <<<"$output"
    expect 0 plan --guards-from main --format json
    jq -e '.pins.has_stack' <<<"$output"
}
