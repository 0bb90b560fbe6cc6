#!/bin/sh
# Runs the client of the schema registry against a real one, Apicurio Registry, on 127.0.0.1:
#   deploy/registry-check.sh [port]
# Fetches the registry (110 MB) from Maven Central into the local repository the first time; no other build does.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"
ensure_tools

# The newest that runs on Java 17; 3.3.3 wants 21.
version=3.0.9
port=${1:-18081}
scratch=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT INT TERM

cd "$root"
mvn -q -B dependency:copy -Dartifact="io.apicurio:apicurio-registry-app:$version:tar.gz:all" \
    -DoutputDirectory="$scratch" -Dmdep.useBaseVersion=true
tar -xzf "$scratch/apicurio-registry-app-$version-all.tar.gz" -C "$scratch"

java -Xmx512m -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$port" \
    -jar "$scratch/apicurio-registry-app-$version-runner.jar" >"$scratch/registry.log" 2>&1 &
server=$!

url=http://127.0.0.1:$port/apis/ccompat/v7
echo "Apicurio Registry $version at $url"
waited=0
until curl -sf -o "$scratch/subjects" "$url/subjects"; do
    waited=$((waited + 1))
    if [ "$waited" -gt 120 ] || ! kill -0 "$server" 2>/dev/null; then
        tail -n 40 "$scratch/registry.log" >&2
        exit 1
    fi
    sleep 1
done

mvn -B -pl pipeline -am test -Dtest=RealRegistryTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dregistry.url="$url" -Dspotless.check.skip=true
