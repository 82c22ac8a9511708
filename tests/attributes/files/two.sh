#!/bin/sh
# another one
exit 0
