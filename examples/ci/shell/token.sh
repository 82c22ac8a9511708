#!/usr/bin/env bash
# Writes the job's OIDC token for Alibaba Cloud into a file that only this user can read.
#
#   token.sh FILE
#
# GitHub Actions: asked of the runner; the job needs `permissions: id-token: write`. GitLab: taken from the variable
# ALIBABA_CLOUD_OIDC_TOKEN, which `id_tokens:` fills. CBK_OIDC_AUDIENCE is its audience, sts.aliyuncs.com when not set.
set -euo pipefail
umask 077

file=${1:?where the token goes}
if [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
    # on stdin, for the words of a command are seen by all of the machine
    curl -sSf --retry 3 --config - <<CURL | jq -er .value >"$file"
url = "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${CBK_OIDC_AUDIENCE:-sts.aliyuncs.com}"
header = "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
CURL
elif [ -n "${ALIBABA_CLOUD_OIDC_TOKEN:-}" ]; then
    printf '%s' "$ALIBABA_CLOUD_OIDC_TOKEN" >"$file"
else
    echo 'token.sh: this job has no OIDC token: see id-token: write (GitHub), id_tokens (GitLab)' >&2
    exit 1
fi
