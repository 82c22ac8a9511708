#!/usr/bin/env bats
# The scripts of examples/ci, as jobs call them: without a key, with a forge that takes comments and issues.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own
load lib
load ci

prepare_repository()
{
    share_by "file://$here/remote.git"
}

# The branch that Mei proposes as pull request 7, as CI checks it out.
propose()
{
    git clone -q "$(git -C infra remote get-url origin)" mei && who mei Mei
    git -C mei switch -qc "longer"
    in_file mei/stack/cbk.yaml 'description: assumed by' 'description: carried by'
    git -C mei commit -qam 'Say who carries it' && git -C mei push -q origin "longer"
}

merge()
{
    git -C infra fetch -q origin && git -C infra merge -q --no-ff --no-edit "origin/longer"
    git -C infra push -q origin main
}

comment_on()
{
    CBK_PULL_REQUEST=$1 pull_request_job "$2" ci/github.sh comment "$here/out/plan.md"
}

@test "a comment is made once and kept up to date, whatever others write" {
    prepare_repository
    propose
    job 0 pull_request_job mei ci/plan.sh
    # somebody else writes what looks like it
    CBK_PULL_REQUEST=7 GITHUB_TOKEN=mallory-token GITHUB_API_URL=http://127.0.0.1:$forge_port \
        GITHUB_REPOSITORY=me/infra mei/ci/github.sh comment out/plan.md
    job 0 comment_on 7 mei
    [ "$(forge_state | jq '.comments | length')" -eq 2 ]
    [ "$(comments 7 | head -1)" = '<!-- cbk:plan:quickstart -->' ]
    in_file mei/stack/cbk.yaml 'description: carried by' 'description: borne by'
    job 0 pull_request_job mei ci/plan.sh
    job 0 comment_on 7 mei
    [ "$(forge_state | jq '.comments | length')" -eq 2 ]
    [[ $(forge_state | jq -r '.comments[] | select(.user.login == "github-actions[bot]").body') == *'borne by'* ]]
    [[ $(forge_state | jq -r '.comments[] | select(.user.login == "mallory").body') == *'carried by'* ]]
}

@test "a comment is found behind a hundred others" {
    prepare_repository
    propose
    local left=101
    while ((left--)); do
        curl -sSf -H 'Authorization: Bearer mallory-token' -d '{"body": "me too"}' \
            "http://127.0.0.1:$forge_port/repos/me/infra/issues/7/comments" >/dev/null
    done
    job 0 pull_request_job mei ci/plan.sh
    job 0 comment_on 7 mei
    job 0 comment_on 7 mei
    [ "$(comments 7 | grep -c 'cbk:plan:quickstart')" -eq 1 ]
}

@test "what is merged is applied as it was reviewed" {
    prepare_repository
    propose
    job 0 pull_request_job mei ci/plan.sh
    job 0 comment_on 7 mei
    jq -e '.create == 6 and .delete == 0' out/report.json
    merge
    local commit
    commit=$(git -C infra rev-parse HEAD)
    merged_by "$commit" 7
    GITHUB_SHA=$commit apply_job infra ci/github.sh reviewed quickstart >reviewed.md
    job 0 apply_job infra ci/apply.sh "$here/reviewed.md"
    says 'Apply complete!'
    [ "$(acs ram GetRole RoleName=AppSnapshotRoleName | jq -r .Role.Description)" = \
        'carried by instances that take application-consistent snapshots' ]
    # once more is once too often: that plan is done
    job 1 apply_job infra ci/apply.sh "$here/reviewed.md"
    says 'stale'
}

@test "what has changed since the review is not applied" {
    prepare_repository
    propose
    job 0 pull_request_job mei ci/plan.sh
    cp out/plan.md reviewed.md
    merge
    in_file infra/stack/cbk.yaml 'max_age: 24h' 'max_age: 12h'
    git -C infra commit -qam 'Behind the reviewer'
    local before
    before=$(changes_made)
    job 1 apply_job infra ci/apply.sh "$here/reviewed.md"
    says 'stale'
    [ "$(changes_made)" -eq "$before" ]
}

@test "a review of nothing applies nothing" {
    prepare_repository
    job 0 apply_job infra cbk -C stack apply --auto-approve
    job 0 pull_request_job infra ci/plan.sh
    cp out/plan.md reviewed.md
    job 0 apply_job infra ci/apply.sh "$here/reviewed.md"
    says 'No changes.'
    in_file infra/stack/cbk.yaml 'description: assumed by' 'description: borne by'
    job 1 apply_job infra ci/apply.sh "$here/reviewed.md"
    says 'it is not applied'
}

