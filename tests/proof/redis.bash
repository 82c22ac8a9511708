# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names of machine.bash, and for the caller
# A Redis of our own: data, socket and log where we say, no port. Needs machine.bash.

# redis_start DATA SOCKET LOG [OPTION]...: returns when it answers; its process is in started
redis_start()
{
    local data=$1 socket=$2 log=$3
    shift 3
    install -d -o "$machine_user" -m 0700 "$data"
    install -m 0644 -o "$machine_user" /dev/null "$log"
    # Debian's redis-tools has the server, under the name of one of its tools; by this name it is the server.
    "${as_server[@]}" bash -c 'exec -a redis-server redis-check-rdb "$@"' - --port 0 \
        --unixsocket "$socket" --dir "$data" --logfile "$log" --save '' "$@" </dev/null >/dev/null 2>&1 3>&- &
    started=$!
    until redis-cli -s "$socket" PING 2>/dev/null | grep -qE "^PONG|^NOAUTH"; do
        kill -0 "$started" 2>/dev/null || return 1
        sleep 0.01
    done
}
