#!/usr/bin/env bats
# Where credentials come from, and that they are renewed: real sessions of roles in the simulated cloud, on real http.

# shellcheck disable=SC2030,SC2031,SC2154 # each test is a shell of its own
load lib

account=1234567890123456

prepare()
{
    cat >>world.yaml <<'YAML'
roles:
  - name: deployer
    policies: [{name: AdministratorAccess, type: System}]
    trust_document:
      Version: "1"
      Statement:
        - {Effect: Allow, Action: "sts:AssumeRole", Principal: {RAM: ["acs:ram::1234567890123456:root"]}}
        - Effect: Allow
          Action: "sts:AssumeRole"
          Principal: {Federated: ["acs:ram::1234567890123456:oidc-provider/ci"]}
          Condition: {StringLike: {"oidc:sub": "repo:me/*"}}
oidc_providers:
  - {name: ci, issuer: "https://ci.example.com", client_ids: [sts.aliyuncs.com]}
YAML
    unset ALIBABA_CLOUD_CLI_PROFILE_DISABLED
    export HOME=$here
    mkdir -m 700 .aliyun
}

stop_services()
{
    [ -z "${server_pid:-}" ] || { kill "$server_pid" && wait "$server_pid"; } 2>/dev/null || true
}

# A token as CI gives it to a job of this subject, in the file `token`.
write_token()
{
    python3 - "$1" "${2:-300}" >token <<'PYTHON'
import base64, json, sys, time
def part(claims):
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
now = int(time.time())
print(".".join([part({"alg": "RS256"}), part({"iss": "https://ci.example.com", "aud": "sts.aliyuncs.com",
      "sub": sys.argv[1], "iat": now, "exp": now + int(sys.argv[2])}), "c2lnbmF0dXJl"]))
PYTHON
}

use_token()
{
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    write_token "$@"
    export ALIBABA_CLOUD_ROLE_ARN=acs:ram::$account:role/deployer ALIBABA_CLOUD_OIDC_TOKEN_FILE=$here/token
    export ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::$account:oidc-provider/ci
}

# The file of the vendor's CLI with these profiles, the first of which is the current one.
write_profiles()
{
    jq -n '{current: $ARGS.positional[0].name, profiles: $ARGS.positional}' --jsonargs "$@" >.aliyun/config.json
    chmod 600 .aliyun/config.json
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
}

# How often an action was called.
calls_of()
{
    acs sim GET /_sim/requests | jq --arg action "$1" '[.[] | select(.action == $action)] | length'
}

# Nothing in the output is a secret: not a key's, not a token, not what the simulator gave.
says_no_secret()
{
    local secret
    for secret in quickstart-secret "$(cat token 2>/dev/null || echo no-token)" \
        $(acs sim GET /_sim/world | jq -r '.sessions[]? | .access_key_secret, .security_token'); do
        says_not "$secret" || return
    done
}

# Plans with what there is, and says whose word it takes.
plans_by()
{
    expect 0 --log-level trace plan
    says "credentials from $1" 'Plan: '
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIquickstart ALIBABA_CLOUD_ACCESS_KEY_SECRET=quickstart-secret says_no_secret
}

@test "a token of CI: the role by OIDC, for a whole apply" {
    use_token repo:me/infra:ref:refs/heads/main
    plans_by "OIDC: 'acs:ram::$account:role/deployer' by the token in '$here/token', until "
    apply
    [ "$(calls_of AssumeRoleWithOIDC)" -eq 2 ]
    rm stack/state -r && ALIBABA_CLOUD_ROLE_SESSION_NAME=job-17 expect 0 plan
    [ "$(acs sim GET /_sim/world | jq '[.sessions[] | select(.arn | endswith("/job-17"))] | length')" -eq 1 ]
}


