# shellcheck shell=bash
in_guest i-db1 'chmod 755 /tmp/prescript.sh'
