package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Errors of predicted numbers, and the spread of the labels to compare them with. Means of the labels travel beside the
 * sums: from sums of squares alone the spread of large labels would be lost to rounding. Several outputs count alike.
 */
public final class RegressionErrors {
    /** Most outputs whose labels' spread is known; of more, a window's means would outgrow the model. */
    public static final int MAX_OUTPUTS = ClassCounts.MAX_CLASSES;

    private static final double[] NONE = new double[0];

    private double weight;
    private double squares; // sum of weight times the mean squared error of a sample's outputs
    private double absolutes; // the same of the absolute errors
    private double spread; // sum of weight times the mean squared distance of a sample's labels from their means
    private double[] means = NONE; // [outputs], of the labels

    /**
     * Adds a sample.
     *
     * @param labels [>= from + outputs], as are the predictions
     * @param sampleWeight > 0
     */
    void add(float[] labels, float[] predictions, int from, int outputs, double sampleWeight) {
        if (means.length == 0 && outputs <= MAX_OUTPUTS) means = new double[outputs];
        weight += sampleWeight;
        double squared = 0;
        double absolute = 0;
        double distance = means.length == 0 ? Double.NaN : 0;
        for (int k = 0; k < outputs; k++) {
            double error = (double) predictions[from + k] - labels[from + k];
            squared += error * error;
            absolute += Math.abs(error);
            if (means.length == 0) continue;
            double before = labels[from + k] - means[k];
            means[k] += before * (sampleWeight / weight); // exactly the label if it is the first
            distance += before * (labels[from + k] - means[k]);
        }
        squares += sampleWeight * squared / outputs;
        absolutes += sampleWeight * absolute / outputs;
        spread += sampleWeight * distance / outputs;
    }

    /** Means and spreads merge as in Chan, Golub and LeVeque 1979. */
    void merge(RegressionErrors other) {
        if (other.weight == 0) return;
        if (means.length == 0) means = Arrays.copyOf(other.means, other.means.length);
        double all = weight + other.weight;
        double apart = 0;
        for (int k = 0; k < means.length; k++) {
            double difference = other.means[k] - means[k];
            apart += difference * difference;
            means[k] += difference * (other.weight / all);
        }
        spread += other.spread;
        if (means.length > 0) spread += apart / means.length * weight * (other.weight / all);
        weight = all;
        squares += other.squares;
        absolutes += other.absolutes;
    }

    /** Multiplies every sum by {@code kept}, in [0, 1]. */
    void fade(double kept) {
        weight = Faded.of(weight, kept);
        boolean gone = weight == 0;
        squares = gone ? 0 : squares * kept;
        absolutes = gone ? 0 : absolutes * kept;
        spread = gone ? 0 : spread * kept;
        if (gone) means = NONE;
    }

    /** Root of the weighted mean squared error over samples and outputs; NaN without samples. */
    public double rmse() {
        return Math.sqrt(squares / weight);
    }

    /** Weighted mean absolute error over samples and outputs; NaN without samples. */
    public double mae() {
        return absolutes / weight;
    }

    /**
     * Coefficient of determination, {@code 1 - sum w (y - z)^2 / sum w (y - mean)^2}, both sums over samples and outputs:
     * 1 is perfect, 0 what the labels' means achieve, and less is worse than those. NaN if the labels are all alike, or
     * of more than {@value #MAX_OUTPUTS} outputs.
     */
    public double r2() {
        return spread > 0 ? 1 - squares / spread : Double.NaN;
    }

    /** The weight; if it is not 0 then three sums, number of outputs and means. */
    void write(DataOutput out) throws IOException {
        out.writeDouble(weight);
        if (weight == 0) return;
        out.writeDouble(squares);
        out.writeDouble(absolutes);
        out.writeDouble(spread);
        out.writeShort(means.length);
        for (double mean : means) out.writeDouble(mean);
    }

    void read(DataInput in) throws IOException {
        weight = in.readDouble();
        if (weight == 0) return;
        squares = in.readDouble();
        absolutes = in.readDouble();
        spread = in.readDouble();
        means = new double[in.readUnsignedShort()];
        for (int k = 0; k < means.length; k++) means[k] = in.readDouble();
    }
}
