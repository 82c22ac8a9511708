# Speaks to the API of GitHub or GitLab: sourced by github.sh and gitlab.sh, which say where and who by forge_url and
# forge_header. Tokens go by stdin, for the words of a command are seen by all of the machine.
# shellcheck shell=bash disable=SC2154
set -euo pipefail
# shellcheck source=examples/ci/shell/marker.sh
. "$(dirname "$0")/marker.sh"

forge_work=$(mktemp -d)
trap 'rm -rf "$forge_work"' EXIT

# One call: forge METHOD PATH [JSON]
forge()
{
    local words=(-sS --fail-with-body --retry 3 --config - -X "$1" -H 'Content-Type: application/json')
    if [ $# -gt 2 ]; then
        printf '%s' "$3" >"$forge_work/body"
        words+=(--data-binary "@$forge_work/body")
    fi
    curl "${words[@]}" "$forge_url$2" <<<"header = \"$forge_header\""
}

# The items of a list that comes in pages of a hundred, one a line.
forge_list()
{
    local page=1 items and='?'
    [[ $1 != *\?* ]] || and='&'
    while :; do
        items=$(forge GET "$1${and}per_page=100&page=$page")
        jq -c '.[]' <<<"$items"
        [ "$(jq length <<<"$items")" -eq 100 ] || break
        page=$((page + 1))
    done
}

# A text begins with a marker that nobody sees, and by which it is found again.
marker_of()
{
    head -1 "$1" | grep -E '^<!-- cbk:[a-z]+:[^ ]+ -->$' || { echo "'$1' does not begin with a marker of cbk" >&2 && exit 1; }
}

# The title of an issue, by its marker.
title_of()
{
    sed -E 's/^<!-- cbk:[a-z]+:(.*) -->$/The cloud has moved away from git: \1/' <<<"$1"
}
