#!/usr/bin/env bats
# Plans in git's terms: of commits that are not checked out, against a base, with who changed what.

load lib
load branches

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

# --- who changed it -------------------------------------------------------------------------------------------------

# Commits as somebody, some time ago: commit_as NAME AGE MESSAGE
commit_as()
{
    git -c user.name="$1" commit -q --date="$(date -d "$2 ago" +%s) +0000" -am "$3"
}

blame_of()
{
    cbk_in_stack plan --format json "${@:2}" | jq -c --arg address "$1" '.changes[] | select(.address == $address).blame'
}

# After an apply, three people change three things.
some_history()
{
    apply
    in_file stack/cbk.yaml 'assumed by instances' 'taken by instances'
    commit_as Yuki '50 hours' 'describe the role'
    echo '# better' >>stack/scripts/mysql-prescript.sh
    commit_as Ada '3 hours' 'mend a script'
    in_file stack/cbk.yaml 'what an instance needs' 'what instances need'
}

@test "a change from git says who made it and when" {
    some_history
    expect 0 plan
    says "config: $(git rev-parse --short=7 HEAD~1) Yuki, 2 days ago" \
        "config: $(git rev-parse --short=7 HEAD) Ada, 3 hours ago" 'config: not committed yet'
    [ "$(blame_of policies.app-snapshot)" = '{"uncommitted":true}' ]
    [ "$(blame_of roles.app-snapshot | jq -r .summary)" = 'describe the role' ]
    expect 0 plan --rev HEAD
    says 'Yuki' 'Ada'
    says_not 'not committed'
}

@test "a last line that was taken away is laid to who took it" {
    in_file stack/cbk.yaml 'policies: [policies.app-snapshot]' 'policies: [policies.app-snapshot]
    max_session_duration: 7200'
    commit_as Yuki '50 hours' 'longer'
    apply
    in_file stack/cbk.yaml '
    max_session_duration: 7200' ''
    commit_as Mallory '10 minutes' 'shorter'
    [ "$(blame_of roles.app-snapshot | jq -r .author)" = Mallory ]
}

@test "a merge is not blamed for what its branches did" {
    apply
    on_branch feature
    in_file stack/cbk.yaml 'assumed by instances' 'taken by instances'
    commit_as Yuki '5 hours' 'describe the role'
    git checkout -q main
    in_file stack/cbk.yaml 'what an instance needs' 'what instances need'
    commit_as Ada '3 hours' 'describe the policy'
    git -c user.name=Merger merge -q --no-edit feature
    [ "$(blame_of roles.app-snapshot | jq -r .author)" = Yuki ]
    [ "$(blame_of policies.app-snapshot | jq -r .author)" = Ada ]
}

@test "drift is nobody's in git" {
    apply
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=7200
    [ "$(blame_of roles.app-snapshot)" = null ]
    expect 0 plan
    says 'drift: changed outside of git'
    says_not 'Yuki'
}

@test "a saved plan keeps who it was, and tells dates where no cloud is asked" {
    some_history
    expect 0 plan --out change.plan
    expect 0 show change.plan
    says "Yuki, $(date -u -d '50 hours ago' +%F)"
    expect 0 apply change.plan
}

@test "a shallow clone says that it does not know better" {
    some_history
    commit_as Eve '1 hour' 'describe the policy'
    git clone -q --depth 1 "file://$PWD" shallow
    cp -r stack/state shallow/stack/
    cd shallow
    expect 0 plan
    says "Eve, 1 hour ago, or before: the clone is shallow"
    [ "$(blame_of roles.app-snapshot | jq -c .boundary)" = true ]
}

@test "names of authors cannot move the terminal" {
    apply
    in_file stack/cbk.yaml 'assumed by instances' 'taken by instances'
    commit_as $'Eve\e[2J' '1 hour' $'x\e[31m'
    expect 0 plan
    says 'Eve\x1b[2J'
}

# --- what a branch changes ------------------------------------------------------------------------------------------

# Neither a cloud nor credentials.
alone()
{
    stop_cloud
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET CBK_ENDPOINT
}

loosen()
{
    in_file stack/cbk.yaml 'max: 20' 'max: 40'
    in_file stack/cbk.yaml 'require: application' 'require: crash'
    in_file stack/cbk.yaml 'ecs:TagResources' 'ecs:*'
}

@test "a branch against its base is told without the cloud, what is dangerous first" {
    alone
    on_branch feature
    loosen
    echo '# more' >>stack/scripts/mysql-prescript.sh
    git commit -qam loosen
    expect 2 plan --base main --detailed-exitcode
    says 'Look at these:' 'instances.mysql may match more instances: expect.max 20 -> 40' \
        'snapshot_jobs.mysql demands a lower level: require "application" -> "crash"' \
        'policies.app-snapshot allows more: document.Statement' \
        'pre_freeze.sha256' '0 added, 4 changed, 0 removed.'
    expect 0 plan --base main --format markdown
    says '<!-- cbk:base:quickstart -->' '#### Look at these first' '```diff'
    git checkout -q main
    run cbk -C stack plan --base main --rev feature --format json
    [ "$(jq -r '.head.revision, (.attention | length)' <<<"$output" | paste -sd' ')" = 'feature 3' ]
    expect 0 plan --base main --detailed-exitcode
    says 'No changes: both mean the same.'
}

