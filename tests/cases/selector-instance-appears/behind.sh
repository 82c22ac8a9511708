# shellcheck shell=bash
tag '{"app": "mysql"}' i-web01
