# What the scripts beside share: sourced, not run.
# shellcheck shell=bash disable=SC2034 # used by whoever sources it
#
#   CBK_STACK_DIR   the stack's directory; the current one when not set
#   CBK_OUT         where results go: a directory, made when missing; cbk-out when not set

set -euo pipefail
umask 077

stack_dir=${CBK_STACK_DIR:-.}
mkdir -p "${CBK_OUT:-cbk-out}"
out=$(cd "${CBK_OUT:-cbk-out}" && pwd)

# The stack's name, as it stands in its cbk.yaml; what may not be in a name is left out.
stack_name()
{
    sed -n 's/^stack:[[:space:]]*//p' "$stack_dir/cbk.yaml" | head -1 | tr -cd 'A-Za-z0-9._-'
}

# A comment in place of what could not be made: the words of a log, in a block that nothing in it can leave.
# excuse KIND TITLE LOG
excuse()
{
    # shellcheck disable=SC2016 # the backticks are for markdown
    printf '<!-- cbk:%s:%s -->\n### %s: `%s`\n\nIt could not be made:\n\n' "$1" "$(stack_name)" "$2" "$(stack_name)"
    head -c 20000 "$3" | sed 's/^/    /'
}
