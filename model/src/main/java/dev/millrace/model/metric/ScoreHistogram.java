package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Weights of positive and negative samples by predicted probability, in {@value #BINS} bins of equal width: enough for
 * the area under the ROC curve of any window, at a fixed size. Bins exist only once a score was added.
 */
final class ScoreHistogram {
    static final int BINS = 256;
    private static final double[] NONE = new double[0];

    private double[] positives = NONE; // [BINS]
    private double[] negatives = NONE;

    /** @param score in 0..1; others count as the nearest end */
    void add(float score, boolean positive, double weight) {
        allocate();
        int bin = Math.min(BINS - 1, Math.max(0, (int) (score * BINS)));
        if (positive) positives[bin] += weight;
        else negatives[bin] += weight;
    }

    void merge(ScoreHistogram other) {
        if (other.positives.length == 0) return;
        allocate();
        for (int i = 0; i < BINS; i++) {
            positives[i] += other.positives[i];
            negatives[i] += other.negatives[i];
        }
    }

    /** Multiplies every weight by {@code kept}, in [0, 1]. */
    void fade(double kept) {
        for (int i = 0; i < positives.length; i++) {
            positives[i] = Faded.of(positives[i], kept);
            negatives[i] = Faded.of(negatives[i], kept);
        }
    }

    private void allocate() {
        if (positives.length > 0) return;
        positives = new double[BINS];
        negatives = new double[BINS];
    }

    /**
     * Probability that a positive sample scores above a negative one, ties counting half: {@code sum_b p_b (sum_{c<b} n_c
     * + n_b / 2) / (P N)}. Samples that share a bin count as ties, so the error is at most {@code sum_b p_b n_b / (2 P
     * N)}. NaN unless there are both classes.
     */
    double auc() {
        double area = 0;
        double below = 0;
        double positive = 0;
        for (int i = 0; i < positives.length; i++) {
            area += positives[i] * (below + negatives[i] / 2);
            below += negatives[i];
            positive += positives[i];
        }
        return area / (positive * below);
    }

    /** Number of bins in use, then (bin, positives, negatives) each: a mini-batch touches few. */
    void write(DataOutput out) throws IOException {
        int used = 0;
        for (int i = 0; i < positives.length; i++) {
            if (positives[i] != 0 || negatives[i] != 0) used++;
        }
        out.writeShort(used);
        for (int i = 0; i < positives.length; i++) {
            if (positives[i] == 0 && negatives[i] == 0) continue;
            out.writeByte(i);
            out.writeDouble(positives[i]);
            out.writeDouble(negatives[i]);
        }
    }

    void read(DataInput in) throws IOException {
        int used = in.readUnsignedShort();
        if (used > 0) allocate();
        for (int i = 0; i < used; i++) {
            int bin = in.readUnsignedByte();
            positives[bin] = in.readDouble();
            negatives[bin] = in.readDouble();
        }
    }
}
