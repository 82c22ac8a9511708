# shellcheck shell=bash
# shellcheck disable=SC2154 # status, output and here come from bats and lib.bash
#
# Sweeps: one fault at the first change of an apply, then at the second, and so on; after each an apply without faults.

prepare()
{
    in_file stack/cbk.yaml '{tags: {app: mysql}, expect: {min: 1, max: 20}}' '{ids: [i-bp1aaa]}'
    sed -i '/trigger:/d' stack/cbk.yaml
}

# What a command may end with when the cloud misbehaves: done, or an error that says something; never a crash.
ends_well()
{
    [ "$status" -eq 0 ] && return 0
    [ "$status" -eq 1 ] && [ "$(errors_said)" -ge 1 ] && says_not 'this is a bug' && says_not Sanitizer && return 0
    printf 'exit code %s:\n%s\n' "$status" "$output"
    return 1
}

# How many roles and policies of the stack are there.
objects_made()
{
    acs sim GET /_sim/world | jq '[.roles[], .policies[] | select(.name | startswith("AppSnapshot"))] | length'
}

# The fault strikes change number FIRST, ..., LAST: sweep FAULT FIRST LAST.
sweep()
{
    local kind=$1 nth
    for nth in $(seq "$2" "$3"); do
        fault "$kind" "{\"mutating\": true, \"nth\": $nth}" '"ms": 300'
        run cbk_in_stack apply --auto-approve
        ends_well || { echo "$kind at change $nth" && return 1; }
        no_faults
        { apply && expect_settled && [ "$(objects_made)" -eq 2 ]; } || { echo "after $kind at change $nth" && return 1; }
        expect 0 destroy --auto-approve
        [ "$(objects_made)" -eq 0 ]
        rm -r stack/state
    done
}
