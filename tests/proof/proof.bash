# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # lib.bash uses sim_options; status and output come from bats
# For the proofs: a guest with a database under a constant load, a stack whose job backs it up, and what its copies are
# worth. A file of tests sets `database` and `scripts` (the pair's name), and may set `configuration`
# and define `settings` for what differs from test to test.

load ../e2e/lib
load ../e2e/guests
load databases

export BATS_TEST_TIMEOUT=900
machine=i-bp1db

prepare()
{
    can_have_guests || return
    if declare -F settings >/dev/null; then settings; fi
    sim_options=(--guests --guests-dir "$here/guests" "${more_options[@]}")
    chmod 0755 "$here"
    mkdir load copy
    touch load/{1,2,3,4}
    install -d -o "$machine_user" copy_place
    make_place
    write_world >world.yaml
    sed -i 's/^    max_age: 24h$//' stack/cbk.yaml
    cp "$root/examples/scripts/$scripts-freeze.sh" stack/scripts/mysql-prescript.sh
    cp "$root/examples/scripts/$scripts-thaw.sh" stack/scripts/mysql-postscript.sh
}

# What machine and guest share: the server's socket, its log, how it is started. In memory, since a device that a guest
# has mounted twice rules application consistency out.
make_place()
{
    mkdir place
    mount -t tmpfs cbk-proof place
    cp "$root"/tests/proof/{boot,*.bash} place
    chown "$machine_user" place
}

write_world()
{
    cat <<YAML
account: "1234567890123456"
credentials: [{access_key_id: LTAIquickstart, access_key_secret: quickstart-secret}]
instances:
  - id: $machine
    name: db-1
    os_name: Ubuntu 22.04 64 bit
    tags: {app: mysql}
    guest:
      script_timeout_ms: ${script_timeout_ms:-60000}
      copy_ms: ${copy_ms:-0}
      boot: "$here/place/boot $database $here/place ${configuration:-}"
      share: [$here/place]
    disks:
      - {id: d-bp1sys, filesystem: ext4, mount: /, image_mib: 256}
      - {id: d-bp1data, filesystem: ext4, mount: /data, device: /dev/xvdb, image_mib: 1024}
    files:
      /etc/cbk/mysql.cnf: {mode: "0600", content: "[client]\nsocket=$here/place/socket\nuser=root\n"}
      /etc/cbk/postgresql.service: {mode: "0600", content: "[cbk]\nhost=$here/place\nuser=postgres\n"}
      /etc/cbk/postgresql-cold.conf: {mode: "0600", content: "$(cold_settings)"}
YAML
}

# How the server is stopped and started in the guest, with a line end that YAML makes one.
cold_settings()
{
    local control="${as_server[*]} $postgresql_bin/pg_ctl --pgdata=/data/db --log=$here/place/server.log --wait"
    printf "stop='%s --mode=fast stop'\\\\n" "$control"
    printf "start='%s --options=-k\\\\\\\\ %s start'\\\\n" "$control" "$here/place"
    printf "query='psql --no-psqlrc --host=%s --username=postgres --quiet --command'\\\\n" "$here/place"
}

# --- the load -------------------------------------------------------------------------------------------------------

start_load()
{
    setsid "$root/tests/proof/load" "$database" "$(socket_in "$here/place" "$database")" "$here/load" \
        >/dev/null 2>&1 3>&- &
    load_pid=$!
    eventually 30 load_moves
}

# Have all writers had something acknowledged since the last time?
load_moves()
{
    local before=$acknowledged writer
    acknowledged=
    for writer in 1 2 3 4; do
        acknowledged+=" $(wc -l <"load/$writer")"
    done
    [[ ! " $before $acknowledged " =~ \ 0\  ]] && differ_all "$before" "$acknowledged"
}
acknowledged=

differ_all()
{
    local was is index
    read -ra was <<<"$1"
    read -ra is <<<"$2"
    for index in 0 1 2 3; do
        [ "${was[index]:-0}" != "${is[index]:-0}" ] || return 1
    done
}

stop_load()
{
    [ -z "${load_pid:-}" ] || kill -- "-$load_pid" 2>/dev/null || true
    load_pid=
}

teardown()
{
    stop_load
    close_copy
    stop_cloud
    umount place 2>/dev/null || true
    cd / && rm -rf "$here"
}

# --- backups --------------------------------------------------------------------------------------------------------

# What is asked of the job: ask_for LEVEL
ask_for()
{
    case $1 in
    application) ;;
    filesystem) # as when a script is broken
        printf '#!/bin/sh\nexit 1\n' >stack/scripts/mysql-prescript.sh
        in_file stack/cbk.yaml 'require: application' 'require: filesystem'
        ;;
    crash)
        in_file stack/cbk.yaml 'require: application' 'require: crash'
        in_file stack/cbk.yaml '{level: application, role: roles.app-snapshot, scripts: scripts.mysql, freeze_timeout: 30s}' \
            '{level: crash}'
        ;;
    esac
}

