# The line that nobody sees and by which a comment or an issue is found again: sourced, not run.
# shellcheck shell=bash

# marker KIND STACK: as cbk writes it, who lets no dash end the comment of HTML
marker()
{
    jq -nr --arg kind "$1" --arg stack "$2" '"<!-- cbk:\($kind):\($stack | gsub("(?<=-)-|-$"; "%2D")) -->"'
}
