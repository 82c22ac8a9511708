# shellcheck shell=bash
tag '{"app": "mysql"}' i-web{01..11}
