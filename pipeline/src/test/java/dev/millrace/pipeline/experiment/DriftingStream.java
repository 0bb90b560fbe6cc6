package dev.millrace.pipeline.experiment;

import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.produce.SampleStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Land-cover-like samples: ten normal features and two one-hot groups of 4 and 40, with the labels of a teacher whose
 * concept drifts. The same seeds give the same stream.
 */
final class DriftingStream implements SampleStream {
    static final int FEATURES = 54;
    private static final int DENSE = 10;
    private static final int[] GROUPS = {4, 40};
    private static final int MOVES_EVERY = 100;

    private final Teacher teacher;
    private final SplittableRandom random;
    private final double from;
    private final double to;
    private final long length;
    private long produced;

    /**
     * @param from position in the teacher's scenario at the begin
     * @param to at the end
     * @param length samples
     */
    DriftingStream(Teacher teacher, long seed, double from, double to, long length) {
        this.teacher = teacher;
        this.random = new SplittableRandom(seed);
        this.from = from;
        this.to = to;
        this.length = length;
    }

    @Override
    public boolean next(Example into) {
        if (produced == length) return false;
        if (produced % MOVES_EVERY == 0) teacher.move(from + (to - from) * produced / length);
        produced++;
        if (into.features.length != FEATURES) into.features = new float[FEATURES];
        float[] x = into.features;
        Arrays.fill(x, 0);
        for (int i = 0; i < DENSE; i++) x[i] = (float) random.nextGaussian();
        int first = DENSE;
        for (int group : GROUPS) {
            x[first + random.nextInt(group)] = 1;
            first += group;
        }
        into.labels[0] = teacher.label(x, random);
        into.labelCount = 1;
        return true;
    }
}
