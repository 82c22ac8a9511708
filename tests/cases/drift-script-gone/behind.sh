# shellcheck shell=bash
in_guest i-db1 'rm /tmp/prescript.sh'
