# shellcheck shell=bash
release i-db3
