package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;

/** What the parameter server shows of itself. Gauges show the last report, so that no other thread reads the state. */
final class ServerMetrics {
    private final Counter steps;
    private final Counter samples;
    private final Counter stepNanos;
    private final Counter malformedCommands;
    private final Map<String, Counter> decisions = new HashMap<>(); // of the gate, by reason
    private final MetricGroup group;
    private volatile @Nullable StepReport report;
    private volatile long publishedVersion;

    /** Of the model. */
    static ServerMetrics of(MetricGroup operator) {
        return new ServerMetrics(operator.addGroup("millrace"));
    }

    /** @param group all of its own */
    ServerMetrics(MetricGroup group) {
        this.group = group;
        steps = group.counter("stepsTotal", new ThreadSafeSimpleCounter());
        samples = group.counter("samplesTotal", new ThreadSafeSimpleCounter());
        stepNanos = group.counter("stepNanosTotal", new ThreadSafeSimpleCounter());
        malformedCommands = group.counter("malformedCommandsTotal", new ThreadSafeSimpleCounter());
        gauge(group, "version", StepReport::version);
        gauge(group, "batchSizeSamples", StepReport::batchSize);
        gauge(group, "statisticalBatchSizeSamples", report -> report.batch().statisticalSize());
        gauge(group, "noiseScaleSamples", report -> report.batch().noiseScale());
        gauge(group, "curvature", report -> report.batch().curvature());
        gauge(group, "arrivalRateSamplesPerSecond", report -> report.batch().arrivalRate());
        gauge(group, "lagSamples", report -> report.batch().lag());
        gauge(group, "driftsTotal", report -> report.batch().drifts());
        gauge(group, "overloaded", report -> report.batch().overloaded() ? 1 : 0);
        gauge(group, "loss", StepReport::windowLoss);
        gauge(group, "fadingLoss", StepReport::fadingLoss);
        gauge(group, "accuracy", StepReport::accuracy);
        gauge(group, "auc", StepReport::auc);
        gauge(group, "macroPrecision", report -> report.scores().macroPrecision());
        gauge(group, "macroRecall", report -> report.scores().macroRecall());
        gauge(group, "macroF1", report -> report.scores().macroF1());
        gauge(group, "calibrationError", report -> report.scores().calibrationError());
        gauge(group, "brierScore", report -> report.scores().brierScore());
        gauge(group, "hammingLoss", report -> report.scores().hammingLoss());
        gauge(group, "rmse", report -> report.scores().rmse());
        gauge(group, "mae", report -> report.scores().mae());
        gauge(group, "r2", report -> report.scores().r2());
        gauge(group, "learningRate", StepReport::learningRate);
        gauge(group, "gradientNorm", StepReport::gradientNorm);
        gauge(group, "staleGradientsTotal", StepReport::staleGradients);
        gauge(group, "refusedStepsTotal", StepReport::refusedSteps);
        gauge(group, "maxEventTimeMillis", StepReport::maxEventTime);
        group.gauge("publishedVersion", () -> publishedVersion);
        gauge(group, "championVersion", report -> version(report.aliases().champion()));
        gauge(group, "candidateVersion", report -> version(report.aliases().candidate()));
        gauge(group, "championPinned", report -> report.aliases().pinned() ? 1 : 0);
        gauge(group, "aliasRevision", report -> report.aliases().revision());
        for (Reason reason : Reason.values()) {
            Counter counter = group.addGroup("outcome", reason.outcome().word())
                    .addGroup("reason", reason.word())
                    .counter("gateDecisionsTotal", new ThreadSafeSimpleCounter());
            decisions.put(reason.word(), counter);
        }
    }

    private void gauge(MetricGroup group, String name, ToDoubleFunction<StepReport> value) {
        group.gauge(name, (Gauge<Double>) () -> {
            StepReport last = report;
            return last == null ? Double.NaN : value.applyAsDouble(last);
        });
    }

    /** Shows what becomes of live parameters; whoever does not send them has no such metrics. */
    void live(LiveParameters live) {
        group.gauge("liveSentTotal", () -> live.outlet().sent());
        group.gauge("liveFailedTotal", () -> live.outlet().failed());
        group.counter("liveLeftOutTotal", live.leftOut());
        group.counter("liveRefusedTotal", live.refused());
    }

    void malformedCommand() {
        malformedCommands.inc();
    }

    void closed(int stepSamples, long nanos) {
        steps.inc();
        samples.inc(stepSamples);
        stepNanos.inc(nanos);
    }

    private static double version(@Nullable Long version) {
        return version == null ? Double.NaN : version;
    }

    void reported(StepReport last) {
        report = last;
        for (GateOutcome decision : last.aliases().decisions()) {
            Objects.requireNonNull(decisions.get(decision.reason())).inc();
        }
    }

    void published(long version) {
        publishedVersion = version;
    }
}
