#!/bin/sh
# Builds everything and runs every test and check. Arguments go to Maven: deploy/test.sh -pl model -am
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"

ensure_tools
cd "$root"
exec mvn -B verify "$@"
