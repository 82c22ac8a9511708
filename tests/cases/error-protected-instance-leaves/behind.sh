# shellcheck shell=bash
tag '{"app": "web"}' i-db3
