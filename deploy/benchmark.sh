#!/bin/sh
# Measures: deploy/benchmark.sh engine | swap | ingest | loop | live | job | click-through. Each prints what it measured; nothing else
# should run meanwhile. job, click-through and engine compare with Python in the same run: they need python3 with torch,
# sklearn, numpy and confluent_kafka
# (Debian: python3-torch python3-sklearn python3-numpy python3-confluent-kafka libopenblas0-pthread).
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"
ensure_tools

what=${1:-}
case $what in
    ingest) main=dev.millrace.pipeline.benchmark.IngestBenchmark ;;
    live) main=dev.millrace.pipeline.benchmark.LiveBenchmark ;;
    loop) main=dev.millrace.pipeline.benchmark.LoopBenchmark ;;
    job) main=dev.millrace.pipeline.benchmark.JobBenchmark ;;
    click-through) main=dev.millrace.pipeline.benchmark.ClickThroughBenchmark ;;
    engine) main=dev.millrace.model.benchmark.StepRatios ;;
    swap) main=dev.millrace.model.benchmark.SwapTimes ;;
    *) sed -n '2,5p' "$0" | cut -c3- >&2; exit 2 ;;
esac
shift

cd "$root"
classpath=$root/pipeline/target/benchmark.classpath
mvn -q -B -pl pipeline -am test-compile dependency:build-classpath -DincludeScope=test \
    -Dmdep.outputFile="$classpath" -Dspotless.check.skip=true
case $what in
    ingest) [ $# -gt 0 ] || set -- 3 4000000 200000 ;;
    job) [ $# -gt 0 ] || set -- 2 4000000 200000; set -- "$root/pipeline/src/test/python/kafka_torch_loop.py" "$@" ;;
    click-through) [ $# -gt 0 ] || set -- 2 4000000 300000; set -- "$root/pipeline/src/test/python/sklearn_hashed_loop.py" "$root/deploy/examples/click-through.yaml" "$@" ;;
    live) [ $# -gt 0 ] || set -- 5 60000 10000 ;;
    swap) [ $# -gt 0 ] || set -- 11 ;;
    engine) [ $# -gt 0 ] || set -- 3; set -- "$root/model/src/test/python/torch_step_benchmark.py" "$@" ;;
esac
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec java -Xmx4g -XX:+UseParallelGC \
    --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.time=ALL-UNNAMED \
    --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
    -cp "$root/pipeline/target/test-classes:$root/pipeline/target/classes:$root/model/target/test-classes:$root/model/target/classes:$root/schemas/target/classes:$(cat "$classpath")" \
    "$main" "$@"
