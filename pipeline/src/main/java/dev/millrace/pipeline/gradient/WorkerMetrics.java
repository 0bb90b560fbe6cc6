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

    WorkerMetrics(MetricGroup parent, String engine, Gauge<Integer> queued, MicroBatches microBatches) {
        MetricGroup group = parent.addGroup("millrace");
        samples = group.counter("computedSamplesTotal", new ThreadSafeSimpleCounter());
        batches = group.counter("computedMiniBatchesTotal", new ThreadSafeSimpleCounter());
        computeNanos = group.counter("computeNanosTotal", new ThreadSafeSimpleCounter());
        group.gauge("queuedMiniBatches", queued);
        group.gauge("microBatchSamples", microBatches::size);
        group.gauge("outOfMemoryTotal", microBatches::halved);
        group.gauge("engine", () -> engine);
    }

    void computed(int rows, long nanos) {
        samples.inc(rows);
        batches.inc();
        computeNanos.inc(nanos);
    }
}
