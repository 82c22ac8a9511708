# shellcheck shell=bash
change instances '{"id": "i-db2", "status": "Stopped", "assistant": "offline"}'
