#!/usr/bin/env bats
# shellcheck disable=SC2154 # status and output come from bats
# The simulator as a program: its options, its world file, its pages.

load lib

@test "the simulator tells what is wrong with its world once, with the place" {
    printf 'instances: [{id: i-1, os_type: [}\n' >broken.yaml
    run cbk-sim --world broken.yaml
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = 'cbk-sim: broken.yaml:1:33: error: expected a value here' ]
    [ "${lines[1]}" = '1 | instances: [{id: i-1, os_type: [}' ]
    [ "$(errors_said)" -eq 1 ]
    run cbk-sim --world nowhere.yaml
    [ "$output" = "cbk-sim: error: cannot open 'nowhere.yaml': No such file or directory" ]
}

@test "the simulator listens where it is told to, or not at all" {
    for port in 99999 65536 -1 http ''; do
        run timeout 60 cbk-sim --listen "127.0.0.1:$port"
        [ "$status" -eq 1 ]
        says "cannot listen on '127.0.0.1:$port'"
    done
}

@test "the pages of the simulator tell the cloud's time" {
    acs sim POST /_sim/clock '{"advance": "400d"}' >/dev/null
    date=$(curl -si "$CBK_ENDPOINT/_sim/clock" | sed -n 's/^Date: //p' | tr -d '\r')
    [ "$(date -d "$date" +%s)" -gt "$(($(date +%s) + 399 * 86400))" ]
}
