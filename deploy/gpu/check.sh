#!/bin/sh
# Checks the engine for NVIDIA GPUs on the machine it runs on; made to end within 8 minutes:
#
#   deploy/gpu/check.sh [DISTRIBUTION]      (in a distribution: gpu/check.sh)
#
# what it found, cuDNN included, parity of every kind of layer with the CPU in each precision, NVIDIA's compute-sanitizer over a short run where it is
# installed, memory and bits over 10,000 steps, then a table of rates beside PyTorch's where Python has it with CUDA.
# It needs Java 17 or newer, NVIDIA's driver, and CUDA 13's cudart, cublas, cublasLt and nvrtc where the linker looks
# (LD_LIBRARY_PATH); with cuDNN 9 there convolutions are checked both ways. With CHECK_ONLY=parity it ends after the parity; CHECK_SEED repeats the samples of an earlier run.
# Exit codes: 0 all passed, 1 something failed, 2 wrong usage, 3 no GPU: nothing was checked.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
home=${1:-}
if [ -z "$home" ]; then
    for candidate in "$here/.." "$here"/../../pipeline/target/millrace-*/; do
        if [ -d "$candidate/cluster-lib" ]; then home=$candidate; fi
    done
fi
if [ ! -d "$home/lib" ] || [ ! -d "$home/cluster-lib" ]; then
    echo "check.sh: no distribution${home:+ in $home}; build it, or name its directory" >&2
    exit 2
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
main=dev.millrace.model.engine.cuda.check.DeviceCheck
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
export CUDA_DEVICE_ORDER="${CUDA_DEVICE_ORDER:-PCI_BUS_ID}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# check JVM-OPTION... WHAT ARGUMENT...
check() {
    "$java" --add-opens=java.base/java.nio=ALL-UNNAMED \
        -cp "$home/lib/*:$home/cluster-lib/*" "$@"
}

# seconds since the start
began=$(date +%s)
elapsed() {
    echo "$(($(date +%s) - began)) s"
}

status=0
check -Xmx1g "$main" probe || status=$?
if [ "$status" -ne 0 ]; then
    [ "$status" -ne 3 ] || echo "check.sh: NOTHING RAN ON A GPU" >&2
    exit "$status"
fi
failed=
if command -v nvidia-smi >/dev/null 2>&1; then
    nvidia-smi --query-gpu=index,name,driver_version,memory.total,clocks.max.sm --format=csv || true
fi

echo "== parity"
check -Xmx2g "$main" parity ${CHECK_SEED:-} || failed="$failed parity"
if [ "${CHECK_ONLY:-}" = parity ]; then
    [ -z "$failed" ] || exit 1
    exit 0
fi

echo "== compute-sanitizer ($(elapsed))"
sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null || true)
if [ -z "$sanitizer" ]; then
    echo "not installed: skipped"
else
    status=0
    timeout 100 "$sanitizer" --tool memcheck --error-exitcode 9 --print-limit 20 \
        "$java" --add-opens=java.base/java.nio=ALL-UNNAMED -Xmx2g -cp "$home/lib/*:$home/cluster-lib/*" \
        "$main" sanitize >"$scratch/sanitizer.log" 2>&1 || status=$?
    tail -n 40 "$scratch/sanitizer.log"
    case $status in
        0) ;;
        124) echo "took more than 100 s: no result" ;;
        *) failed="$failed compute-sanitizer" ;;
    esac
fi

echo "== memory and bits ($(elapsed))"
check -Xmx2g "$main" steady 10000 || failed="$failed memory"

echo "== PyTorch ($(elapsed))"
python=$(command -v python3 || true)
if [ -n "$python" ] && "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    timeout 130 "$python" "$here/torch_loop.py" 0.4 >"$scratch/torch" || echo "it ended early; the table has what it measured"
else
    echo "Python has no torch with CUDA: skipped"
fi

echo "== rates ($(elapsed))"
touch "$scratch/torch"
status=0
timeout 170 "$java" --add-opens=java.base/java.nio=ALL-UNNAMED -Xmx12g -XX:+UseParallelGC \
    -cp "$home/lib/*:$home/cluster-lib/*" "$main" rates 800 "$scratch/torch" || status=$?
[ "$status" -eq 0 ] || failed="$failed rates"

if [ -n "$failed" ]; then
    echo "FAILED after $(elapsed):$failed"
    exit 1
fi
echo "passed in $(elapsed)"
