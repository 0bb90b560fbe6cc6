package dev.millrace.model.batchsize;

import java.io.Serializable;

/**
 * Decides the statistical batch size B_s: what the gradients call for, whatever the system can bear. One decision; all
 * that policies have in common (averages, limits, learning rate, drift) is the {@link BatchSizeController}'s. Pure: same
 * inputs, same outputs, bit for bit. The default is {@link GrowOnSettling}, the only one that was good on stationary and
 * on drifting streams, for linear models and networks, without a setting of one's own.
 */
public interface BatchSizePolicy extends Serializable {

    /** Stable; a checkpoint knows by it whose memory it holds. */
    String name();

    /** Memory at the start and after a drift; its length never changes. */
    double[] init();

    /** B_s at the start and after a drift, for a cold start of B0 samples. */
    default double initial(double coldStart) {
        return coldStart;
    }

    /**
     * B_s after one update. The controller lets it at most double in an update.
     *
     * @param memory not changed
     */
    Choice observe(double[] memory, Signals signals);

    /** Memory after a step that was refused as not finite. */
    default double[] afterFault(double[] memory) {
        return memory;
    }

    /** Whether the next {@link StepReading} should tell how far the parameters have come; rarely, as it costs a pass. */
    default boolean wantsDistance(double[] memory) {
        return false;
    }

    /** Whether distances count from the parameters of now on. */
    default boolean startsDistance(double[] memory) {
        return false;
    }

    /** Whether B_s is an order: no limit but memory, no rounding, no dead band. */
    default boolean isFixed() {
        return false;
    }

    /**
     * The batch for which the learning rate was chosen. Usually B_s: growth replaces decay. B0 for policies that expect
     * the rate to grow with the batch.
     */
    default double rateReference(double statisticalSize, double coldStart) {
        return statisticalSize;
    }

    /**
     * B_s and why.
     *
     * @param memory for the next update
     */
    record Choice(double size, Reason reason, double[] memory) {}
}