# One backup through `cbk apply`, which must end with this code: back_up CODE
back_up()
{
    release=$((${release:-1} + 1))
    began=$(date +%s.%N)
    expect "$1" apply --auto-approve --var "release=$release" || { within "$machine" "cat /run/cbk-freeze/$scripts/log"; echo "$output"; return 1; }
}

# The last job's record, through a filter of jq.
job()
{
    acs sim GET /_sim/world | jq -r ".backup_jobs | sort_by(.created) | last | $1"
}

# Since when the keeper of the scripts had it stand still, in seconds of the epoch.
stood_still()
{
    local log since
    log=/proc/$(first_process "$machine")/root/run/cbk-freeze/$scripts/log
    since=$(sed -n 's/.*it stands still since //p' "$log" | tail -1)
    date -d "$since" +%s.%N
}

# --- copies ---------------------------------------------------------------------------------------------------------

# Attaches the last job's copy of the data disk and tells whether its journal has to be replayed: replay or none, in journal
open_copy()
{
    local snapshot
    snapshot=$(acs sim GET /_sim/world | jq -r --arg name "Created-from-HBR-job:$(job .id)" \
        '.snapshots[] | select(.name == $name and .disk_id == "d-bp1data").id')
    device=$(acs sim POST /_sim/guests/restore "{\"snapshot\": \"$snapshot\"}" | jq -r .device)
    journal=none
    if dumpe2fs -h "$device" 2>/dev/null | grep -q needs_recovery; then journal=replay; fi
    mount "$device" copy
}

# Starts the database of the copy beside its original: the verdict of its own log is in verdict, in ms in start_ms.
start_copy()
{
    local begun
    rm -f copy/db/postmaster.pid
    begun=$(now_ms)
    "${database}_start" "$here/copy/db" "$(socket_in "$here/copy_place" "$database")" "$here/copy.log" ||
        tell 'the copy does not start' || return
    copy_pid=$started
    start_ms=$(($(now_ms) - begun))
    verdict=$("${database}_verdict" copy.log copy/db)
}

close_copy()
{
    [ -z "${copy_pid:-}" ] || kill -QUIT "$copy_pid" 2>/dev/null || true
    [ -z "${copy_pid:-}" ] || kill_hard "$copy_pid"
    copy_pid=
    umount copy 2>/dev/null || true
    [ -z "${device:-}" ] || acs sim POST /_sim/guests/release "{\"device\": \"$device\"}" >/dev/null || true
    device=
}

# Its children go with it; they must have, or the disk is busy.
kill_hard()
{
    wait "$1" 2>/dev/null || eventually 10 gone "$1" || kill -KILL "$1"
}

gone()
{
    ! kill -0 "$1" 2>/dev/null
}

# Has all that was acknowledged before a moment, and nothing by half: audit SECONDS
audit()
{
    local wrong
    wrong=$(bank_audit "$database" "$(socket_in "$here/copy_place" "$database")" load "$1")
    [ -z "$wrong" ] || { echo "$wrong" && return 1; }
}

# --- proofs ---------------------------------------------------------------------------------------------------------

# Copies in a row at one level, each with what must be true of it: prove LEVEL RUNS JOURNAL VERDICT. With
# CBK_PROOF_REPORT=FILE the figures of each run are added there.
prove()
{
    local run
    ask_for "$1"
    start_load
    for ((run = 1; run <= $2; run++)); do
        back_up 0
        reached "$1"
        open_copy
        start_copy
        [ "$journal $verdict" = "$3 $4" ] || tell "run $run: journal $journal, database $verdict" || return
        audit "$(moment "$1")"
        close_copy
        report "$1"
        eventually 30 load_moves
    done
}

tell()
{
    echo "$1"
    cat copy.log
    return 1
}

# The service's word for a level.
reached()
{
    local -A words=([application]=APPLICATION [filesystem]=FILE_SYSTEM [crash]=CRASH)
    [ "$(job .guest.level)" = "${words[$1]}" ] || { job . && return 1; }
}

# Until when all that was acknowledged must be in the copy.
moment()
{
    if [ "$1" = application ]; then stood_still; else echo "$began"; fi
}

# The longest that a writer waited for a commit since the backup was begun, in milliseconds.
longest_wait()
{
    awk -v began="$began" 'FNR == 1 { last = 0 } $2 > began && last && $2 - last > most { most = $2 - last } { last = $2 }
        END { printf "%d", most * 1000 }' load/[1-4]
}

report()
{
    [ -n "${CBK_PROOF_REPORT:-}" ] || return 0
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$scripts" "$1" "$verdict" "$(longest_wait)" "$start_ms" \
        "$(job '.guest | "\(.pre_script_us) \(.freeze_window_us) \(.copy_us)"')" >>"$CBK_PROOF_REPORT"
}
