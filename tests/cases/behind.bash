# shellcheck shell=bash
# What a case's behind.sh may say, beside `acs SERVICE ACTION [NAME=VALUE]...`: changes that nobody told cbk of.

# Changes records of the simulated world: change instances '{"id": "i-1", "status": "Stopped"}'...
change()
{
    local section=$1 record list=
    shift
    for record; do list+=${list:+, }$record; done
    acs sim POST /_sim/world "{\"$section\": [$list]}" >/dev/null
}

# Gives instances these tags in place of theirs: tag '{"app": "web"}' ID...
tag()
{
    local tags=$1 id records=()
    shift
    for id; do records+=("{\"id\": \"$id\", \"tags\": $tags}"); done
    change instances "${records[@]}"
}

release()
{
    local id
    for id; do acs sim POST /_sim/release "{\"instance\": \"$id\"}" >/dev/null; done
}

# Runs a command on an instance, as root.
in_guest()
{
    acs sim POST /_sim/run "{\"instance\": \"$1\", \"command\": \"$2\"}" >/dev/null
}

