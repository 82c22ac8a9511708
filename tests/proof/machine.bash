# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2153 # names for the callers, and of the coprocess; a text for bash
# A machine in a directory: a pool that can copy by reference, disks in it as image files, mounted; and the user that
# servers run as. Everything is undone by machine_clear, whatever state it is in.

machine_user=nobody # servers refuse to be root

# Goes in front of a command that is to run as that user; becomes it, so that $! is its process.
as_server=(setpriv "--reuid=$machine_user" "--regid=$(id -g "$machine_user")" --clear-groups)

# Milliseconds, for spans.
now_ms()
{
    local now=$EPOCHREALTIME
    echo $((${now/[.,]/} / 1000))
}

# Waits for a command to succeed: eventually SECONDS COMMAND...
eventually()
{
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# The pool is an XFS of its own, which shares blocks between copies on any machine: machine_pool DIR SIZE.
machine_pool()
{
    mkdir -p "$1" && truncate -s "$2" "$1.img" && mkfs.xfs -q -m reflink=1 "$1.img" && mount -o loop "$1.img" "$1"
}

# machine_disk IMAGE SIZE FILESYSTEM MOUNTPOINT
machine_disk()
{
    truncate -s "$2" "$1" && "mkfs.$3" -q "$1" && mkdir -p "$4" && mount -o loop "$1" "$4"
}

# --- a place of its own for the scripts -----------------------------------------------------------------------------
#
# Freeze and thaw scripts read /etc/cbk and write to /run/cbk-freeze. In a mount namespace both are ours alone, and
# empty: room_open, in_room COMMAND..., room_close.

room_open()
{
    mkdir -p /etc/cbk /run/cbk-freeze
    coproc ROOM { exec unshare --mount bash -c 'mount -t tmpfs cbk /etc/cbk && mount -t tmpfs cbk /run/cbk-freeze &&
        chmod 0755 /etc/cbk && echo open && exec cat' 3>&-; }
    room_pid=$ROOM_PID
    read -r -t 10 -u "${ROOM[0]}" _
}

in_room()
{
    nsenter --mount="/proc/$room_pid/ns/mnt" "$@"
}

# A file of root's that nobody else can read: room_file PATH, its text from the input.
room_file()
{
    in_room bash -c 'umask 077 && mkdir -p "${1%/*}" && cat >"$1"' - "$1"
}

room_close()
{
    [ -z "${room_pid:-}" ] || kill "$room_pid" 2>/dev/null || true
    room_pid=
}
