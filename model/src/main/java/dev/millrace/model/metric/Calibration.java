package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Whether predicted probabilities come true, in {@value #BINS} bins of equal width by what was claimed. Of a binary output
 * and of each of several labels the claim is p, of classes the largest of the outputs, and it comes true if that class
 * is the sample's. Bins exist only once a claim was added.
 *
 * <p>Why {@value #BINS}: the number that Guo et al. 2017 made usual, so that figures compare; and few enough that each
 * holds hundreds of a window's samples, for the error of a bin with n of them is uncertain by {@code 0.5 / sqrt(n)}.
 */
public final class Calibration {
    /** Number of bins. */
    public static final int BINS = 15;

    private static final double[] NONE = new double[0];

    private double[] weights = NONE; // [BINS]
    private double[] claimed = NONE; // sum of weight times probability
    private double[] happened = NONE; // weight of what came true
    private double squares; // sum of weight times squared error

    /**
     * Adds a claim.
     *
     * @param probability in 0..1
     * @param squaredError of all probabilities that belong to the claim
     */
    void add(float probability, boolean cameTrue, double squaredError, double weight) {
        allocate();
        int bin = Math.min(BINS - 1, Math.max(0, (int) (probability * BINS)));
        weights[bin] += weight;
        claimed[bin] += weight * probability;
        if (cameTrue) happened[bin] += weight;
        squares += weight * squaredError;
    }

    void merge(Calibration other) {
        if (other.weights.length == 0) return;
        allocate();
        for (int b = 0; b < BINS; b++) {
            weights[b] += other.weights[b];
            claimed[b] += other.claimed[b];
            happened[b] += other.happened[b];
        }
        squares += other.squares;
    }

    /** Multiplies every weight by {@code kept}, in [0, 1]. */
    void fade(double kept) {
        for (int b = 0; b < weights.length; b++) {
            weights[b] = Faded.of(weights[b], kept);
            claimed[b] = Faded.of(claimed[b], kept);
            happened[b] = Faded.of(happened[b], kept);
        }
        squares *= kept;
    }

    private void allocate() {
        if (weights.length > 0) return;
        weights = new double[BINS];
        claimed = new double[BINS];
        happened = new double[BINS];
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) sum += value;
        return sum;
    }

    /**
     * Expected calibration error: {@code sum_b w_b / W |claimed_b - happened_b|}, with the means of each bin; in 0..1, NaN
     * without claims. Source: Naeini, Cooper and Hauskrecht 2015.
     */
    public double error() {
        double error = 0;
        for (int b = 0; b < weights.length; b++) error += Math.abs(claimed[b] - happened[b]);
        return error / sum(weights);
    }

    /** Weighted mean of the probabilities claimed; NaN without claims. */
    public double claimed() {
        return sum(claimed) / sum(weights);
    }

    /** Weighted share of the claims that came true; NaN without claims. Below {@link #claimed} is overconfident. */
    public double happened() {
        return sum(happened) / sum(weights);
    }

    /**
     * Weighted mean squared error of the probabilities: of a binary output and of each label {@code (p - y)^2}, in 0..1; of
     * classes {@code sum_k (p_k - [y = k])^2}, in 0..2. NaN without claims. Source: Brier 1950.
     */
    public double brierScore() {
        return squares / sum(weights);
    }

    /** Number of bins in use, then (bin, three sums) each, then the squared errors if there is any. */
    void write(DataOutput out) throws IOException {
        int used = 0;
        for (double weight : weights) if (weight != 0) used++;
        out.writeByte(used);
        for (int b = 0; b < weights.length; b++) {
            if (weights[b] == 0) continue;
            out.writeByte(b);
            out.writeDouble(weights[b]);
            out.writeDouble(claimed[b]);
            out.writeDouble(happened[b]);
        }
        if (used > 0) out.writeDouble(squares);
    }

    void read(DataInput in) throws IOException {
        int used = in.readUnsignedByte();
        if (used == 0) return;
        allocate();
        for (int i = 0; i < used; i++) {
            int b = in.readUnsignedByte();
            weights[b] = in.readDouble();
            claimed[b] = in.readDouble();
            happened[b] = in.readDouble();
        }
        squares = in.readDouble();
    }
}
