#!/usr/bin/env bash
# Applies the plan that was reviewed, and no other.
#
#   apply.sh REVIEWED.md [OPTION OF BOTH cbk plan AND cbk apply]...
#
# REVIEWED.md is the comment that plan.sh made and somebody said yes to. Of its command the checksum is taken and what it
# allows (--allow-...), and nothing else. Where git, the state or the cloud have moved since, the plan is another one, and
# is refused: nothing is changed. A comment without a command had nothing to apply; then there must be nothing now.
# shellcheck source=examples/ci/shell/common.sh
. "$(dirname "$0")/common.sh"

reviewed=${1:?the comment that was reviewed}
shift
command=$(grep -E '^cbk apply --checksum sha256:[0-9a-f]{64}( |$)' "$reviewed" | tail -1 || true)
if [ -z "$command" ]; then
    cbk -C "$stack_dir" plan --detailed-exitcode "$@" && exit 0
    echo 'apply.sh: the plan that was reviewed has nothing to apply, and this one is another: it is not applied' >&2
    exit 1
fi
checksum=$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$command" | head -1)
mapfile -t allowed < <(grep -oE -- ' --allow-[a-z]+(-[a-z]+)*' <<<"$command" | tr -d ' ')
exec cbk -C "$stack_dir" apply --auto-approve --lock-timeout 15m --checksum "$checksum" "${allowed[@]}" "$@"
