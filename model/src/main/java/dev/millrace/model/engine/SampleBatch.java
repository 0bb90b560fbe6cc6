package dev.millrace.model.engine;

import java.util.Arrays;

/**
 * Samples in columns: what a mini-batch carries and an engine consumes. Mutable and reusable; rows are appended at the
 * end and the arrays grow by half, so that a batch of known size allocates once.
 */
public final class SampleBatch {
    private final int featureWidth;
    private final int labelWidth;
    private int rows;
    private float[] features; // [capacity, featureWidth], row-major
    private float[] labels; // [capacity, labelWidth], row-major; a class index is one float
    private float[] weights; // [capacity]

    /**
     * @param featureWidth features of one sample, >= 1
     * @param labelWidth labels of one sample, >= 1
     * @param capacity rows to make room for, >= 1
     */
    public SampleBatch(int featureWidth, int labelWidth, int capacity) {
        if (featureWidth < 1 || labelWidth < 1 || capacity < 1) {
            throw new IllegalArgumentException("featureWidth, labelWidth and capacity must be >= 1. Received: "
                    + featureWidth + ", " + labelWidth + ", " + capacity);
        }
        this.featureWidth = featureWidth;
        this.labelWidth = labelWidth;
        this.features = new float[capacity * featureWidth];
        this.labels = new float[capacity * labelWidth];
        this.weights = new float[capacity];
    }

    /** Appends one sample, copying {@code featureWidth} features and {@code labelWidth} labels. */
    public void append(float[] sampleFeatures, float[] sampleLabels, float weight) {
        ensureCapacity(rows + 1);
        System.arraycopy(sampleFeatures, 0, features, rows * featureWidth, featureWidth);
        System.arraycopy(sampleLabels, 0, labels, rows * labelWidth, labelWidth);
        weights[rows] = weight;
        rows++;
    }

    /** Appends all rows of a batch of the same widths. */
    public void append(SampleBatch other) {
        if (other.featureWidth != featureWidth || other.labelWidth != labelWidth) {
            throw new IllegalArgumentException("batches must have equal widths: " + featureWidth + " features and "
                    + labelWidth + " labels. Received: " + other.featureWidth + " and " + other.labelWidth);
        }
        ensureCapacity(rows + other.rows);
        System.arraycopy(other.features, 0, features, rows * featureWidth, other.rows * featureWidth);
        System.arraycopy(other.labels, 0, labels, rows * labelWidth, other.rows * labelWidth);
        System.arraycopy(other.weights, 0, weights, rows, other.rows);
        rows += other.rows;
    }

    /** Makes room for {@code wanted} rows, keeping those present. */
    public void ensureCapacity(int wanted) {
        if (wanted <= weights.length) return;
        int capacity = Math.max(wanted, weights.length + (weights.length >> 1));
        features = Arrays.copyOf(features, Math.multiplyExact(capacity, featureWidth));
        labels = Arrays.copyOf(labels, Math.multiplyExact(capacity, labelWidth));
        weights = Arrays.copyOf(weights, capacity);
    }

    /** Sets the number of rows, after the arrays were filled from outside or to forget the rows. */
    public void setRows(int rows) {
        ensureCapacity(rows);
        this.rows = rows;
    }

    public int rows() {
        return rows;
    }

    public int featureWidth() {
        return featureWidth;
    }

    public int labelWidth() {
        return labelWidth;
    }

    /** The backing array, [>= rows, featureWidth]: valid until the next append. */
    public float[] features() {
        return features;
    }

    /** The backing array, [>= rows, labelWidth]: valid until the next append. */
    public float[] labels() {
        return labels;
    }

    /** The backing array, [>= rows]: valid until the next append. */
    public float[] weights() {
        return weights;
    }
}
