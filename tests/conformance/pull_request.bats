#!/usr/bin/env bats
# A pull request's life, from the branch to the drift of the next night: a git server, two people with a clone each, jobs
# of CI that call the scripts of examples/ci, and somebody with the vendor's own SDK behind cbk's back. tests/run calls it
# after the SDKs, which have to be installed: tests/conformance/sdk/run.

# shellcheck disable=SC2154
load ../e2e/lib
load ../e2e/ci

# A fresh checkout, as each job has one: checkout NAME COMMIT
checkout()
{
    rm -rf "$1" && git clone -q "$url" "$1" && git -C "$1" checkout -q --detach "$2"
}

# Yuki has a stack that is applied; Mei proposes another description of its role as pull request 7.
begin()
{
    url=$1
    share_by "$url"
    job 0 apply_job infra cbk -C stack apply --auto-approve
    git clone -q "$url" mei && who mei Mei
    git -C mei switch -qc longer
    in_file mei/stack/cbk.yaml 'description: assumed by' 'description: carried by'
    git -C mei commit -qam 'Say who carries it' && git -C mei push -q origin longer
}

# The commit that a forge makes of a branch merged into main, without moving main.
proposed_merge()
{
    git -C infra fetch -q origin && git -C infra switch -q --detach origin/main
    git -C infra merge -q --no-ff -m 'Merge pull request 7' origin/longer
    git -C infra push -q -f origin HEAD:refs/pull/7/merge
    git -C infra rev-parse HEAD
}

lives_to_the_end()
{
    local commit digest format
    # the plan, of what main would be, and its comment
    checkout runner "$(git -C infra rev-parse origin/main)"
    commit=$(proposed_merge)
    git -C runner fetch -q origin refs/pull/7/merge && git -C runner checkout -q --detach "$commit"
    job 0 pull_request_job runner ci/plan.sh
    CBK_PULL_REQUEST=7 job 0 pull_request_job runner ci/github.sh comment "$here/out/plan.md"
    run comments 7
    says '<!-- cbk:plan:quickstart -->' '**Plan: 0 to add, 1 to change, 0 to destroy, 0 jobs to run.**' 'roles.app-snapshot' \
        'carried by instances' 'cbk apply --checksum sha256:' "$(git -C runner rev-parse --short=7 HEAD)"
    [ "$(git -C remote.git rev-parse main)" != "$commit" ]

    # the merge, by another commit of the same content, and the apply of what was reviewed
    git -C infra switch -q main && git -C infra merge -q --no-ff -m 'Merge what Mei proposes' origin/longer
    git -C infra push -q origin main
    commit=$(git -C infra rev-parse HEAD)
    merged_by "$commit" 7
    checkout runner "$commit"
    GITHUB_SHA=$commit apply_job runner ci/github.sh reviewed quickstart >reviewed.md
    job 0 apply_job runner ci/apply.sh "$here/reviewed.md"
    says 'Apply complete! 0 added, 1 changed, 0 destroyed'
    digest=$(grep -o 'sha256:[0-9a-f]*$' reviewed.md | tail -1)
    [[ $(git -C remote.git log -3 --format=%s refs/cbk/state/quickstart) == *"plan $digest"* ]]

    # a quiet night
    job 0 nightly_job runner ci/drift.sh
    job 0 nightly_job runner ci/github.sh settle "$here/out/drift.md"

    # somebody else has another tool
    run "$root/tests/conformance/sdk/change-role" AppSnapshotRoleName 'by hand' 7200
    [ "$status" -eq 0 ] && says 'by hand'
    export CBK_DRIFT_FORMATS='text json sarif junit github'
    job 2 nightly_job runner ci/drift.sh
    for format in text github sarif; do
        run cat "out/drift.$format"
        says 'roles.app-snapshot' 'max_session_duration' 'cbk.yaml'
    done
    jq -e '[.. | objects | select(.path? == "/max_session_duration" or .path? == "max_session_duration")] | length == 1' \
        out/drift.json
    jq -e '.version == "2.1.0" and any(.runs[0].results[]; .locations[0].physicalLocation.artifactLocation.uri ==
        "stack/cbk.yaml")' out/drift.sarif
    python3 - <<'PYTHON'
import xml.etree.ElementTree as tree
root = tree.parse("out/drift.junit").getroot()
failed = [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]
assert failed == ["roles.app-snapshot"], failed
PYTHON
    job 0 nightly_job runner ci/github.sh issue "$here/out/drift.md"
    job 2 nightly_job runner ci/drift.sh
    job 0 nightly_job runner ci/github.sh issue "$here/out/drift.md"
    [ "$(forge_state | jq '.issues | length')" -eq 1 ]
    run forge_state
    says 'The cloud has moved away from git: quickstart' '7200'

    # it is put right, and the issue is closed
    job 0 apply_job runner cbk -C stack apply --auto-approve
    job 0 nightly_job runner ci/drift.sh
    job 0 nightly_job runner ci/github.sh settle "$here/out/drift.md"
    [ "$(forge_state | jq -r '.issues[].state')" = closed ]
}

@test "a pull request lives, by file" {
    begin "file://$here/remote.git"
    lives_to_the_end
}

@test "a pull request lives, over http with a login" {
    serve git-server ci:secret
    export CBK_GIT_USERNAME=ci CBK_GIT_PASSWORD=secret
    begin "http://ci:secret@127.0.0.1:$(cat git-server.port)/remote.git"
    lives_to_the_end
}
