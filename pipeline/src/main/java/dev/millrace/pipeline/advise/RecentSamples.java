package dev.millrace.pipeline.advise;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;

/**
 * The newest samples of a stream, in its order.
 *
 * @param origin what they were read from
 * @param read how many good ones were seen, these included
 * @param bad how many records could not be samples
 * @param example of a bad one; empty without any
 */
public record RecentSamples(String origin, SampleBatch samples, long read, long bad, String example) {
    private static final int FEWEST = 64;

    public RecentSamples {
        int rows = samples.rows();
        if (rows < FEWEST) {
            throw new IllegalArgumentException(origin + " must have at least " + FEWEST + " good samples. Received: "
                    + rows + (bad == 0 ? "" : ", and " + bad + " bad records, such as " + example));
        }
    }

    /**
     * Refuses samples that no classifier can learn from.
     *
     * @throws IllegalArgumentException naming the only label
     */
    void checkClasses(ModelSpec spec) {
        if (spec.loss() == Loss.MEAN_SQUARED_ERROR || spec.labelWidth() > 1) return;
        float[] labels = samples.labels();
        for (int i = 1; i < samples.rows(); i++) {
            if (labels[i] != labels[0]) return;
        }
        throw new IllegalArgumentException(String.format(
                "the samples must have at least two classes. Received: all %,d of %s have the label %s",
                samples.rows(), origin, labels[0]));
    }
}
