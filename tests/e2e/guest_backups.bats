#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154 # shell text for guests is quoted; lib.bash sets here and sim_pid
# Backups of instances with real disks: what is frozen, for how long, what the copies hold, and what is left when somebody
# dies in the midst of it.

load lib
load guests

# --- jobs of i-bp1ccc -----------------------------------------------------------------------------------------------

# Starts a job: begin_job MORE-OF-DETAIL, an object in JSON.
begin_job()
{
    job=$(acs hbr CreateBackupJob SourceType=UDM_ECS BackupType=COMPLETE InstanceId=i-bp1ccc \
        "Detail=$(jq -cn --argjson more "${1:-{\}}" '{appConsistent: true} + $more')" | jq -r .JobId)
}

# One of its records through a filter of jq: world FILTER.
world()
{
    acs sim GET /_sim/world | jq -r --arg job "$job" "$1"
}

end_job()
{
    until [[ $(world '.backup_jobs[] | select(.id == $job).status') =~ COMPLETE|FAILED|CANCELED ]]; do sleep 0.1; done
}

measured()
{
    world ".backup_jobs[] | select(.id == \$job).guest | $1"
}

# Runs a job and expects what it reached: job_reaches LEVEL REASON [MORE-OF-DETAIL].
job_reaches()
{
    local reached
    begin_job "${3:-}"
    end_job
    reached=$(world '.recovery_points[] | select(.job_id == $job) | "\(.level) \(.reason)"')
    [ "$reached" = "$1 $2" ] && [ "$(measured '"\(.level) \(.reason)"')" = "$1 $2" ] && return 0
    echo "reached: $reached" && world '.backup_jobs[]' && cat sim.log && return 1
}

# What the scripts have left.
scripts_ran()
{
    within i-bp1ccc 'cat /data/log 2>/dev/null; rm -f /data/log'
    [ "$output" = "$1" ] || { echo "the scripts ran: $output" && return 1; }
}

# Everything there can be written again.
writes()
{
    within i-bp1ccc 'for place in / /data /data/more; do date >$place/written && sync $place/written || exit 1; done'
}

until_frozen()
{
    until acs sim GET /_sim/guests | jq -e '.[] | select(.instance == "i-bp1ccc").frozen' >/dev/null; do sleep 0.05; done
}

set_guest()
{
    acs sim POST /_sim/world "{\"instances\": [{\"id\": \"i-bp1ccc\", $1}]}" >/dev/null
}

# Writes a line a moment to each file system, with the time in it.
start_beating()
{
    within i-bp1ccc 'for place in / /data /data/more; do
        (while :; do date +%s%N >>$place/beat; sleep 0.01; done) >/dev/null 2>&1 &
    done'
}

# The longest time without a beat on a file system, in microseconds.
longest_pause()
{
    within i-bp1ccc "awk 'NR > 1 && (\$1 - last) / 1000 > most {most = (\$1 - last) / 1000} {last = \$1} END {printf \"%d\", most}' $1/beat"
    echo "$output"
}

# --- copies ---------------------------------------------------------------------------------------------------------

# A fresh copy of a disk of the last job, as a device.
restored()
{
    local snapshot
    snapshot=$(world ".recovery_points[] | select(.job_id == \$job).native_ids[]" | while read -r id; do
        world ".snapshots[] | select(.id == \"$id\" and .disk_id == \"$1\").id"
    done)
    acs sim POST /_sim/guests/restore "{\"snapshot\": \"$snapshot\"}" | jq -r .device
}

# Must the journal of that ext4 be replayed?
needs_recovery()
{
    dumpe2fs -h "$1" 2>/dev/null | grep '^Filesystem features:' | grep -qw needs_recovery
}

is_clean()
{
    if needs_recovery "$1"; then echo "$1 needs recovery" && return 1; fi
}

# The transactions in the log of that XFS that are not the superblock's own.
xfs_changes()
{
    xfs_logprint -t "$1" 2>/dev/null | grep -E '(BUF|INO|EFI|EFD|RUI|RUD|CUI|CUD|BUI|BUD|DQB|ICR): |Buffer:' |
        grep -cvE 'BUF: |SUPER Block Buffer' || true
}

# --- the stories ----------------------------------------------------------------------------------------------------

@test "a frozen file system is copied as if it had been unmounted" {
    start_beating
    job_reaches APPLICATION ''
    scripts_ran $'pre\npost'
    [ "$(measured '"\(.thawed_by) \(.copy) \(.frozen | join(" "))"')" = 'order reflink / /data /data/more' ]
    for disk in d-bp1cc0 d-bp1cc2; do
        device=$(restored "$disk")
        is_clean "$device"
        mkdir -p copy
        mount -o ro "$device" copy
        [ -s copy/beat ]
        umount copy
    done
    device=$(restored d-bp1cc1)
    [ "$(xfs_changes "$device")" -eq 0 ]
    mount -o ro,norecovery,nouuid "$device" copy # nothing is missing in front of the log
    [ "$(cat copy/log)" = pre ] && [ -s copy/beat ]
    umount copy
    acs sim POST /_sim/guests/release "{\"device\": \"$device\"}" >/dev/null
    run acs sim POST /_sim/guests/release "{\"device\": \"$device\"}"
    [ "$status" -ne 0 ] && says 'is no restored disk'
}

