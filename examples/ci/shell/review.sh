#!/usr/bin/env bash
# Reviews a stack without credentials and without the network, so that anybody's pull request may have it: is it valid,
# and what does it change against the base?
#
#   review.sh BASE     (a commit, such as origin/main: what the branch has in common with it is compared with)
#
# Leaves review.md in CBK_OUT. Exits 1 when the stack is not valid.
# shellcheck source=examples/ci/shell/common.sh
. "$(dirname "$0")/common.sh"

base=${1:?the commit to compare with}
unset "${!ALIBABA_CLOUD_@}"
if cbk -C "$stack_dir" validate 2>"$out/review.log" &&
    cbk -C "$stack_dir" plan --base "$base" --format markdown >"$out/review.md" 2>>"$out/review.log"; then
    cat "$out/review.md"
else
    cat "$out/review.log" >&2
    excuse base 'cbk review' "$out/review.log" >"$out/review.md"
    exit 1
fi
