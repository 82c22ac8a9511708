#!/usr/bin/env bats
# The policies of examples/permissions suffice, and say no word too many.

load lib

permissions=$BATS_TEST_DIRNAME/../../examples/permissions

prepare()
{
    jq -n --slurpfile plan "$permissions/plan.json" --slurpfile apply "$permissions/apply.json" \
        '{policies: [{name: "plan", document: $plan[0]}, {name: "apply", document: $apply[0]}]}' >policies.json
    sed '/^instances:/,$!d' world.yaml >instances.yaml
    cat >world.yaml <<'YAML'
account: "1234567890123456"
region: cn-hangzhou
credentials:
  - {access_key_id: LTAIquickstart, access_key_secret: quickstart-secret}
  - {access_key_id: LTAIreader, access_key_secret: reader-secret, user: reader, policies: [plan]}
  - {access_key_id: LTAIwriter, access_key_secret: writer-secret, user: writer, policies: [plan, apply]}
YAML
    # JSON is YAML, so the policies can be put in as they are.
    printf 'policies: %s\n' "$(jq -c .policies policies.json)" >>world.yaml
    cat instances.yaml >>world.yaml
}

@test "plan.json is enough to plan, and not to apply" {
    use_key LTAIreader reader-secret
    expect 2 plan --detailed-exitcode
    expect 1 apply --auto-approve
    says NoPermission
    use_key LTAIquickstart quickstart-secret
    [ "$(actions_made)" = "$(actions_made | grep -E '^(CreatePolicy|SendFile)$')" ] # tried, and refused
    apply
    use_key LTAIreader reader-secret
    expect_settled
}

@test "with apply.json as well, a stack lives and dies" {
    use_key LTAIwriter writer-secret
    apply
    expect_settled
    in_file stack/cbk.yaml 'description: what an instance needs' 'description: what instances need'
    in_file stack/cbk.yaml 'max_age: 24h' 'max_age: 23h'
    in_file stack/cbk.yaml 'ecs:DescribeDisks' 'ecs:DescribeDisks, ecs:DescribeTags'
    in_file stack/cbk.yaml 'description: assumed' 'max_session_duration: 7200
    tags: {team: dba}
    description: assumed'
    expect 0 apply --auto-approve --allow-wider-permissions
    expect_settled
    in_file stack/cbk.yaml '{team: dba}' '{}'
    apply
    expect_settled
    expect 0 destroy --auto-approve
}

@test "no action is named that cbk does not call" {
    jq -r '.Statement[].Action[]' "$permissions"/*.json | cut -d: -f2 | grep -v PassRole |
        while read -r action; do
            grep -rqF "\"$action\"" "$permissions"/../../src/{cloud,kinds,engine} || { echo "$action" && false; }
        done
}

# A world whose user `reader` holds what this stack's plans need, and `writer` what its applies need.
grant_what_is_printed_for()
{
    cbk -C stack permissions plan >plan.json
    cbk -C stack permissions >apply.json
    sed -n '/^instances:/,$p' "$1/world.yaml" >instances.yaml
    {
        printf 'account: "1234567890123456"\nregion: cn-hangzhou\ncredentials:\n'
        echo '  - {access_key_id: LTAIreader, access_key_secret: reader-secret, user: reader, policies: [printed-plan]}'
        echo '  - {access_key_id: LTAIwriter, access_key_secret: writer-secret, user: writer, policies: [printed-apply]}'
        jq -nc --slurpfile plan plan.json --slurpfile apply apply.json '"policies: " + ([{name: "printed-plan",
            document: $plan[0]}, {name: "printed-apply", document: $apply[0]}] | tojson)' | jq -r .
        cat instances.yaml
    } >world.yaml
    restart_cloud
}

@test "what is printed for a stack is enough to plan and to apply it" {
    local name
    cp -r "$BATS_TEST_DIRNAME/../../examples" examples
    git init -q .
    for name in mysql-fleet postgresql windows-vss several-files cross-region; do
        rm -rf stack && ln -sfn "examples/$name" stack
        grant_what_is_printed_for "examples/$name"
        use_key LTAIreader reader-secret
        expect 2 plan --detailed-exitcode
        expect 1 apply --auto-approve
        says NoPermission
        rm -rf "examples/$name/state"
        restart_cloud
        use_key LTAIwriter writer-secret
        apply
        expect_settled
        expect 0 destroy --auto-approve
    done
}

@test "what is printed names roles, and nothing that the stack has no use for" {
    expect 0 permissions
    [ "$(jq -c '.Statement[1].Resource' <<<"$output")" = '["acs:ram:*:1234567890123456:role/AppSnapshotRoleName"]' ]
    says_not hbr:CreateVault
    expect 0 permissions plan
    says_not Create
    says_not PassRole
    refuses "not for 'destroy'" permissions destroy
}
