#!/usr/bin/env bats
# shellcheck disable=SC2154 # status and output come from bats
# What whoever comes from other tools types and sets without looking it up.

load lib

@test "--json is --format json wherever there is one" {
    expect 0 plan --json
    jq -e '.format_version' <<<"$output"
    cbk_in_stack apply --auto-approve --json >events 2>talk.log
    [ "$(head -1 events | jq -r .type)" = version ]
    expect 0 drift --json && jq -e '.summary' <<<"$output"
    expect 0 check --json && jq -e '.fit' <<<"$output"
    expect 0 show --json && jq -e '.serial' <<<"$output"
    expect 1 graph --json && says "unknown format 'json': it is one of dot, mermaid"
}

@test "--input=false asks nothing and approves nothing" {
    run cbk_in_stack apply --input=false <<<yes
    [ "$status" -eq 1 ]
    says 'not approved'
    says_not 'Do you want'
    [ "$(changes_made)" -eq 0 ]
    expect 0 plan --input=false
    expect 0 apply --input=false --auto-approve
    refuses 'not approved' destroy --input=false
}

@test "yes is yes without the end of its line, too" {
    run bash -c 'printf yes | cbk -C stack apply'
    [ "$status" -eq 0 ]
    says 'Apply complete!'
}

@test "a plan does not guess: --refresh=false is refused, and says why" {
    refuses 'a plan that has not asked the cloud is a guess' plan --refresh=false
    expect 0 plan --refresh=true --lock-timeout=5s
}

@test "the environment has words for every command, and for one" {
    CBK_CLI_ARGS='--no-color' CBK_CLI_ARGS_plan="--detailed-exitcode --target 'policies.app-snapshot'" expect 2 plan
    says 'Only what was asked for'
    CBK_CLI_ARGS_plan='--format json' expect 0 plan --format text
    says 'cbk plan ·'
    CBK_CLI_ARGS_plan='--fromat json' refuses "the environment's CBK_CLI_ARGS: unknown option 'fromat' (did you" plan
    CBK_CLI_ARGS_plan="'--no-color" refuses 'CBK_CLI_ARGS_plan: a quote' plan
}

@test "words of the environment are taken once, though every stack is planned by a cbk of its own" {
    git init -q . && git add stack && git -c user.name=t -c user.email=t@example.org commit -qm all
    CBK_CLI_ARGS_plan=--all run cbk plan
    [ "$status" -eq 0 ]
    says '1 stack'
}

@test "the log goes to a file, for its owner alone" {
    CBK_LOG=trace CBK_LOG_PATH=$here/cbk.log expect 0 plan
    says_not DescribeInstances
    grep -q DescribeInstances cbk.log
    [ "$(stat -c %a cbk.log)" = 600 ]
    before=$(wc -l <cbk.log)
    CBK_LOG=trace CBK_LOG_PATH=$here/cbk.log expect 0 plan # adds to it
    [ "$(wc -l <cbk.log)" -gt "$before" ]
    run grep quickstart-secret cbk.log
    [ "$status" -eq 1 ]
    CBK_LOG=info CBK_LOG_PATH=$here/none/cbk.log refuses "cannot write the log '$here/none/cbk.log'" plan
}

@test "nobody is told what to run next where nobody is" {
    apply
    in_guest i-bp1aaa 'rm /tmp/prescript.sh'
    expect 2 drift && says "'cbk plan' shows how"
    CBK_IN_AUTOMATION=1 expect 2 drift && says_not "'cbk plan' shows how"
    CI=true expect 2 drift && says_not "'cbk plan' shows how"
    run cbk init one && says "then 'cbk validate'"
    CBK_IN_AUTOMATION=1 run cbk init two && says_not "then 'cbk validate'"
}

@test "help tells of a command that is none" {
    expect 1 help plna && says "unknown command 'plna' (did you mean 'plan'?)"
    expect 1 plna --help && says "unknown command 'plna' (did you mean 'plan'?)"
    expect 0 help plan && says 'usage: cbk plan'
}

@test "a job is run as it was read: snapshot run takes the checksum" {
    apply
    acs sim POST /_sim/clock '{"advance": "30h"}' >/dev/null
    refuses 'stale plan' snapshot run --checksum sha256:0
}

@test "check goes on below what is required when told so" {
    acs sim POST /_sim/world '{"instances": [{"id": "i-bp1aaa", "assistant": "offline"}]}' >/dev/null
    expect 1 check
    expect 0 check --allow-downgrade
    says '1 not fit'
}
