package dev.millrace.pipeline.gradient;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** What a worker shows of itself. */
final class WorkerMetrics {
    private final Counter samples;
    private final Counter batches;
    private final Counter computeNanos;

    WorkerMetrics(MetricGroup parent, AssignedEngine engine, Gauge<Integer> queued, MicroBatches microBatches) {
        MetricGroup group = parent.addGroup("millrace");
        samples = group.counter("computedSamplesTotal", new ThreadSafeSimpleCounter());
        batches = group.counter("computedMiniBatchesTotal", new ThreadSafeSimpleCounter());
        computeNanos = group.counter("computeNanosTotal", new ThreadSafeSimpleCounter());
        group.gauge("queuedMiniBatches", queued);
        DeviceUse device = engine.device();
        group.gauge(
                "microBatchSamples",
                () -> Math.min(microBatches.size(), device.samplesAtOnce().getAsInt()));
        group.gauge(
                "outOfMemoryTotal",
                () -> microBatches.halved() + device.halved().getAsLong());
        group.gauge("deviceBytes", () -> device.bytes().getAsLong());
        EngineUsed used = engine.used();
        group.gauge("engine", used::engine);
        group.gauge("engineFallback", () -> used.isFallback() ? 1 : 0);
        group.gauge("engineFallbackReason", used::fallback);
    }

    void computed(int rows, long nanos) {
        samples.inc(rows);
        batches.inc();
        computeNanos.inc(nanos);
    }
}
