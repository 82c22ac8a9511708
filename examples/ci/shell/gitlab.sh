#!/usr/bin/env bash
# Notes and issues on GitLab.
#
#   gitlab.sh comment FILE    the merge request CI_MERGE_REQUEST_IID has this note: made, or updated in place
#   gitlab.sh issue FILE      there is one open issue with this text: opened, or updated in place
#   gitlab.sh settle FILE     the open issue that FILE would update, if any, says this and is closed
#
# Only what the owner of the token wrote counts, whatever others may have written. Needs CBK_GITLAB_TOKEN, a project access
# token with the scope api (a job's own token may not write notes); CI_API_V4_URL and CI_PROJECT_ID are there in each job.
forge_url=${CI_API_V4_URL:?where the API is}
forge_header="PRIVATE-TOKEN: ${CBK_GITLAB_TOKEN:?a token}" # for forge.sh
# shellcheck source=examples/ci/shell/forge.sh
. "$(dirname "$0")/forge.sh"
project=/projects/${CI_PROJECT_ID:?the project}

# The newest of the items on stdin that we wrote with this marker in this key, or nothing.
ours()
{
    local me
    me=$(forge GET /user | jq .id)
    jq -cs --arg marker "$1" --arg key "$2" --argjson me "$me" \
        'map(select(.author.id == $me and (.[$key] // "" | startswith($marker)))) | last // empty'
}

comment()
{
    local notes=$project/merge_requests/${CI_MERGE_REQUEST_IID:?the merge request}/notes marker found body
    marker=$(marker_of "$1")
    found=$(forge_list "$notes?sort=asc" | ours "$marker" body)
    body=$(jq -n --rawfile body "$1" '{$body}')
    if [ -n "$found" ]; then
        forge PUT "$notes/$(jq .id <<<"$found")" "$body" >/dev/null
    else
        forge POST "$notes" "$body" >/dev/null
    fi
}

open_issue()
{
    forge_list "$project/issues?state=opened" | ours "$1" description
}

issue()
{
    local marker found new
    marker=$(marker_of "$1")
    found=$(open_issue "$marker")
    new=$(jq -n --rawfile description "$1" --arg title "$(title_of "$marker")" '{$title, $description}')
    if [ -n "$found" ]; then
        forge PUT "$project/issues/$(jq .iid <<<"$found")" "$(jq '{description}' <<<"$new")" | jq -r .web_url
    else
        forge POST "$project/issues" "$new" | jq -r .web_url
    fi
}

settle()
{
    local marker found issue
    marker=$(marker_of "$1")
    found=$(open_issue "$marker")
    [ -n "$found" ] || return 0
    issue=$project/issues/$(jq .iid <<<"$found")
    forge POST "$issue/notes" "$(jq -n --rawfile body "$1" '{$body}')" >/dev/null
    forge PUT "$issue" '{"state_event": "close"}' | jq -r .web_url
}

case ${1:-} in
comment | issue | settle) "$@" ;;
*) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2 && exit 1 ;;
esac
