#!/usr/bin/env bash
# Plans a stack for whoever has to say yes to it.
#
#   plan.sh [OPTION OF cbk plan]...
#
# Leaves in CBK_OUT: plan.md, the comment, whatever happens; plan, the saved plan, and plan.json, report.json (its counts,
# as GitLab shows them) where there is one. Exits 1 when there is no plan, or one that is refused.
# shellcheck source=examples/ci/shell/common.sh
. "$(dirname "$0")/common.sh"

code=0
rm -f "$out/plan"
cbk -C "$stack_dir" plan --out "$out/plan" --format markdown "$@" >"$out/plan.md" 2>"$out/plan.log" || code=$?
cat "$out/plan.log" >&2
[ -s "$out/plan.md" ] || excuse plan 'cbk plan' "$out/plan.log" >"$out/plan.md"
if [ -f "$out/plan" ]; then
    cbk -C "$stack_dir" show "$out/plan" --format json >"$out/plan.json"
    jq '.summary | {create, update: (.update + .replace), delete}' "$out/plan.json" >"$out/report.json"
fi
exit "$code"
