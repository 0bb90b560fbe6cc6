package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Weights of samples by the class they belong to and the class predicted, of each class three sums: what belongs to it, what
 * was predicted as it, and what was both. A model with one binary output has the classes 0 and 1; of several binary
 * outputs each is a class of its own, to which a sample belongs or not. Sums exist only once a sample was added.
 */
public final class ClassCounts {
    /**
     * Most classes that are counted. A mini-batch's sums are smaller than the gradient of the layer that made the
     * outputs, but a window keeps some twenty of them: of more classes they would outgrow the model.
     */
    public static final int MAX_CLASSES = 1024;

    /** Most classes in a {@link #table}. */
    public static final int MAX_LISTED = 100;

    private static final double[] NONE = new double[0];

    private double[] belonging = NONE; // [classes]
    private double[] predicted = NONE;
    private double[] right = NONE;

    /** Makes room for so many classes; for none if they are too many to be counted. */
    void prepare(int classes) {
        if (classes <= belonging.length || classes > MAX_CLASSES) return;
        belonging = Arrays.copyOf(belonging, classes);
        predicted = Arrays.copyOf(predicted, classes);
        right = Arrays.copyOf(right, classes);
    }

    /** Adds a sample that belongs to one class and was predicted as one. */
    void add(int label, int prediction, double weight) {
        if (belonging.length == 0) return;
        belonging[label] += weight;
        predicted[prediction] += weight;
        if (label == prediction) right[label] += weight;
    }

    /** Adds one of the labels of a sample. */
    void addLabel(int label, boolean belongs, boolean isPredicted, double weight) {
        if (belonging.length == 0) return;
        if (belongs) belonging[label] += weight;
        if (isPredicted) predicted[label] += weight;
        if (belongs && isPredicted) right[label] += weight;
    }

    void merge(ClassCounts other) {
        prepare(other.belonging.length);
        for (int k = 0; k < other.belonging.length; k++) {
            belonging[k] += other.belonging[k];
            predicted[k] += other.predicted[k];
            right[k] += other.right[k];
        }
    }

    /** Multiplies every weight by {@code kept}, in [0, 1]. */
    void fade(double kept) {
        for (int k = 0; k < belonging.length; k++) {
            belonging[k] = Faded.of(belonging[k], kept);
            predicted[k] = Faded.of(predicted[k], kept);
            right[k] = Faded.of(right[k], kept);
        }
    }

    private boolean occurs(int k) {
        return belonging[k] > 0 || predicted[k] > 0;
    }

    private double precision(int k) {
        return predicted[k] > 0 ? right[k] / predicted[k] : 0;
    }

    private double recall(int k) {
        return belonging[k] > 0 ? right[k] / belonging[k] : 0;
    }

    /** {@code 2 P R / (P + R)}, without the divisions by what may be 0. */
    private double f1(int k) {
        return 2 * right[k] / (belonging[k] + predicted[k]);
    }

    /** How many classes occur: a sample belongs to them or was predicted as them. */
    public int occurring() {
        int count = 0;
        for (int k = 0; k < belonging.length; k++) if (occurs(k)) count++;
        return count;
    }

    /** How many classes samples belong to. */
    public int populated() {
        int count = 0;
        for (double weight : belonging) if (weight > 0) count++;
        return count;
    }

    /** Mean of the precisions of the classes that occur, all alike; NaN if none does. */
    public double macroPrecision() {
        double sum = 0;
        for (int k = 0; k < belonging.length; k++) if (occurs(k)) sum += precision(k);
        return sum / occurring();
    }

    /** Mean of the recalls of the classes that occur, all alike; NaN if none does. */
    public double macroRecall() {
        double sum = 0;
        for (int k = 0; k < belonging.length; k++) if (occurs(k)) sum += recall(k);
        return sum / occurring();
    }

    /** Mean of the F1 of the classes that occur, all alike; NaN if none does. */
    public double macroF1() {
        double sum = 0;
        for (int k = 0; k < belonging.length; k++) if (occurs(k)) sum += f1(k);
        return sum / occurring();
    }

    /** The classes that occur, in their order; of more than {@value #MAX_LISTED} those of the largest support. */
    public List<ClassScore> table() {
        List<ClassScore> scores = new ArrayList<>();
        for (int k = 0; k < belonging.length; k++) {
            if (occurs(k)) scores.add(new ClassScore(k, precision(k), recall(k), f1(k), belonging[k]));
        }
        if (scores.size() <= MAX_LISTED) return scores;
        scores.sort(Comparator.comparingDouble(ClassScore::support).reversed());
        List<ClassScore> largest = new ArrayList<>(scores.subList(0, MAX_LISTED));
        largest.sort(Comparator.comparingInt(ClassScore::label));
        return largest;
    }

    /** Number of classes and of those that occur, then (class, three sums) each: a mini-batch has few. */
    void write(DataOutput out) throws IOException {
        out.writeShort(belonging.length);
        out.writeShort(occurring());
        for (int k = 0; k < belonging.length; k++) {
            if (!occurs(k)) continue;
            out.writeShort(k);
            out.writeDouble(belonging[k]);
            out.writeDouble(predicted[k]);
            out.writeDouble(right[k]);
        }
    }

    void read(DataInput in) throws IOException {
        prepare(in.readUnsignedShort());
        int count = in.readUnsignedShort();
        for (int i = 0; i < count; i++) {
            int k = in.readUnsignedShort();
            belonging[k] = in.readDouble();
            predicted[k] = in.readDouble();
            right[k] = in.readDouble();
        }
    }
}
