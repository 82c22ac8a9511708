#!/bin/sh
# Runs as root just after the file systems have thawed, whatever became of the copy: let the application go on.
set -eu
