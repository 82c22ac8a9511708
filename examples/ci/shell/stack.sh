#!/usr/bin/env bash
# Prints the name of the stack, as cbk reads it. Exits 1 when the stack is not valid.
#
#   stack.sh
#
# shellcheck source=examples/ci/shell/common.sh
. "$(dirname "$0")/common.sh"

cbk -C "$stack_dir" validate --format json | jq -er .stack
