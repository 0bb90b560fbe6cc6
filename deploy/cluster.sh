#!/bin/sh
# Trains on a Flink cluster of processes on this machine; no Flink needs to be installed:
#
#   deploy/cluster.sh --config training.yaml [--set key=value]... [options]
#
#   --directory DIR        configuration, logs and savepoints of the cluster (default: cluster)
#   --task-managers N      processes that train (default: 1)
#   --slots N              workers that each of them has room for (default: 2)
#   --from-savepoint PATH  go on from there
#   --rest-port PORT       web interface and REST (default: 8081)
#   --rpc-port PORT        of the JobManager (default: 6123)
#
# The brokers that the configuration names must be there. The cluster listens on 127.0.0.1. Ctrl-C stops the job with a
# savepoint, then the processes that this script started.
# Exit codes: 0 the job finished or was stopped, 1 something failed, 2 wrong usage.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/deploy/setup.sh"

usage() {
    sed -n '2,16p' "$0" | sed 's/^# \{0,1\}//'
}

refuse() {
    echo "cluster.sh: $1. See --help." >&2
    exit 2
}

fail() {
    echo "cluster.sh: $1" >&2
    exit 1
}

positive() {
    case $2 in
        '' | *[!0-9]* | 0*) refuse "$1 must be a whole number >= 1. Received: $2" ;;
    esac
}

config=
directory=cluster
task_managers=1
slots=2
savepoint=
rest_port=8081
rpc_port=6123
left=$#
while [ "$left" -gt 0 ]; do # what is for the job goes to the end of the arguments and stays
    case $1 in
        --help | -h) usage; exit 0 ;;
        --config | --set | --directory | --task-managers | --slots | --from-savepoint | --rest-port | --rpc-port)
            [ "$left" -ge 2 ] || refuse "$1 needs a value" ;;
        *) refuse "unknown option $1" ;;
    esac
    case $1 in
        --config) config=$2; set -- "$@" "$1" "$2" ;;
        --set) set -- "$@" "$1" "$2" ;;
        --directory) directory=$2 ;;
        --task-managers) positive "$1" "$2"; task_managers=$2 ;;
        --slots) positive "$1" "$2"; slots=$2 ;;
        --from-savepoint) savepoint=$2 ;;
        --rest-port) positive "$1" "$2"; rest_port=$2 ;;
        --rpc-port) positive "$1" "$2"; rpc_port=$2 ;;
    esac
    shift 2
    left=$((left - 2))
done
[ -n "$config" ] || refuse "--config is missing"
[ -f "$config" ] || refuse "--config: there is no file $config"

ensure_built
home=$(distribution)
mkdir -p "$directory/tmp" "$directory/log"
directory=$(CDPATH='' cd -- "$directory" && pwd)

# What Flink's own lib folder would hold: Flink, what comes with it, and the native libraries.
class_path=$home/cluster-lib/*
for jar in "$home"/lib/*.jar; do
    case ${jar##*/} in
        flink-connector-kafka-* | flink-connector-base-*) ;;
        flink-* | log4j-* | slf4j-* | commons-* | kryo-* | minlog-* | objenesis-* | javassist-* | snakeyaml-engine-* | \
            snappy-* | lz4-* | jsr305-* | RoaringBitmap-* | async-profiler-* | reflectasm-* | hash4j-*)
            class_path=$class_path:$jar ;;
    esac
done

cat >"$directory/config.yaml" <<EOF
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: $rpc_port
jobmanager.bind-host: 127.0.0.1
jobmanager.execution.failover-strategy: full
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: $rest_port
web.submit.enable: false
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: $slots
taskmanager.cpu.cores: $slots.0
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.task.heap.size: 896m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.off-heap.size: 256m
taskmanager.memory.managed.size: 64m
taskmanager.memory.network.min: 128m
taskmanager.memory.network.max: 128m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
io.tmp.dirs: $directory/tmp
EOF
export FLINK_CONF_DIR="$directory" OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# flink_java LOG OPTION... MAIN ARGUMENT...
flink_java() {
    log=$directory/log/$1.log
    shift
    exec "$java" \
        --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
        --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.time=ALL-UNNAMED \
        --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
        -Dlog4j2.configurationFile="$home/conf/log4j2.properties" -Dmillrace.log="$log" \
        -cp "$class_path" "$@"
}

