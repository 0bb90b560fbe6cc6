package dev.millrace.model.gate;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What the gate goes by. Those that are null limit nothing; if all are, nothing is promoted.
 *
 * @param metric compared with the champion's
 * @param maxRegression how much worse than the bar it may be, >= 0: of a loss relative, of accuracy and AUC a difference
 * @param maxLoss largest loss
 * @param minAccuracy smallest accuracy, in [0, 1]
 * @param minAuc smallest area under the ROC curve, in [0, 1]
 * @param minSamples on which a version must have been measured, >= 1
 * @param maxAgeMillis after which the bar no longer binds, > 0
 */
public record Thresholds(
        GateMetric metric,
        @Nullable Double maxRegression,
        @Nullable Double maxLoss,
        @Nullable Double minAccuracy,
        @Nullable Double minAuc,
        long minSamples,
        long maxAgeMillis)
        implements Serializable {

    public Thresholds {
        if (maxRegression != null && !(maxRegression >= 0)) {
            throw new IllegalArgumentException("publish.gate.max-regression must be >= 0. Received: " + maxRegression);
        }
        if (minSamples < 1) {
            throw new IllegalArgumentException("publish.gate.min-samples must be >= 1. Received: " + minSamples);
        }
        if (maxAgeMillis < 1) {
            throw new IllegalArgumentException("publish.gate.max-age must be >= 1 ms. Received: " + maxAgeMillis);
        }
    }

    /** The gate: closed without any threshold. */
    public PublishGate gate() {
        boolean none = maxRegression == null && maxLoss == null && minAccuracy == null && minAuc == null;
        return none ? PublishGate.CLOSED : new ThresholdGate(this);
    }
}
