# shellcheck shell=bash
release i-web{01..05}
