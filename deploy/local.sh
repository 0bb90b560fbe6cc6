#!/bin/sh
# Trains on this machine, with nothing else running: builds what is missing, then "millrace local".
# All arguments go to it: deploy/local.sh --help
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"

ensure_built
exec "$(distribution)/bin/millrace" local "$@"