@test "what the base has got meanwhile is not the branch's" {
    on_branch feature
    commit stack/cbk.yaml 'retain: 7d' 'retain: 9d'
    git checkout -q main
    commit stack/cbk.yaml 'max_age: 24h' 'max_age: 12h'
    expect 0 plan --base main --rev feature
    says 'retain_days' '0 added, 1 changed, 0 removed.'
    says_not 'max_age'
}

@test "comments, order and other words for the same are no changes of a branch" {
    on_branch feature
    echo '# a comment' >>stack/cbk.yaml
    in_file stack/cbk.yaml 'retain: 7d' 'retain: 1w'
    expect 0 plan --base main --detailed-exitcode
    says 'No changes'
}

@test "a stack that the base does not have is new as a whole" {
    on_branch feature
    git mv stack fresh && git commit -qm new
    mv fresh/* stack/ 2>/dev/null || true
    run cbk -C fresh plan --base main --rev feature
    [ "$status" -eq 0 ] && says '+ roles.app-snapshot' ' 0 changed, 0 removed.'
}

@test "a base that cannot be read is an error at its place" {
    commit stack/cbk.yaml 'roles.app-snapshot, instances' 'roles.app-snapshto, instances'
    on_branch feature
    commit stack/cbk.yaml 'roles.app-snapshto, instances' 'roles.app-snapshot, instances'
    refuses 'roles.app-snapshto' plan --base main
    says "$(git rev-parse main):stack/cbk.yaml:"
    refuses "--base: the git repository has no commit 'nothing'" plan --base nothing
    refuses "leave out '--out'" plan --base main --out change.plan
}

@test "a variable that only the branch knows may be given" {
    on_branch feature
    in_file stack/cbk.yaml 'variables:' 'variables:
  days: {}'
    in_file stack/cbk.yaml 'retain: 7d' "retain: '\${var.days}'"
    expect 0 plan --base main --var days=9d
    says '+ variables.days' 'retain_days'
}

# --- what is committed, and what was approved -----------------------------------------------------------------------

@test "--require-clean refuses what is not committed, before the cloud is asked" {
    echo '# more' >>stack/scripts/mysql-prescript.sh
    CBK_ENDPOINT=http://127.0.0.1:1 refuses "the stack 'quickstart' has changes that are not committed" plan --require-clean
    refuses 'not committed' apply --auto-approve --require-clean
    refuses 'not committed' plan --base HEAD --require-clean
    expect 0 plan --rev HEAD --require-clean
    git commit -qam more
    expect 0 apply --auto-approve --require-clean
    rm -rf .git
    refuses "the stack 'quickstart' comes from no commit" plan --require-clean
}

@test "another commit refuses the digest and the saved plan of the one that was approved" {
    on_branch feature
    digest=$(cbk_in_stack plan --format json | jq -r .digest)
    expect 0 plan --out change.plan
    commit stack/cbk.yaml 'retain: 7d' 'retain: 9d'
    refuses 'stale plan: its checksum is' apply --checksum "$digest"
    refuses "stale plan: the stack's files have changed since" apply change.plan
    git checkout -q main
    commit .gitignore '/port' '/ports' 'nothing of the stack'
    git merge -q --no-edit -s ours feature
    expect 0 apply --checksum "$digest"
}

@test "another state refuses the digest" {
    apply
    commit stack/cbk.yaml 'retain: 7d' 'retain: 9d'
    in_file stack/cbk.yaml 'policies: [policies.app-snapshot]' 'policies: [policies.app-snapshot]
    max_session_duration: 7200'
    digest=$(cbk_in_stack plan --format json | jq -r .digest)
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=10800
    expect 0 apply --auto-approve --refresh-only
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=3600
    refuses 'stale plan: its checksum is' apply --checksum "$digest"
}

@test "a live object that has changed in between refuses the digest" {
    apply
    commit stack/cbk.yaml 'policies: [policies.app-snapshot]' 'policies: [policies.app-snapshot]
    max_session_duration: 7200'
    digest=$(cbk_in_stack plan --format json | jq -r .digest)
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=10800
    refuses 'stale plan: its checksum is' apply --checksum "$digest"
    acs ram UpdateRole RoleName=AppSnapshotRoleName NewMaxSessionDuration=3600
    expect 0 apply --checksum "$digest"
}

# --- many stacks ----------------------------------------------------------------------------------------------------

# stacks/alpha, stacks/team/beta and stacks/gamma, of which the last commit has touched beta.
many_stacks()
{
    mkdir -p stacks/team
    for place in alpha team/beta gamma; do
        cp -r stack stacks/$place
        in_file stacks/$place/cbk.yaml 'stack: quickstart' "stack: ${place##*/}"
        in_file stacks/$place/cbk.yaml AppSnapshot "${place##*/}-AppSnapshot"
        sed -i '/^attachments:/,$d' stacks/$place/cbk.yaml
    done
    ln -s ../stack stacks/link
    git add stacks && git commit -qm 'three stacks'
    commit stacks/team/beta/cbk.yaml 'what an instance needs' 'what instances need'
}

