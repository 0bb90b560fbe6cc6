package dev.millrace.pipeline.server;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** What the parameter server shows of itself. Gauges read the state without a lock: a value may be a step old. */
final class ServerMetrics {
    private final Counter steps;
    private final Counter samples;
    private final Counter stepNanos;

    ServerMetrics(MetricGroup parent, Trainer trainer) {
        MetricGroup group = parent.addGroup("millrace");
        steps = group.counter("stepsTotal", new ThreadSafeSimpleCounter());
        samples = group.counter("samplesTotal", new ThreadSafeSimpleCounter());
        stepNanos = group.counter("stepNanosTotal", new ThreadSafeSimpleCounter());
        TrainingState state = trainer.state();
        group.gauge("version", () -> state.version);
        group.gauge("publishedVersion", () -> state.publishedVersion);
        group.gauge("batchSizeSamples", () -> state.batchSize.batchSize());
        group.gauge("batchSizeReason", () -> state.batchSize.reason());
        group.gauge("loss", () -> state.metrics.windowLoss());
        group.gauge("fadingLoss", () -> state.metrics.fadingLoss());
        group.gauge("accuracy", () -> state.metrics.accuracy());
        group.gauge("auc", () -> state.metrics.auc());
        group.gauge("learningRate", trainer::learningRate);
        group.gauge("gradientNorm", trainer::gradientNorm);
        group.gauge("staleGradientsTotal", () -> state.staleGradients);
        group.gauge("refusedStepsTotal", () -> state.refusedSteps);
        group.gauge("maxEventTimeMillis", () -> state.maxEventTime);
    }

    void closed(int stepSamples, long nanos) {
        steps.inc();
        samples.inc(stepSamples);
        stepNanos.inc(nanos);
    }
}