@test "of a reviewed comment nothing is taken but the checksum and what it allows" {
    prepare_repository
    mkdir bin
    cat >bin/cbk <<'BASH'
#!/bin/bash
printf '%s\n' "$@" >>words
BASH
    chmod +x bin/cbk
    local digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    printf '%s\n' "cbk apply --checksum sha256:short" "- cbk apply --checksum ${digest//0/f}" \
        "cbk apply --checksum $digest --var 'a=\$(touch here)' --allow-wider-permissions --sign /etc/passwd ;touch here" \
        >reviewed.md
    CBK_STACK_DIR=infra/stack PATH=$here/bin:$PATH run infra/ci/apply.sh reviewed.md
    [ "$status" -eq 0 ]
    [ "$(tr '\n' ' ' <words)" = "-C infra/stack apply --auto-approve --lock-timeout 15m --checksum $digest \
--allow-wider-permissions " ]
    [ ! -e here ]
}

@test "a plan that cannot be made is a comment, too, and no markup comes from its errors" {
    prepare_repository
    in_file infra/stack/cbk.yaml 'max_age: 24h' 'max_age: "```\n<img src=x>"'
    job 1 pull_request_job infra ci/plan.sh
    [ "$(head -1 out/plan.md)" = '<!-- cbk:plan:quickstart -->' ]
    grep -q '^    .*error: ' out/plan.md
    [ "$(sed 1,5d out/plan.md | grep -cv '^    ')" -eq 0 ]
    job 0 comment_on 7 infra
}

@test "a stack's name is what cbk reads, however it is written" {
    prepare_repository
    local line
    for line in 'stack: "quick--start-" # ours' "stack:   'quick--start-'" 'stack: quick--start-   # "other"'; do
        sed -i "s/^stack:.*/${line//\//\\/}/" infra/stack/cbk.yaml
        CBK_STACK_DIR=infra/stack run infra/ci/stack.sh
        [ "$status" -eq 0 ] && [ "$output" = quick--start- ]
        # the comment of a plan has the same mark as that of one that cannot be made, or read at all
        job 0 pull_request_job infra ci/plan.sh
        head -1 out/plan.md >marker
        cp infra/stack/cbk.yaml fine.yaml
        in_file infra/stack/cbk.yaml 'max_age: 24h' 'max_age: x'
        job 1 pull_request_job infra ci/plan.sh
        head -1 out/plan.md | diff marker -
        echo '{' >>infra/stack/cbk.yaml
        job 1 pull_request_job infra ci/plan.sh
        head -1 out/plan.md | diff marker -
        cp fine.yaml infra/stack/cbk.yaml
    done
    echo '{' >>infra/stack/cbk.yaml
    CBK_STACK_DIR=infra/stack run infra/ci/stack.sh
    [ "$status" -eq 1 ] && says 'infra/stack/cbk.yaml:'
    cp fine.yaml infra/stack/cbk.yaml
    # and by it the reviewed one is found
    job 0 pull_request_job infra ci/plan.sh
    job 0 comment_on 7 infra
    merged_by 0123456789 7
    GITHUB_SHA=0123456789 apply_job infra ci/github.sh reviewed "$(CBK_STACK_DIR=infra/stack infra/ci/stack.sh)" >reviewed.md
    grep -q '^cbk apply --checksum' reviewed.md
}

@test "a pull request may plan, and not apply; a stranger may neither" {
    prepare_repository
    job 0 pull_request_job infra ci/plan.sh
    job 1 in_job repo:me/infra:pull_request apply infra ci/plan.sh
    says 'does not trust the token'
    job 1 in_job repo:mallory/infra:pull_request plan infra ci/plan.sh
    says 'does not trust the token'
    says_not "$(cat job-token)"
}

@test "without the right to ask for a token the job says so" {
    prepare_repository
    run env -u ACTIONS_ID_TOKEN_REQUEST_URL infra/ci/token.sh job-token
    [ "$status" -eq 1 ] && says 'id-token: write'
    ALIBABA_CLOUD_OIDC_TOKEN=ey.jh.b infra/ci/token.sh job-token
    [ "$(cat job-token)" = ey.jh.b ] && [ "$(stat -c %a job-token)" = 600 ]
}

