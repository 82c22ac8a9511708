#!/usr/bin/env bats
# shellcheck disable=SC2034,SC2154 # for proof.bash and from it
# What can go wrong with a backup of a MariaDB under load: each time the file systems are thawed within the timeout, the
# database writes again, cbk tells the level that was really reached, and its exit code is 3 where that is too low.

load proof

database=mariadb
scripts=mysql

# The guest of each test, by its name.
settings()
{
    case $BATS_TEST_DESCRIPTION in
    'scripts that fail'*) script_timeout_ms=2000 ;;
    'a freeze that'*) copy_ms=4000 ;;
    'an agent'* | 'cbk is killed'*) copy_ms=3000 ;;
    'a pool'*) more_options=(--guests-pool 1500m) ;;
    esac
}

# A pair of scripts in the stack: our_script freeze|thaw, its text from the input.
our_script()
{
    local -A names=([freeze]=prescript [thaw]=postscript)
    cat >"stack/scripts/mysql-${names[$1]}.sh"
}

# One backup that is to end with exit code 3, at a level, for a reason: falls_to LEVEL REASON [WORDS OF APPLY]...
falls_to()
{
    release=$((${release:-1} + 1))
    expect 3 apply --auto-approve --var "release=$release" "${@:3}"
    says "$2"
    [ "$(job .guest.level)" = "$1" ]
    goes_on
}

# Nothing is frozen any more, and all writers write.
goes_on()
{
    eventually "${1:-20}" thawed
    eventually 30 load_moves
}

thawed()
{
    acs sim GET /_sim/guests | jq -e 'all(.[]; .frozen | not)' >/dev/null
}

frozen()
{
    acs sim GET /_sim/guests | jq -e 'any(.[]; .frozen)' >/dev/null
}

# cbk apply in the background, until the guest is frozen; its process is in apply_pid.
apply_until_frozen()
{
    cbk -C stack apply --auto-approve --var release=9 >apply.log 2>&1 3>&- &
    apply_pid=$!
    eventually 60 frozen
}

@test "scripts that fail or hang" {
    start_load
    our_script freeze <<<$'#!/bin/sh\nexit 1'
    falls_to FILE_SYSTEM HBR.PreScriptFailed
    our_script freeze <<<$'#!/bin/sh\nexec sleep 1000'
    falls_to FILE_SYSTEM HBR.PreScriptFailed
    our_script freeze <<<$'#!/bin/sh\nexit 0'
    our_script thaw <<<$'#!/bin/sh\nexit 76'
    falls_to FILE_SYSTEM HBR.PostScriptFailed
}

@test "scripts that are not there, have another mode or another owner" {
    sed -i '/^scripts:/,/^$/d; s/, scripts: scripts.mysql//' stack/cbk.yaml
    start_load
    expect 1 apply --auto-approve
    says CBK108
    falls_to FILE_SYSTEM HBR.PreScriptNotReady --allow-downgrade
    within "$machine" 'printf "#!/bin/sh\n" | tee /tmp/prescript.sh >/tmp/postscript.sh; chmod 0700 /tmp/p*script.sh'
    release=20
    expect 0 apply --auto-approve --var release=20 --allow-downgrade # they are as they should be
    within "$machine" 'chmod 0755 /tmp/prescript.sh'
    falls_to FILE_SYSTEM HBR.PreScriptNotReady --allow-downgrade
    within "$machine" 'chmod 0700 /tmp/prescript.sh; chown nobody /tmp/postscript.sh'
    falls_to FILE_SYSTEM HBR.PostScriptNotReady --allow-downgrade
}

@test "a freeze that takes longer than its timeout" {
    in_file stack/cbk.yaml 'freeze_timeout: 30s' 'freeze_timeout: 1s'
    start_load
    falls_to CRASH HBR.FreezeTimedOut
    [ "$(job .guest.thawed_by)" = timeout ]
    [ "$(job '.guest.freeze_window_us < 3000000')" = true ]
}

@test "an agent that stops in the middle" {
    in_file stack/cbk.yaml 'freeze_timeout: 30s' 'freeze_timeout: 5s'
    within "$machine" 'umask 077; echo hold_limit=10 >/etc/cbk/mysql.conf'
    start_load
    apply_until_frozen
    acs sim POST /_sim/world "{\"instances\": [{\"id\": \"$machine\", \"assistant\": \"offline\"}]}" >/dev/null
    await "$apply_pid"
    [ "$status" -eq 3 ]
    grep -q HBR.CloudAssistantNotRunning apply.log
    goes_on # though the thaw script never ran: the keeper of the freeze script has let go
}

# Leaves room for what the guest writes meanwhile, and not for a copy. The pool is a file system of its own, in the
# simulator's mount namespace; nothing else may be filled.
fill_pool()
{
    local pool=/proc/$sim_pid/root$here/guests/pool free
    [ "$(stat --file-system --format=%T "$pool")" = xfs ]
    free=$(($(stat --file-system --format='%a * %S' "$pool") >> 20))
    [ "$free" -lt 1500 ]
    fallocate -l "$((free - 60))M" "$pool/ballast"
}

@test "a pool without room for the copy" {
    start_load
    fill_pool
    expect 3 apply --auto-approve --var release=2
    says 'ended as FAILED' 'No space left on device'
    goes_on
}

@test "cbk is killed during the freeze" {
    start_load
    apply_until_frozen
    kill -KILL "$apply_pid"
    wait "$apply_pid" || true
    goes_on 30
    expect 0 apply --auto-approve --var release=9
    [ "$(acs sim GET /_sim/world | jq '.backup_jobs | length')" -eq 1 ]
    [ "$(job .guest.level)" = APPLICATION ]
}
