package dev.millrace.model.drift;

/**
 * Decides from the losses, in order of arrival, whether the stream has drifted. Only a rise of the loss is a drift: a
 * fall is learning. {@link PageHinkley} is the default, because it was the one simulated with the batch-size controller
 * and its false alarms and delays were measured.
 *
 * <p>After a drift the detector starts anew by itself. A value that is not finite, or that a float cannot hold, is ignored
 * and counted: the loss is computed in floats, so it can only be a mistake. Not thread-safe.
 */
public interface DriftDetector {

    /**
     * Takes one value into account.
     *
     * @param loss mean loss of a micro-batch of about 32 samples, or its share of wrong predictions; always the same one
     * @return whether this value completed the evidence for a drift
     */
    boolean observe(double loss);

    /** Everything the detector remembers, as a new array; {@link DriftDetectors#restore} continues from it bit for bit. */
    double[] state();

    /** Values ignored so far because they were not finite. */
    long ignored();
}