@test "on GitLab, too, a note is made once and kept up to date" {
    prepare_repository
    export CI_API_V4_URL=http://127.0.0.1:$forge_port/api/v4 CI_PROJECT_ID=1 CI_MERGE_REQUEST_IID=7
    local word
    for word in one two; do
        printf '<!-- cbk:plan:quickstart -->\nversion %s\n' "$word" >note.md
        CBK_GITLAB_TOKEN=mallory-token infra/ci/gitlab.sh comment note.md
        CBK_GITLAB_TOKEN=bot-token infra/ci/gitlab.sh comment note.md
    done
    [ "$(forge_state | jq -r '[.comments[] | select(.place == "gitlab/merge_requests/7") | .user.login] | join(" ")')" = \
        'mallory github-actions[bot]' ]
    [[ $(forge_state | jq -r '.comments[1].body') == *'version two'* ]]
}

@test "issues are opened, updated and closed, one a stack" {
    prepare_repository
    export CI_API_V4_URL=http://127.0.0.1:$forge_port/api/v4 CI_PROJECT_ID=1 CBK_GITLAB_TOKEN=bot-token
    export GITHUB_API_URL=http://127.0.0.1:$forge_port GITHUB_REPOSITORY=me/infra GITHUB_TOKEN=bot-token
    local forge word
    for forge in github gitlab; do
        printf '<!-- cbk:drift:quickstart -->\nnone\n' >fine.md
        "infra/ci/$forge.sh" settle fine.md # there is nothing to settle
        for word in one two; do
            printf '<!-- cbk:drift:quickstart -->\nnight %s\n' "$word" >drift.md
            "infra/ci/$forge.sh" issue drift.md
        done
        sed 's/quickstart/other/' drift.md >other.md
        "infra/ci/$forge.sh" issue other.md
        "infra/ci/$forge.sh" settle fine.md
        [ "$(forge_state | jq -r --arg forge "$forge" '[.issues[] | select(.forge == $forge)
            | "\(.title), \(.state), \(.body // .description | split("\n")[1])"] | join("; ")')" = \
            "The cloud has moved away from git: quickstart, closed, night two; \
The cloud has moved away from git: other, open, night two" ]
    done
    printf 'no marker\n' >drift.md
    run infra/ci/github.sh issue drift.md
    [ "$status" -eq 1 ] && says 'does not begin with a marker'
}

@test "a night without a state is a failure, and settles nothing" {
    prepare_repository
    export CBK_DRIFT_FORMATS=sarif
    job 1 nightly_job infra ci/drift.sh
    says "warning: there is no state in 'refs/cbk/state/quickstart of origin'" 'drift.sh: there is nothing to compare with'
    [ "$(head -1 out/drift.md)" = '<!-- cbk:drift:quickstart -->' ]
    grep -q 'nothing is guarded' out/drift.md
    [ ! -e out/drift.sarif ] # findings that are not in it would be closed
    job 0 apply_job infra cbk -C stack apply --auto-approve
    job 0 nightly_job infra ci/drift.sh
    [ -s out/drift.sarif ]
}

@test "what a stranger sends is reviewed without a credential and without the network" {
    prepare_repository
    propose
    # main has moved on, which is none of the branch's doing
    in_file infra/stack/cbk.yaml 'retain: 7d' 'retain: 8d'
    git -C infra commit -qam 'Keep them for longer' && git -C infra push -q origin main
    git -C mei fetch -q origin
    export CBK_STACK_DIR=mei/stack CBK_OUT=out
    run in_own_network mei/ci/review.sh origin/main
    [ "$status" -eq 0 ] && says '1 changed' 'roles.app-snapshot' 'carried by'
    says_not retain
    in_file mei/stack/cbk.yaml 'policies: [policies.app-snapshot]' 'policies: [policies.somebody-elses]'
    run in_own_network mei/ci/review.sh origin/main
    [ "$status" -eq 1 ] && says 'somebody-elses'
    [ "$(head -1 out/review.md)" = '<!-- cbk:base:quickstart -->' ]
}

@test "a pull request is held to the guards of its base, from the plan to the apply" {
    prepare_repository
    job 0 apply_job infra cbk -C stack apply --auto-approve
    propose
    in_file mei/stack/cbk.yaml 'require: application' 'require: crash'
    git -C mei commit -qam 'Demand less' && git -C mei push -q origin longer
    job 0 pull_request_job mei ci/plan.sh --guards-from origin/main
    [[ $(cat out/plan.md) == *'Guarded as in'*'though the stack wants'* ]]
    cp out/plan.md reviewed.md
    local before
    before=$(git -C infra rev-parse main)
    merge
    job 1 apply_job infra ci/apply.sh "$here/reviewed.md"
    says stale
    job 0 apply_job infra ci/apply.sh "$here/reviewed.md" --guards-from "$before"
    says 'Apply complete!'
}
