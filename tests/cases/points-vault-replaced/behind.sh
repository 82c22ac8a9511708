# shellcheck shell=bash
acs sim POST /_sim/clock '{"advance": "3h"}' >/dev/null