@test "all stacks are planned, the touched ones first, with one exit code" {
    many_stacks
    run cbk -C stacks plan --all --format json --detailed-exitcode
    [ "$status" -eq 2 ]
    [ "$(jq -r '.[] | "\(.dir) \(.stack) \(.touched) \(.exit)"' <<<"$output")" = \
        "stacks/team/beta beta true 2
stacks/alpha alpha false 2
stacks/gamma gamma false 2" ]
    run cbk -C stacks plan --all
    [ "$status" -eq 0 ]
    says 'stack beta' 'stack gamma' 'Stacks:' 'stacks/team/beta' 'touched' '3 stacks, 0 failed.'
    run cbk -C stacks plan --all --base HEAD~1 --format json
    [ "$(jq -c '[.[].plan.summary.update]' <<<"$output")" = '[1,0,0]' ]
}

# What is said of them: touched DIR [OPTION]... prints "NAME TOUCHED" of each, in the order of the plans.
touched()
{
    { cbk -C "$1" plan --all --format json "${@:2}" 2>talk.txt || true; } |
        jq -r '.[] | "\(.dir | split("/") | last) \(.touched)"'
}

@test "a stack is touched by a file that it shares, and not by words that change nothing" {
    many_stacks
    mkdir stacks/shared && mv stacks/alpha/scripts stacks/shared
    rm -r stacks/gamma/scripts && ln -s ../shared/scripts stacks/gamma/scripts # one names the way, the other has a link
    sed -n '/^scripts:/,/post_thaw/p' stack/cbk.yaml >declared.yaml
    cat declared.yaml >>stacks/gamma/cbk.yaml
    sed 's,scripts/,../shared/scripts/,' declared.yaml >>stacks/alpha/cbk.yaml
    git add -A stacks && git commit -qm 'share scripts'
    echo '# more' >>stacks/shared/scripts/mysql-prescript.sh
    local both=$'alpha true\ngamma true\nbeta false' none=$'alpha false\ngamma false\nbeta false'
    [ "$(touched stacks --base HEAD)" = "$both" ]
    [ "$(touched stacks --rev HEAD --base HEAD)" = "$none" ]
    git commit -qam 'change a script'
    [ "$(touched stacks)" = "$both" ]
    [ "$(touched stacks --rev HEAD)" = "$both" ]
    commit stacks/alpha/cbk.yaml 'cbk: 1' 'cbk: 1 # one'
    [ "$(touched stacks)" = "$none" ]
    [ ! -s talk.txt ]
    cp -r stacks/team/beta stacks/omega # nobody has committed it yet
    sed -i 's/beta/omega/' stacks/omega/cbk.yaml
    [ "$(touched stacks)" = $'omega true\nalpha false\ngamma false\nbeta false' ]
}

@test "where the base is not there, nobody says that a stack is untouched" {
    many_stacks
    git clone -q --depth 1 "file://$PWD" shallow
    [ "$(touched shallow/stacks)" = $'alpha null\ngamma null\nbeta null' ]
    grep -q '^note: which stacks are touched is not known: .*HEAD~1' talk.txt
    run cbk -C shallow/stacks plan --all
    [ "$status" -eq 0 ] && says 'touched?' '3 stacks, 0 failed.'
    run cbk -C shallow/stacks plan --all --base HEAD~1
    [ "$status" -eq 1 ] && says "error: --base: the git repository has no commit 'HEAD~1'"
    # of one that cannot be read it is not known either
    in_file stacks/alpha/cbk.yaml 'cbk: 1' 'cbk: one'
    [ "$(touched stacks)" = $'beta true\nalpha null\ngamma false' ]
}

@test "a stack that fails hides no other, and decides the exit code" {
    many_stacks
    in_file stacks/alpha/cbk.yaml '[policies.app-snapshot]' '[policies.nothing]'
    run cbk -C stacks plan --all --detailed-exitcode
    [ "$status" -eq 1 ]
    says "stacks/alpha/cbk.yaml:" "unknown reference 'policies.nothing'" 'failed' 'stack gamma' '3 stacks, 1 failed.'
    run cbk -C stacks plan --all --out x.plan
    [ "$status" -eq 1 ] && says "'--out' is about one stack"
    mkdir nothing
    run cbk -C nothing plan --all
    [ "$status" -eq 1 ] && says "no cbk.yaml in 'nothing', nor below it"
}
