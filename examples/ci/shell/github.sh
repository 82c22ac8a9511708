#!/usr/bin/env bash
# Comments and issues on GitHub.
#
#   github.sh comment FILE     the pull request CBK_PULL_REQUEST has this comment: made, or updated in place
#   github.sh reviewed STACK   prints the plan's comment of the pull request that brought GITHUB_SHA; exits 1 without one
#   github.sh issue FILE       there is one open issue with this text: opened, or updated in place
#   github.sh settle FILE      the open issue that FILE would update, if any, says this and is closed
#
# Only what CBK_BOT wrote counts (github-actions[bot] when not set), whatever others may have written.
# Needs GITHUB_TOKEN; GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_SHA are there in each job.
forge_url=${GITHUB_API_URL:-https://api.github.com}/repos/${GITHUB_REPOSITORY:?owner/name}
forge_header="Authorization: Bearer ${GITHUB_TOKEN:?a token}" # for forge.sh
# shellcheck source=examples/ci/shell/forge.sh
. "$(dirname "$0")/forge.sh"

# The newest of the items on stdin that the bot wrote with this marker, or nothing.
ours()
{
    jq -cs --arg marker "$1" --arg bot "${CBK_BOT:-github-actions[bot]}" \
        'map(select(.user.login == $bot and (.body // "" | startswith($marker)))) | last // empty'
}

comment()
{
    local issue=/issues/${CBK_PULL_REQUEST:?the number of the pull request} marker found body
    marker=$(marker_of "$1")
    found=$(forge_list "$issue/comments" | ours "$marker")
    body=$(jq -n --rawfile body "$1" '{$body}')
    if [ -n "$found" ]; then
        forge PATCH "/issues/comments/$(jq .id <<<"$found")" "$body" | jq -r .html_url
    else
        forge POST "$issue/comments" "$body" | jq -r .html_url
    fi
}

reviewed()
{
    local number found
    number=$(forge GET "/commits/${GITHUB_SHA:?the commit}/pulls" | jq 'map(select(.merged_at)) | first | .number // empty')
    [ -n "$number" ] || { echo "github.sh: no merged pull request brought $GITHUB_SHA" >&2 && exit 1; }
    found=$(forge_list "/issues/$number/comments" | ours "$(marker plan "$1")")
    [ -n "$found" ] || { echo "github.sh: pull request $number has no plan of '$1'" >&2 && exit 1; }
    jq -r .body <<<"$found"
}

open_issue()
{
    forge_list '/issues?state=open' | jq -c 'select(.pull_request | not)' | ours "$1"
}

issue()
{
    local marker found new
    marker=$(marker_of "$1")
    found=$(open_issue "$marker")
    new=$(jq -n --rawfile body "$1" --arg title "$(title_of "$marker")" '{$title, $body}')
    if [ -n "$found" ]; then
        forge PATCH "/issues/$(jq .number <<<"$found")" "$(jq '{body}' <<<"$new")" | jq -r .html_url
    else
        forge POST /issues "$new" | jq -r .html_url
    fi
}

settle()
{
    local marker found number
    marker=$(marker_of "$1")
    found=$(open_issue "$marker")
    [ -n "$found" ] || return 0
    number=$(jq .number <<<"$found")
    forge POST "/issues/$number/comments" "$(jq -n --rawfile body "$1" '{$body}')" >/dev/null
    forge PATCH "/issues/$number" '{"state": "closed", "state_reason": "completed"}' | jq -r .html_url
}

case ${1:-} in
comment | reviewed | issue | settle) "$@" ;;
*) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2 && exit 1 ;;
esac