# cli WORD...: Flink's command line.
cli() {
    (flink_java client -Xmx256m org.apache.flink.client.cli.CliFrontend "$@")
}

pids=
job=
stopping=
stop_processes() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    pids=
}
trap stop_processes EXIT
trap 'stopping=1' INT TERM

# Ctrl-C reaches every process of the terminal's group, but only this script may decide what ends when.
start() {
    (trap '' INT; flink_java "$@" >>"$directory/log/$1.out" 2>&1 </dev/null) &
    pids="$pids $!"
}

rest() {
    curl -sf --max-time 5 "http://127.0.0.1:$rest_port$1" 2>/dev/null || true
}

# await WHAT COMMAND...: until the command succeeds, a minute at most.
await() {
    what=$1
    shift
    for _ in $(seq 120); do
        [ -z "$stopping" ] || exit 1
        "$@" && return 0
        for pid in $pids; do
            kill -0 "$pid" 2>/dev/null || fail "a process ended before $what. See $directory/log"
        done
        sleep 0.5
    done
    fail "waited a minute for $what. See $directory/log"
}

registered() {
    rest /overview | grep -q "\"slots-total\":$((task_managers * slots))[,}]"
}

state() {
    rest "/jobs/$job" | sed -n 's/.*"state":"\([A-Z]*\)".*/\1/p'
}

command -v curl >/dev/null || fail "curl is needed"
if [ -n "$(rest /config)" ]; then
    fail "somebody answers at http://127.0.0.1:$rest_port already; choose another --rest-port"
fi
start jobmanager -Xmx768m org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint --configDir "$directory"
for i in $(seq "$task_managers"); do
    start "taskmanager-$i" -Xmx1g -XX:+UseParallelGC -XX:MaxDirectMemorySize=512m -XX:MaxMetaspaceSize=256m \
        org.apache.flink.runtime.taskexecutor.TaskManagerRunner --configDir "$directory"
done
await "the TaskManagers have registered" registered
echo "Flink's web interface: http://127.0.0.1:$rest_port   logs: $directory/log"

said=$(cli run --detached ${savepoint:+--fromSavepoint "$savepoint"} "$home/job/millrace-job.jar" "$@" 2>&1) ||
    { [ -z "$stopping" ] || exit 1; echo "$said" >&2; fail "the job was not accepted"; }
job=$(echo "$said" | sed -n 's/.*JobID \([0-9a-f]\{32\}\).*/\1/p' | head -n 1)
[ -n "$job" ] || { echo "$said" >&2; fail "the job was not accepted"; }
echo "Job $job trains. Ctrl-C stops it with a savepoint."

while [ -z "$stopping" ]; do
    case $(state) in
        FINISHED) echo "The job finished."; exit 0 ;;
        FAILED | CANCELED) fail "the job failed. See $directory/log" ;;
        '') for pid in $pids; do kill -0 "$pid" 2>/dev/null || fail "a process ended. See $directory/log"; done ;;
    esac
    sleep 1 || true # ended by Ctrl-C
done
echo "Stopping with a savepoint ..."
said=$(cli stop --savepointPath "file://$directory/savepoints" "$job" 2>&1) ||
    { echo "$said" >&2; fail "the job was not stopped with a savepoint; its last checkpoint stays"; }
savepoint=$(echo "$said" | sed -n 's/.*Savepoint completed. Path: //p')
echo "Stopped. To go on: deploy/cluster.sh --config $config --from-savepoint $savepoint"
