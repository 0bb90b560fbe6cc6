#!/bin/sh
# One training step of the engine beside PyTorch's, in turns, on one thread each; prints times, ratios and targets.
# Usage: model/src/test/sh/step-benchmark.sh [ROUNDS [MODEL...]]     needs: JDK 17, Maven and,
# of Debian, python3-torch with libopenblas0-pthread (without it PyTorch runs on the reference BLAS: refused)
set -eu
root=$(cd "$(dirname "$0")/../../../.." && pwd)
rounds=${1:-3}
[ $# -eq 0 ] || shift
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
(cd "$root" && mvn -q -B -pl model -am test-compile dependency:build-classpath \
    -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test)
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 java \
    -cp "$root/model/target/test-classes:$root/model/target/classes:$(cat "$classpath")" \
    dev.millrace.model.benchmark.StepRatios "$root/model/src/test/python/torch_step_benchmark.py" "$rounds" "$@"
