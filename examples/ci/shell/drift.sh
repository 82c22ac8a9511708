#!/usr/bin/env bash
# Has the cloud moved away from what was applied?
#
#   drift.sh [OPTION OF cbk drift]...
#
# Leaves in CBK_OUT: drift.md, for an issue, whatever happens; and drift.FORMAT for each of CBK_DRIFT_FORMATS (json, sarif,
# junit). Exits 0 without drift, 2 with drift, 1 when it could not be told: also where the stack has no state, for then cbk
# has nothing to compare with and finds no drift, whatever has happened.
# shellcheck source=examples/ci/shell/common.sh
. "$(dirname "$0")/common.sh"

code=0
cbk -C "$stack_dir" drift --format markdown "$@" >"$out/drift.md" 2>"$out/drift.log" || code=$?
cat "$out/drift.log" >&2
[ -s "$out/drift.md" ] || excuse drift 'cbk drift' "$out/drift.log" >"$out/drift.md"
if [ "$code" -eq 0 ] && grep -q '^<!-- cbk:unapplied:' "$out/drift.md"; then
    echo 'drift.sh: there is nothing to compare with: apply the stack first, or let this job see its state' >&2
    code=1
fi
[ "$code" -eq 1 ] && exit 1
for format in ${CBK_DRIFT_FORMATS:-}; do
    # what it finds was told already
    cbk -C "$stack_dir" drift --format "$format" "$@" >"$out/drift.$format" || [ $? -eq 2 ]
done
exit "$code"