@test "a token that is not trusted, is too old, is none, is not there" {
    use_token repo:somebody/else
    refuses 'AssumeRoleWithOIDC failed' plan
    says "no credentials from OIDC: 'acs:ram::$account:role/deployer'" 'does not trust the token'
    write_token repo:me/infra -10
    refuses 'the token has expired' plan
    echo 'two words' >token
    refuses "'$here/token' does not hold a token" plan
    says_not 'two words'
    rm token
    refuses "cannot open '$here/token'" plan
    unset ALIBABA_CLOUD_OIDC_PROVIDER_ARN
    refuses 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set' plan
}

@test "a session that ends during an apply is renewed, and the apply goes on" {
    use_token repo:me/infra
    cbk -C stack --log-level info apply --auto-approve >apply.log 2>&1 3>&- &
    local pid=$!
    await_call CreateBackupJob "$pid"
    # the jobs end, and so does the session of an hour
    acs sim POST /_sim/clock '{"advance": "2h"}' >/dev/null
    await "$pid"
    [ "$status" -eq 0 ] || { cat apply.log && return 1; }
    [ "$(calls_of AssumeRoleWithOIDC)" -eq 2 ]
    [ "$(grep -c 'credentials from OIDC' apply.log)" -eq 2 ]
}

@test "a token that grows old while a lock is waited for has been traded before" {
    fault hang_after '{"action": "CreateRole", "nth": 1}' '"ms": 60000'
    cbk -C stack apply --auto-approve >first.log 2>&1 3>&- &
    local first=$! second
    await_call CreateRole "$first"
    use_token repo:me/infra
    cbk -C stack apply --auto-approve --lock-timeout 100s >second.log 2>&1 3>&- &
    second=$!
    until [ "$(calls_of AssumeRoleWithOIDC)" -eq 1 ]; do
        kill -0 "$second" || { cat second.log && return 1; }
        sleep 0.05
    done
    kill -0 "$first" # which has the lock
    rm token
    no_faults
    kill -9 "$first"
    await "$first"
    await "$second"
    [ "$status" -eq 0 ] || { cat second.log && return 1; }
}

@test "profiles of the vendor's CLI, each mode" {
    write_profiles '{"name": "key", "mode": "AK", "access_key_id": "LTAIquickstart",
                     "access_key_secret": "quickstart-secret"}' \
        '{"name": "role", "mode": "RamRoleArn", "access_key_id": "LTAIquickstart", "access_key_secret":
          "quickstart-secret", "ram_role_arn": "acs:ram::1234567890123456:role/deployer", "expired_seconds": 900}' \
        '{"name": "chain", "mode": "ChainableRamRoleArn", "source_profile": "key", "ram_role_arn":
          "acs:ram::1234567890123456:role/deployer", "ram_session_name": "chained"}' \
        '{"name": "oidc", "mode": "OIDC", "ram_role_arn": "acs:ram::1234567890123456:role/deployer",
          "oidc_provider_arn": "acs:ram::1234567890123456:oidc-provider/ci", "oidc_token_file": "token"}'
    write_token repo:me/infra
    plans_by "profile 'key' of '$here/.aliyun/config.json'"
    local name
    for name in role chain oidc; do
        export ALIBABA_CLOUD_PROFILE=$name
        plans_by "profile '$name' of '$here/.aliyun/config.json', until "
    done
    [ "$(calls_of AssumeRole)" -eq 2 ]
    ALIBABA_CLOUD_PROFILE=rolle refuses "unknown profile 'rolle' (did you mean 'role'?)" plan
}

@test "a profile of temporary credentials, until they expire" {
    local session
    session=$(acs sts AssumeRole RoleArn=acs:ram::$account:role/deployer RoleSessionName=me | jq .Credentials)
    write_profiles "$(jq '{name: "sts", mode: "StsToken", access_key_id: .AccessKeyId, access_key_secret:
                          .AccessKeySecret, sts_token: .SecurityToken}' <<<"$session")"
    plans_by "profile 'sts'"
    acs sim POST /_sim/clock '{"advance": "2h"}' >/dev/null
    refuses 'the temporary credentials have expired: get new ones' plan
}

