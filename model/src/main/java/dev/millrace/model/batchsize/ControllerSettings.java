package dev.millrace.model.batchsize;

import java.io.Serializable;

/**
 * What the controller does whatever the policy.
 *
 * @param bounds smallest and largest batch allowed; the largest is what memory holds
 * @param quantum published sizes are multiples of it where a bound does not forbid it: workers times micro-batch
 * @param deadBand relative change below which a new size is not published, in [0, 1)
 * @param maxAge W_max, seconds, of a sample when its update is published; infinite for no limit
 * @param utilization rho in (0, 1), load at which a batch counts as able to keep up
 * @param curvature u instead of the measured one, which holds for plain gradient descent only; NaN to measure
 * @param gain how the learning rate follows the batch
 * @param maxGain largest factor of the learning rate, >= 1
 */
public record ControllerSettings(
        BatchSizeBounds bounds,
        int quantum,
        double deadBand,
        double maxAge,
        double utilization,
        double curvature,
        LearningRateGain gain,
        double maxGain,
        Regimes regimes)
        implements Serializable {

    public ControllerSettings {
        if (quantum < 1) throw new IllegalArgumentException("batch quantum must be >= 1. Received: " + quantum);
        if (!(deadBand >= 0 && deadBand < 1)) {
            throw new IllegalArgumentException("batch dead band must be in [0, 1). Received: " + deadBand);
        }
        if (!(maxAge > 0)) throw new IllegalArgumentException("batch.max-age must be > 0 s. Received: " + maxAge);
        if (!(utilization > 0 && utilization < 1)) {
            throw new IllegalArgumentException("batch utilization must be in (0, 1). Received: " + utilization);
        }
        if (curvature <= 0 || curvature > 1) {
            throw new IllegalArgumentException("batch curvature must be in (0, 1], or NaN. Received: " + curvature);
        }
        if (!(maxGain >= 1)) throw new IllegalArgumentException("largest gain must be >= 1. Received: " + maxGain);
    }

    /** As recommended for plain gradient descent: dead band 10 %, load 0.8, gain up to 8, nothing about age. */
    public static ControllerSettings recommended(BatchSizeBounds bounds) {
        return new ControllerSettings(
                bounds,
                1,
                0.1,
                Double.POSITIVE_INFINITY,
                0.8,
                Double.NaN,
                LearningRateGain.LINEAR,
                8,
                Regimes.MEASURED);
    }

    /** For Adam and its like: u = 0.25, square root of the gain. */
    public ControllerSettings forAdaptiveOptimizer() {
        return new ControllerSettings(
                bounds, quantum, deadBand, maxAge, utilization, 0.25, LearningRateGain.SQUARE_ROOT, maxGain, regimes);
    }

    /** With sizes rounded to multiples. */
    public ControllerSettings withQuantum(int multiple) {
        return new ControllerSettings(
                bounds, multiple, deadBand, maxAge, utilization, curvature, gain, maxGain, regimes);
    }

    /** With another dead band. */
    public ControllerSettings withDeadBand(double relative) {
        return new ControllerSettings(
                bounds, quantum, relative, maxAge, utilization, curvature, gain, maxGain, regimes);
    }

    /** With an oldest age of a sample, seconds. */
    public ControllerSettings withMaxAge(double seconds) {
        return new ControllerSettings(
                bounds, quantum, deadBand, seconds, utilization, curvature, gain, maxGain, regimes);
    }

    /** With other rules of the regimes. */
    public ControllerSettings withRegimes(Regimes rules) {
        return new ControllerSettings(bounds, quantum, deadBand, maxAge, utilization, curvature, gain, maxGain, rules);
    }
}