@test "at the level of file systems they are frozen, too" {
    within i-bp1ccc 'rm /tmp/postscript.sh'
    start_beating
    job_reaches FILE_SYSTEM HBR.PostScriptNotReady
    scripts_ran ''
    is_clean "$(restored d-bp1cc2)"
    [ "$(xfs_changes "$(restored d-bp1cc1)")" -eq 0 ]
}

@test "a copy of what was not frozen needs recovery" {
    start_beating
    within i-bp1ccc 'for i in $(seq 200); do mkdir /data/$i; done; sync'
    job_reaches CRASH '' '{"appConsistent": false}'
    [ "$(measured 'has("frozen")')" = false ]
    needs_recovery "$(restored d-bp1cc2)"
    [ "$(xfs_changes "$(restored d-bp1cc1)")" -gt 0 ]
}

@test "what is frozen cannot be written, until it thaws" {
    start_beating
    set_guest '"guest": {"copy_ms": 2000}'
    job_reaches APPLICATION ''
    [ "$(measured .freeze_window_us)" -ge 2000000 ]
    writes
    for place in '' /data /data/more; do [ "$(longest_pause "$place")" -ge 2000000 ]; done
}

@test "a freeze ends by itself when its time is over, and the backup was not consistent" {
    start_beating
    set_guest '"guest": {"copy_ms": 4000}'
    job_reaches CRASH HBR.FreezeTimedOut '{"timeoutInSeconds": 1}'
    [ "$(measured .thawed_by)" = timeout ]
    [ "$(measured .freeze_window_us)" -lt 4000000 ]
    scripts_ran $'pre\npost'
    writes
}

@test "an agent that stops in the midst of it leaves the thaw to the clock" {
    set_guest '"guest": {"copy_ms": 3000}'
    begin_job '{"timeoutInSeconds": 5}'
    until_frozen
    set_guest '"assistant": "offline"'
    end_job
    [ "$(measured '"\(.level) \(.reason) \(.thawed_by)"')" = 'CRASH HBR.CloudAssistantNotRunning timeout' ]
    scripts_ran pre
    writes
}

@test "scripts that fail, hang, are missing, or are not root's alone" {
    within i-bp1ccc 'cp -p /tmp/prescript.sh /tmp/good; echo "exit 1" >>/tmp/prescript.sh'
    job_reaches FILE_SYSTEM HBR.PreScriptFailed
    scripts_ran $'pre\npost'
    set_guest '"guest": {"script_timeout_ms": 300}'
    within i-bp1ccc 'sed -i "s/exit 1/sleep 600/" /tmp/prescript.sh'
    job_reaches FILE_SYSTEM HBR.PreScriptFailed
    scripts_ran $'pre\npost'
    not_within i-bp1ccc 'pgrep -x sleep'
    within i-bp1ccc 'chmod 755 /tmp/prescript.sh'
    job_reaches FILE_SYSTEM HBR.PreScriptNotReady
    within i-bp1ccc 'cp -p /tmp/good /tmp/prescript.sh; chown nobody /tmp/prescript.sh'
    job_reaches FILE_SYSTEM HBR.PreScriptNotReady
    within i-bp1ccc 'rm /tmp/prescript.sh'
    job_reaches FILE_SYSTEM HBR.PreScriptNotReady
    scripts_ran ''
    job_reaches CRASH HBR.PreScriptNotReady '{"enableFsFreeze": false}'
    within i-bp1ccc 'cp -p /tmp/good /tmp/prescript.sh; echo "exit 3" >>/tmp/postscript.sh'
    job_reaches FILE_SYSTEM HBR.PostScriptFailed
    writes
}

@test "a disk that is mounted twice is not frozen" {
    within i-bp1ccc 'mkdir /again; mount --bind /data/more /again'
    job_reaches CRASH HBR.DeviceMountedTwice
    scripts_ran ''
    grep -q "the disk 'd-bp1cc2' is mounted twice" sim.log
    writes
}

@test "a helper that is killed while it freezes: the simulator thaws" {
    set_guest '"guest": {"copy_ms": 1000}'
    begin_job '{"timeoutInSeconds": 60}'
    until_frozen
    kill -9 "$(pgrep -P "$sim_pid" -x guest-freeze)"
    end_job
    [ "$(measured '"\(.level) \(.reason) \(.thawed_by)"')" = 'CRASH HBR.FreezeTimedOut rescue' ]
    writes
}

@test "a simulator that is killed while it freezes: the helper thaws, and all goes" {
    set_guest '"guest": {"copy_ms": 60000}'
    begin_job '{"timeoutInSeconds": 60}'
    until_frozen
    kill -9 "$sim_pid"
    wait "$sim_pid" || true
    until [ "$(devices_left)" -eq 0 ]; do sleep 0.1; done
    start_cloud
    [ "$(grep -c 'was left frozen' sim.log)" -eq 0 ]
    writes
}

