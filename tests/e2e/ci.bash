# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
#
# What stories about CI need: a repository on a git server, a forge that takes comments and issues and gives tokens, roles
# of the cloud that trust those tokens, and the scripts of examples/ci as jobs call them. Loaded after lib.

account=1234567890123456
services=()

prepare()
{
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    cat >>world.yaml <<'YAML'
roles:
  - name: plan
    policies: [{name: AdministratorAccess, type: System}]
    trust_document:
      Version: "1"
      Statement:
        - Effect: Allow
          Action: "sts:AssumeRole"
          Principal: {Federated: ["acs:ram::1234567890123456:oidc-provider/ci"]}
          Condition: {StringEquals: {"oidc:sub": ["repo:me/infra:pull_request", "repo:me/infra:ref:refs/heads/main"]}}
  - name: apply
    policies: [{name: AdministratorAccess, type: System}]
    trust_document:
      Version: "1"
      Statement:
        - Effect: Allow
          Action: "sts:AssumeRole"
          Principal: {Federated: ["acs:ram::1234567890123456:oidc-provider/ci"]}
          Condition: {StringEquals: {"oidc:sub": "repo:me/infra:environment:production"}}
oidc_providers:
  - {name: ci, issuer: "https://ci.example.com", client_ids: [sts.aliyuncs.com]}
YAML
    serve forge bot-token='github-actions[bot]' mallory-token=mallory
    forge_port=$(cat forge.port)
}

# Starts one of the servers of tests/tools, and waits for NAME.port: serve NAME WORD...
serve()
{
    local name=$1
    shift
    case $name in
    git-server) git-server "$PWD" git-server.port "$@" >"$name.log" 2>&1 3>&- & ;;
    *) "$name" "$name.port" "$@" >"$name.log" 2>&1 3>&- & ;;
    esac
    services+=("$!")
    until [ -s "$name.port" ]; do
        kill -0 "${services[-1]}" || { cat "$name.log" && return 1; }
        sleep 0.02
    done
}

stop_services()
{
    [ ${#services[@]} -eq 0 ] || { kill "${services[@]}" && wait "${services[@]}"; } 2>/dev/null || true
}

# The forge's own page: forge_state [JSON]
forge_state()
{
    curl -sSf "http://127.0.0.1:$forge_port/_forge" ${1:+--data-binary "$1"}
}

# Makes the stack a repository with the scripts in it, on main of remote.git: share_by URL
share_by()
{
    git init -q --bare -b main remote.git && git -C remote.git config http.receivepack true
    in_file stack/cbk.yaml 'variables:' 'state: {backend: git}

variables:'
    mkdir infra && mv stack infra/stack && cp -r "$root/examples/ci/shell" infra/ci
    git -C infra init -q -b main
    who infra Yuki
    git -C infra remote add origin "$1"
    git -C infra add -A && git -C infra commit -qm 'a stack' && git -C infra push -q origin main
}

# who REPOSITORY NAME
who()
{
    git -C "$1" config user.name "$2" && git -C "$1" config user.email "$2@example.com"
}

# A job of CI in a checkout, as this subject: in_job SUBJECT ROLE CHECKOUT COMMAND [WORD]...
# It has no key: only the token that it asks the runner for.
in_job()
{
    local subject=$1 role=$2 checkout=$3
    shift 3
    forge_state "{\"subject\": \"$subject\"}" >/dev/null
    (
        unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
        export ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::$account:oidc-provider/ci
        export ALIBABA_CLOUD_ROLE_ARN=acs:ram::$account:role/$role ALIBABA_CLOUD_OIDC_TOKEN_FILE=$here/job-token
        export ACTIONS_ID_TOKEN_REQUEST_URL="http://127.0.0.1:$forge_port/token?api-version=2.0"
        export ACTIONS_ID_TOKEN_REQUEST_TOKEN=bot-token CI=true CBK_STACK_DIR=stack CBK_OUT=$here/out
        export GITHUB_API_URL=http://127.0.0.1:$forge_port GITHUB_REPOSITORY=me/infra GITHUB_TOKEN=bot-token
        cd "$checkout" || exit
        ci/token.sh "$ALIBABA_CLOUD_OIDC_TOKEN_FILE"
        "$@"
    )
}

pull_request_job()
{
    in_job repo:me/infra:pull_request plan "$@"
}

nightly_job()
{
    in_job repo:me/infra:ref:refs/heads/main plan "$@"
}

apply_job()
{
    in_job repo:me/infra:environment:production apply "$@"
}

# job CODE KIND_job CHECKOUT COMMAND...: runs it and expects an exit code.
job()
{
    local wanted=$1
    shift
    run "$@"
    [ "$status" -eq "$wanted" ] && says_not Sanitizer && return 0
    printf 'exit code %s instead of %s of: %s\n%s\n' "$status" "$wanted" "$*" "$output"
    return 1
}

# The comments of a pull request, their texts one after the other.
comments()
{
    forge_state | jq -r --arg place "github/$1" '.comments[] | select(.place == $place) | .body'
}

# The forge learns that this commit came by that pull request.
merged_by()
{
    forge_state "{\"pulls\": {\"$1\": [{\"number\": $2, \"merged_at\": \"2026-11-23T10:00:00Z\"}]}}" >/dev/null
}