@test "a file of profiles that others may read is taken, and warned of" {
    write_profiles "$(jq -n --arg id "$ALIBABA_CLOUD_ACCESS_KEY_ID" --arg secret "$ALIBABA_CLOUD_ACCESS_KEY_SECRET" \
        '{name: "key", mode: "AK", access_key_id: $id, access_key_secret: $secret}')"
    chmod 644 .aliyun/config.json
    plans_by "profile 'key'"
    says "'$here/.aliyun/config.json' holds secrets, and others may read it: chmod 0600 it"
    says_not quickstart-secret
}

@test "a server of one's own gives credentials" {
    credentials-server 127.0.0.1 0 port.server deployer >server.log 2>&1 3>&- &
    server_pid=$!
    until [ -s port.server ]; do
        kill -0 "$server_pid" || { cat server.log && return 1; }
        sleep 0.02
    done
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    ALIBABA_CLOUD_CREDENTIALS_URI=http://127.0.0.1:$(cat port.server)/credentials
    export ALIBABA_CLOUD_CREDENTIALS_URI
    plans_by 'ALIBABA_CLOUD_CREDENTIALS_URI, until '
    ALIBABA_CLOUD_CREDENTIALS_URI+=/not-there
    refuses 'it answered HTTP 404' plan
    write_profiles "{\"name\": \"uri\", \"mode\": \"CredentialsURI\",
                     \"credentials_uri\": \"${ALIBABA_CLOUD_CREDENTIALS_URI%/not-there}\"}"
    plans_by "profile 'uri'"
    for blocks in 1 true; do
        ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS=$blocks refuses 'which ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS blocks' plan
    done
}

# Runs it as on an instance that carries the role: on_instance CODE WORDS...
on_instance()
{
    local wanted=$1
    shift
    use_key LTAIquickstart quickstart-secret # the service's, for the sessions that it gives
    ALIBABA_CLOUD_ECS_METADATA_DISABLED=false run in_own_network on-instance deployer "$@"
    [ "$status" -eq "$wanted" ] && says_not Sanitizer && return 0
    printf 'exit code %s instead of %s of: %s\n%s\n' "$status" "$wanted" "$*" "$output"
    return 1
}

@test "on an instance the role that it carries, by the metadata service at its own address" {
    on_instance 0 cbk -C stack --log-level info plan
    says 'credentials from the role of this instance, until ' 'Plan: '
    grep -q '^PUT /latest/api/token 200$' metadata.log
    grep -q '^GET /latest/meta-data/ram/security-credentials/ 200$' metadata.log
    ALIBABA_CLOUD_ECS_METADATA=deployer on_instance 0 cbk -C stack plan
    [ "$(grep -c 'security-credentials/ ' metadata.log)" -eq 0 ]
    ALIBABA_CLOUD_ECS_METADATA=other on_instance 1 cbk -C stack plan
    says "this instance does not carry the role 'other'"
    write_profiles '{"name": "here", "mode": "EcsRamRole", "ram_role_name": "deployer"}'
    on_instance 0 cbk -C stack --log-level info plan
    says "credentials from profile 'here'"
    # no proxy stands between an instance and its metadata
    on_instance 0 env http_proxy=http://127.0.0.1:9 cbk -C stack plan
}

@test "no credentials: what was looked for, in order, and why it was passed over" {
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    refuses 'no credentials found' plan
    says 'note: the environment (ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET): not set
note: OIDC (ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_OIDC_PROVIDER_ARN): not set
note: a profile of the aliyun command: there is no '"'$here/.aliyun/config.json'"'
note: the role of this instance: turned off by ALIBABA_CLOUD_ECS_METADATA_DISABLED
note: ALIBABA_CLOUD_CREDENTIALS_URI: not set'
}