@test "a simulator and its helper that are killed at once: the next one thaws" {
    set_guest '"guest": {"copy_ms": 60000}'
    begin_job '{"timeoutInSeconds": 60}'
    until_frozen
    helper=$(pgrep -P "$sim_pid" -x guest-freeze)
    kill -STOP "$sim_pid"
    kill -9 "$helper"
    kill -9 "$sim_pid"
    wait "$sim_pid" || true
    start_cloud
    grep -q 'was left frozen by a simulator that was killed: thawed' sim.log
    writes
    [ -z "$(attached_twice)" ]
}

@test "a simulator that is told to end while it freezes, thaws first" {
    set_guest '"guest": {"copy_ms": 60000}'
    begin_job '{"timeoutInSeconds": 60}'
    until_frozen
    stop_cloud
    [ "$(devices_left)" -eq 0 ]
    grep -q '"thawed_by":"order"' sim.log
}

@test "a job that is cancelled thaws, and runs the second script" {
    set_guest '"guest": {"copy_ms": 60000}'
    begin_job '{"timeoutInSeconds": 60}'
    until_frozen
    acs hbr CancelBackupJob "JobId=$job" >/dev/null
    until measured .thawed_by | grep -qx order; do sleep 0.1; done
    [ "$(world '.backup_jobs[] | select(.id == $job).status')" = CANCELED ]
    scripts_ran $'pre\npost'
    [ -z "$(ls "/proc/$sim_pid/root$here/guests/pool/snapshots")" ]
}

@test "a pool that is full fails the job, and the guest goes on" {
    stop_cloud
    rm -rf guests
    restart_cloud "${sim_options[@]}" --guests-pool 300m
    within i-bp1ccc 'head -c 60M /dev/urandom >/data/big; sync'
    begin_job
    end_job
    [ "$(world '.backup_jobs[] | select(.id == $job).status')" = FAILED ]
    world '.backup_jobs[] | select(.id == $job).error_message' | grep 'No space left on device'
    scripts_ran $'pre\npost'
    writes
    [ -z "$(ls "/proc/$sim_pid/root$here/guests/pool/snapshots")" ]
}

@test "a snapshot that is deleted takes its image with it" {
    job_reaches APPLICATION ''
    images="/proc/$sim_pid/root$here/guests/pool/snapshots"
    [ "$(find "$images" -name '*.img' | wc -l)" -eq 3 ]
    for id in $(world '.snapshots[].id'); do acs ecs DeleteSnapshot "SnapshotId=$id" Force=true >/dev/null; done
    [ "$(find "$images" -name '*.img' | wc -l)" -eq 0 ]
}

@test "where blocks cannot be shared, a copy is plain, and says so" {
    stop_cloud
    rm -rf guests
    mkdir guests bin
    mount -t tmpfs cbk-guests guests # it cannot, and no file system that can is made
    ln -s /usr/sbin/* /usr/bin/* bin 2>/dev/null || true
    rm bin/mkfs.xfs
    in_file world.yaml 'filesystem: xfs, mount: /data, image_mib: 320' 'filesystem: ext4, mount: /data, image_mib: 64'
    PATH=${CBK_BIN:-$root/build-dev/bin}:$root/tests/tools:$here/bin start_cloud
    grep -q 'snapshots will be plain copies' sim.log
    within i-bp1ccc 'head -c 20M /dev/urandom >/data/big'
    job_reaches APPLICATION ''
    [ "$(measured .copy)" = plain ]
    device=$(restored d-bp1cc1)
    is_clean "$device"
    mkdir copy
    mount -o ro "$device" copy
    cmp copy/big "/proc/$(first_process i-bp1ccc)/root/data/big"
    umount copy
    stop_cloud
    until umount guests; do sleep 0.1; done
}

@test "snapshots outlive the simulator in its directory" {
    job_reaches APPLICATION ''
    restart_cloud "${sim_options[@]}" --save saved.json
    within i-bp1ccc 'rm /data/log'
    job_reaches APPLICATION ''
    stop_cloud
    cp saved.json world.yaml
    start_cloud
    device=$(restored d-bp1cc1)
    mkdir copy
    mount -o ro,norecovery,nouuid "$device" copy
    [ "$(cat copy/log)" = pre ]
    umount copy
    [ "$(world '.snapshots | length')" -eq 3 ]
    job_reaches APPLICATION ''
}

@test "cbk sees an application-consistent recovery point of real disks, and what is less" {
    apply
    says 'application-consistent'
    expect_settled
    within i-bp1aaa 'cat /data/log'
    [ "$output" = $'pre\npost' ]
    within i-bp1aaa 'echo "exit 1" >>/tmp/prescript.sh'
    printf 'exit 1\n' >>stack/scripts/mysql-prescript.sh
    expect 3 apply --auto-approve --var release=2
    says 'reached filesystem consistency, application is required: HBR.PreScriptFailed'
}
