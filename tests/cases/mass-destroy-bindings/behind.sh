# shellcheck shell=bash
tag '{"app": "old"}' i-web{01..09}
