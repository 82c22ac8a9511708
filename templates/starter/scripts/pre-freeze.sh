#!/bin/sh
# Runs as root just before the file systems freeze. Quiet the application here: flush, and hold writes.
# A lock lives no longer than the session that took it, so that session has to stay alive until post-thaw.sh ends it.
# A failure here means that no application-consistent copy can be made: exit with something other than 0.
set -eu

echo "write here how the application is quieted" >&2
exit 1
