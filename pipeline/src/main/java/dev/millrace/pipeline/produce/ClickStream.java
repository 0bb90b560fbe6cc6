package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.Example;
import java.util.SplittableRandom;

/**
 * Clicks of users whose taste drifts: features x are {@value #FEATURES} uniform numbers in -1..1; a hidden teacher with
 * one layer of tanh units gives {@code p = sigmoid(s v' tanh(W x))}, and the label is 1 with probability p. After every
 * {@code driftEvery} samples the teacher is drawn anew: an abrupt drift. The same seed gives the same stream.
 */
public final class ClickStream implements SampleStream {
    public static final int FEATURES = 32;
    private static final int HIDDEN = 8;
    private static final double STEEPNESS = 4;

    private final SplittableRandom random;
    private final long driftEvery;
    private final double[] weights = new double[HIDDEN * FEATURES]; // W
    private final double[] outputs = new double[HIDDEN]; // v
    private long produced;

    /** @param driftEvery samples between drifts; 0 for none */
    public ClickStream(long seed, long driftEvery) {
        if (driftEvery < 0) throw new IllegalArgumentException("drift-every must be >= 0. Received: " + driftEvery);
        this.random = new SplittableRandom(seed);
        this.driftEvery = driftEvery;
        drawTeacher();
    }

    private void drawTeacher() {
        double scale = 3 / Math.sqrt(FEATURES);
        for (int i = 0; i < weights.length; i++) weights[i] = uniform() * scale;
        for (int i = 0; i < HIDDEN; i++) outputs[i] = uniform();
    }

    @Override
    public boolean next(Example into) {
        if (driftEvery > 0 && produced > 0 && produced % driftEvery == 0) drawTeacher();
        produced++;
        if (into.features.length != FEATURES) into.features = new float[FEATURES];
        for (int i = 0; i < FEATURES; i++) into.features[i] = (float) uniform();
        into.labels[0] = random.nextDouble() < probability(into.features) ? 1 : 0;
        into.labelCount = 1;
        return true;
    }

    /** What the teacher says of x: the best that any model can predict until the next drift. */
    double probability(float[] x) {
        double z = 0;
        for (int h = 0; h < HIDDEN; h++) {
            double sum = 0;
            for (int i = 0; i < FEATURES; i++) sum += weights[h * FEATURES + i] * x[i];
            z += outputs[h] * Math.tanh(sum);
        }
        return 1 / (1 + Math.exp(-STEEPNESS * z));
    }

    private double uniform() {
        return 2 * random.nextDouble() - 1;
    }
}
