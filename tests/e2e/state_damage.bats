#!/usr/bin/env bats
# A state that is not what it should be, or cannot be kept where it should: one clear error, and nothing is overwritten.

load lib

state=stack/state/quickstart.json

stop_services()
{
    mountpoint -q stack/state && umount stack/state
    true
}

# What stands there instead of the state | what is said about it
texts()
{
    cat <<'ROWS'
                                                 | error: the state 'stack/state/quickstart.json' is empty
{"version": 1, "lineage"                         | quickstart.json' is not valid JSON: line 1, column 24
<<<<<<< HEAD                                     | quickstart.json' is not valid JSON: line 1, column 1
ROWS
}

# What jq makes of a good one | what is said about it
edits()
{
    cat <<'ROWS'
{}                                               | is not a state of cbk
.version = 2                                     | is of version 2, this cbk knows 1
.stack = "other"                                 | belongs to the stack 'other', not to 'quickstart'
.serial = "7"                                    | is not a state of cbk
.resources = []                                  | is not a state of cbk
.resources["roles.app-snapshot"] = 7             | is damaged at resource 'roles.app-snapshot'
.resources["roles.app-snapshot"].id = 7          | resources["roles.app-snapshot"].id: 'id' has to be a string, not a number
.resources["roles.app-snapshot"].depends_on = "" | .depends_on: 'depends_on' has to be a list, not a string
del(.resources["roles.app-snapshot"].id)         | is damaged: resources["roles.app-snapshot"]: missing key 'id'
.resources["roles.app-snapshot"].kind = "script" | is damaged: 'roles.app-snapshot' cannot be a script
.resources["roles.app-snapshot"].kind = "wizard" | has an object of a kind not known here: 'roles.app-snapshot', a 'wizard'
.resources |= (.["wizards.a"] = .["roles.app-snapshot"])      | of a kind not known here: 'wizards.a', a 'role'
.resources |= (.["roles.a[\"i\"]"] = .["roles.app-snapshot"]) | 'roles.a["i"]' is not the address of a role
ROWS
}

# Calls a function with each row's two halves: for_each COUNT FUNCTION, the rows on its input.
for_each()
{
    local row what rows=0
    while IFS= read -r row <&4; do
        what=${row%% | *}
        "$2" "${what%"${what##*[! ]}"}" "${row#* | }" || { echo "in the row: $row" && return 1; }
        rows=$((rows + 1))
    done 4<&0
    [ "$rows" -eq "$1" ]
}

is_refused()
{
    refuses "$1" plan && refuses "$1" apply --auto-approve
}

refuses_text()
{
    printf '%s' "$1" >"$state"
    is_refused "$2"
}

refuses_edit()
{
    jq "$1" good.json >"$state"
    is_refused "$2"
}

refuses_push()
{
    jq "$1" good.json >pushed.json
    refuses "$2" state push --force pushed.json
}

@test "a state that is damaged, newer, another one's or hand-edited is refused and left alone" {
    apply
    cp "$state" good.json
    for_each 3 refuses_text < <(texts)
    for_each 13 refuses_edit < <(edits)
    cp good.json "$state"
    expect_settled
}

@test "nor can any of that be pushed, by force neither" {
    apply
    cp "$state" good.json
    for_each 13 refuses_push < <(edits)
    refuses 'the state to push is not valid JSON: line 1, column 1' state push --force <(echo '<<<<<<< HEAD')
    expect_settled
}

@test "a kind of tomorrow can be forgotten" {
    apply
    cp "$state" good.json
    jq '.resources["wizards.a"] = (.resources["roles.app-snapshot"] | .kind = "wizard")' good.json >"$state"
    refuses "has an object of a kind not known here: 'wizards.a', a 'wizard'" plan
    expect 0 state rm wizards.a
    expect_settled
}

@test "a disk that is full leaves the old state, and the apply says what it could not keep" {
    mkdir stack/state && mount -t tmpfs -o size=64k cbk-test stack/state
    apply
    head -c 1M /dev/zero >stack/state/ballast 2>/dev/null || true
    local before
    before=$(sha256sum <"$state")
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    expect 1 apply --auto-approve
    says 'No space left on device' 'stack/state/quickstart'
    [ "$(sha256sum <"$state")" = "$before" ]
    rm stack/state/ballast
    apply
    expect_settled
}

@test "a directory that is read-only can be read, and no apply begins" {
    apply
    in_file stack/cbk.yaml 'description: assumed by' 'description: carried by'
    mount --bind stack/state stack/state && mount -o remount,bind,ro stack/state
    refuses "cannot open the lock 'stack/state/quickstart.lock': Read-only file system" apply --auto-approve
    expect 2 plan --detailed-exitcode
    says 'carried by'
    refuses 'Read-only file system' state rm roles.app-snapshot
    umount stack/state
    apply
    expect_settled
}

@test "a file where the directory should be" {
    : >stack/state
    refuses "cannot open 'stack/state/quickstart.journal': Not a directory" plan
    refuses "'stack/state/quickstart.lock': Not a directory" apply --auto-approve
}
