#!/usr/bin/env bats
# A plan for those who read it in a pull request: as a comment.
# shellcheck disable=SC2016 # backticks are of markdown

load lib

# The last fenced command of the comment in $output.
command_in_comment()
{
    awk '/^```sh$/ {inside = 1; text = ""; next} /^```$/ {inside = 0} inside {text = text $0 "\n"} END {printf "%s", text}' \
        <<<"$output"
}

@test "a comment is found again by its marker, and says what would be done" {
    expect 0 plan --format markdown
    [ "${lines[0]}" = '<!-- cbk:plan:quickstart -->' ]
    says '### cbk plan: `quickstart`' '**Plan: 6 to add, 0 to change, 0 to destroy, 2 jobs to run.**' '```diff' \
        '+ create   roles.app-snapshot' 'account `1234567890123456`'
}

@test "the command in the comment applies that plan" {
    expect 0 plan --format markdown --var release=2 --target roles.app-snapshot
    command=$(command_in_comment)
    [[ $command == 'cbk apply --checksum sha256:'*' --target roles.app-snapshot --var release=2' ]]
    (cd stack && eval "$command") >said
    grep -q 'Apply complete! 2 added' said
    run bash -c "cd stack && $command"
    [ "$status" -eq 1 ]
    says 'stale plan'
}

@test "the command in the comment destroys what was reviewed" {
    apply
    expect 0 plan --destroy --format markdown --allow-mass-destroy --allow-point-deletion
    says 'It removes all that the stack owns.**' '#### Look at this first' '| **destroys** | `roles.app-snapshot` AppSnapshotRoleName |'
    command=$(command_in_comment)
    [[ $command == 'cbk destroy --checksum sha256:'* ]]
    (cd stack && eval "$command") >said
    grep -q 'Apply complete! 0 added, 0 changed, 6 destroyed' said
}

@test "a comment says why a plan is refused, and has no command" {
    acs ram CreateRole RoleName=AppSnapshotRoleName \
        'AssumeRolePolicyDocument={"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
    expect 1 plan --format markdown
    says '1 refused. It cannot be applied as it stands.**' '| **refused** | `roles.app-snapshot`' 'was not made by this stack'
    [ -z "$(command_in_comment)" ]
}

@test "a saved plan is shown as the plan was" {
    expect 0 plan --format markdown --out change.plan
    comment=$output
    expect 0 show change.plan --format markdown
    [ "$output" = "$comment" ]
}

@test "a plan without changes makes a short comment" {
    apply
    expect 0 plan --format markdown
    says '<!-- cbk:plan:quickstart -->' 'No changes. Your infrastructure matches the configuration.'
    says_not '```'
    says_not 'Look at this first'
}

@test "a comment keeps the length that is asked for" {
    expect 0 plan --format markdown --max-chars 1000
    [ "${#output}" -le 1000 ]
    says '**Plan: 6 to add' 'left out: there is no room'
    refuses "--max-chars is a number from 1000 up, not '999'" plan --format markdown --max-chars 999
    refuses "--max-chars is a number from 1000 up, not '-5000'" plan --format markdown --max-chars -5000
    refuses "--max-chars is a number from 1000 up, not '2k'" plan --format markdown --max-chars 2k
    refuses '--max-chars is about --format markdown' plan --max-chars 2000
}

@test "the state is no plan" {
    expect 1 show --format markdown
    says '--format markdown is for a saved plan: name its file'
}

@test "a page is one file, without scripts and without addresses" {
    expect 0 plan --format html --out change.plan
    page=$output
    says '<!DOCTYPE html>' "default-src 'none'" 'Plan of quickstart' '<svg role="img" ' 'cbk apply --checksum sha256:'
    for word in '<script' 'src=' 'href=' 'url(' '@import' 'http:'; do says_not "$word"; done
    expect 0 show change.plan --format html
    [ "$output" = "$page" ]
    refuses '--max-chars is about --format markdown' plan --format html --max-chars 2000
}
