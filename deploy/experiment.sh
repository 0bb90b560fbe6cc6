#!/bin/sh
# Compares batch-size policies with fixed sizes in whole jobs, with the real clock: deploy/experiment.sh --help.
# Nothing else should run meanwhile. backlog takes about half an hour, live about twenty minutes.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"
ensure_tools

here=$(pwd)
cd "$root"
classpath=$root/pipeline/target/benchmark.classpath
mvn -q -B -pl pipeline -am test-compile dependency:build-classpath -DincludeScope=test \
    -Dmdep.outputFile="$classpath" -Dspotless.check.skip=true
cd "$here"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec java -Xmx8g -XX:+UseParallelGC -Djava.awt.headless=true \
    --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.time=ALL-UNNAMED \
    --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
    -cp "$root/pipeline/target/test-classes:$root/pipeline/target/classes:$root/model/target/test-classes:$root/model/target/classes:$root/schemas/target/classes:$(cat "$classpath")" \
    dev.millrace.pipeline.experiment.Experiment "$@"
