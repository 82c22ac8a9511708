# shellcheck shell=bash
tag '{"app": "web"}' i-db1 i-db2 i-db3
