# What the scripts beside share: sourced, not run.
# shellcheck shell=bash disable=SC2034 # used by whoever sources it
#
#   CBK_STACK_DIR   the stack's directory; the current one when not set
#   CBK_OUT         where results go: a directory, made when missing; cbk-out when not set

set -euo pipefail
umask 077
# shellcheck source=examples/ci/shell/marker.sh
. "$(dirname "$0")/marker.sh"

stack_dir=${CBK_STACK_DIR:-.}
mkdir -p "${CBK_OUT:-cbk-out}"
out=$(cd "${CBK_OUT:-cbk-out}" && pwd)

# The stack's name, as cbk reads it, whether or not the stack is valid. Where nothing can be read, it is what the line says,
# so that the comment is found that the last plan has made. What may not be in a name is left out.
stack_name()
{
    local name
    name=$(cbk -C "$stack_dir" validate --format json 2>/dev/null | jq -r '.stack // empty') || true
    [ -n "$name" ] || name=$(sed -n 's/^stack:[[:space:]]*//p' "$stack_dir/cbk.yaml" | head -1 | sed 's/[[:space:]]#.*//') ||
        true
    tr -cd 'A-Za-z0-9._-' <<<"$name"
}

# A comment in place of what could not be made: the words of a log, in a block that nothing in it can leave.
# excuse KIND TITLE LOG
excuse()
{
    local name
    name=$(stack_name)
    marker "$1" "$name"
    # shellcheck disable=SC2016 # the backticks are for markdown
    printf '### %s: `%s`\n\nIt could not be made:\n\n' "$2" "$name"
    head -c 20000 "$3" | sed 's/^/    /'
}
