# shellcheck shell=bash
# shellcheck disable=SC2154 # status and output come from bats
#
# What every story needs: a folder of its own, a copy of the quickstart's stack in it, a simulated cloud, and words to
# say what is expected. Loaded by every *.bats file here.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
PATH=${CBK_BIN:-$root/build-dev/bin}:$root/tests/tools:$PATH
sim_options=()
unset "${!ALIBABA_CLOUD_@}" "${!CBK_VAR_@}" "${!CBK_CLI_ARGS@}" "${!CBK_LOG@}" CBK_ENDPOINT CBK_IN_AUTOMATION CI
# whoever runs the tests has credentials of his own, which are none of theirs
export ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true ALIBABA_CLOUD_ECS_METADATA_DISABLED=true

setup()
{
    here=$(mktemp -d)
    cd "$here" || return
    mkdir stack
    cp -r "$root/examples/quickstart/cbk.yaml" "$root/examples/quickstart/scripts" stack
    cp "$root/examples/quickstart/world.yaml" world.yaml
    if declare -F prepare >/dev/null; then prepare; fi
    start_cloud
}

teardown()
{
    if declare -F stop_services >/dev/null; then stop_services; fi
    stop_cloud
    cd / && rm -rf "$here"
}

# --- the cloud ------------------------------------------------------------------------------------------------------

# Starts the simulator on world.yaml, with the words of sim_options.
start_cloud()
{
    rm -f port
    cbk-sim --listen 127.0.0.1:0 --port-file port --world world.yaml "${sim_options[@]}" >sim.log 2>&1 3>&- &
    sim_pid=$!
    until [ -s port ]; do
        kill -0 "$sim_pid" 2>/dev/null || { cat sim.log && return 1; }
        sleep 0.02
    done
    CBK_ENDPOINT=http://127.0.0.1:$(cat port)
    export CBK_ENDPOINT
    use_key LTAIquickstart quickstart-secret
}

stop_cloud()
{
    [ -n "${sim_pid:-}" ] || return 0
    kill "$sim_pid" 2>/dev/null || true
    wait "$sim_pid" 2>/dev/null || true
    sim_pid=
    # A sanitizer's complaint about the simulator must not go unseen.
    if grep -q 'ERROR: \|runtime error: \|WARNING: ThreadSanitizer' sim.log; then
        cat sim.log
        return 1
    fi
}

# Starts it anew, with more options.
restart_cloud()
{
    stop_cloud
    sim_options=("$@")
    start_cloud
}

use_key()
{
    export ALIBABA_CLOUD_ACCESS_KEY_ID=$1 ALIBABA_CLOUD_ACCESS_KEY_SECRET=$2
}

# Replaces text in a file: in_file FILE OLD NEW. It must be there.
in_file()
{
    python3 - "$@" <<'PYTHON'
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
if old not in text:
    sys.exit(f"'{old}' is not in {path}")
open(path, "w").write(text.replace(old, new))
PYTHON
}

# The next fault: fault NAME JSON-OF-MATCH [MORE JSON].
fault()
{
    acs sim POST /_sim/faults "{\"match\": $2, \"fault\": \"$1\"${3:+, $3}}" >/dev/null
}

no_faults()
{
    acs sim DELETE /_sim/faults >/dev/null
}

# How many requests have changed something.
changes_made()
{
    acs sim GET /_sim/requests | jq '[.[] | select(.mutating)] | length'
}

# The actions that have changed something, in order, one a line.
actions_made()
{
    acs sim GET /_sim/requests | jq -r '.[] | select(.mutating) | .action'
}

# Waits until an action that changes something has reached the cloud, COUNT times since it started (1 when left out);
# fails when who should call it has ended: await_call ACTION PID [COUNT]
await_call()
{
    until [ "$(actions_made | grep -cx "$1")" -ge "${3:-1}" ]; do
        kill -0 "$2" 2>/dev/null || { echo "it ended before it called $1" && return 1; }
        sleep 0.05
    done
}

# How many calls of an action have come, or have had their effect: calls_of before|after ACTION
calls_of()
{
    acs sim GET /_sim/requests | jq --arg when "$1" --arg action "$2" \
        '[.[] | select(.action == $action and ($when == "before" or .worked))] | length'
}

# Kills a command (apply, when none is named) while its call of an action hangs, before its effect or after it:
# killed_at before|after ACTION [COMMAND [OPTION]...]
killed_at()
{
    local when=$1 action=$2 calls pid
    shift 2
    [ $# -gt 0 ] || set -- apply
    calls=$(calls_of "$when" "$action")
    fault "hang_$when" "{\"action\": \"$action\", \"nth\": 1}" '"ms": 60000'
    cbk -C stack "$@" --auto-approve >killed.log 2>&1 3>&- &
    pid=$!
    until [ "$(calls_of "$when" "$action")" -gt "$calls" ]; do
        kill -0 "$pid" 2>/dev/null || { cat killed.log && return 1; }
        sleep 0.02
    done
    kill -9 "$pid"
    await "$pid"
    no_faults
}

# Runs it with a network of its own, in which nothing is up; as root there: in_own_network COMMAND [WORD]...
in_own_network()
{
    local how=(sudo -n -E env "PATH=$PATH" unshare)
    if [ "$(id -u)" -eq 0 ]; then
        how=(unshare)
    elif unshare --map-root-user --net true 2>/dev/null; then
        how=(unshare --map-root-user)
    fi
    "${how[@]}" --net "$@"
}

in_guest()
{
    acs ecs RunCommand Type=RunShellScript "InstanceId.1=$1" "CommandContent=$2" ContentEncoding=PlainText >/dev/null
}

# --- cbk ------------------------------------------------------------------------------------------------------------

cbk_in_stack()
{
    cbk -C stack "$@"
}

# Runs it and expects an exit code: expect CODE WORDS...
expect()
{
    local wanted=$1
    shift
    run cbk_in_stack "$@"
    [ "$status" -eq "$wanted" ] && says_not Sanitizer && return 0
    printf 'exit code %s instead of %s of: cbk %s\n%s\n' "$status" "$wanted" "$*" "$output"
    return 1
}

apply()
{
    expect 0 apply --auto-approve
}

# Waits for a process and takes its exit code for `status`.
await()
{
    wait "$1" && status=0 || status=$?
}

# The world and the stack agree, and the state knows it.
expect_settled()
{
    expect 0 plan --detailed-exitcode && says 'No changes.'
}

# The output has all these texts.
says()
{
    local text
    for text; do
        [[ $output == *"$text"* ]] && continue
        printf "no '%s' in:\n%s\n" "$text" "$output"
        return 1
    done
}

says_not()
{
    [[ $output != *"$1"* ]] && return 0
    printf "'%s' in:\n%s\n" "$1" "$output"
    return 1
}

# How many errors the output has.
errors_said()
{
    grep -cE '(^|: )error: ' <<<"$output"
}

state_digest()
{
    find stack/state -type f ! -name '*.lock' -exec sha256sum {} + 2>/dev/null | sort
}

# One clear error, exit 1, nothing changed in the cloud nor in the state: refuses TEXT WORDS...
refuses()
{
    local text=$1 before state
    shift
    before=$(changes_made 2>/dev/null || true)
    state=$(state_digest)
    expect 1 "$@" && says "$text" || return
    [ "$(errors_said)" -eq 1 ] || { printf 'not one error but:\n%s\n' "$output" && return 1; }
    [ "$(changes_made 2>/dev/null || true)" = "$before" ] || { echo 'something was changed' && return 1; }
    [ "$(state_digest)" = "$state" ] || { echo 'the state was changed' && return 1; }
}
