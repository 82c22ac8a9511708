# shellcheck shell=bash
acs ram UpdateRole RoleName=SnapRole NewDescription=theirs
