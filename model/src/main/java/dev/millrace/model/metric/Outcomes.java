package dev.millrace.model.metric;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How well a model predicted some samples before it learnt from them: sums that add up over mini-batches and workers. A
 * worker condenses its predictions to this, so that they need not travel.
 */
public final class Outcomes {
    /** The newest form that this release reads and the one that it writes; format 1 did not say so itself. */
    static final int FORMAT = 2;

    private double weight;
    private double lossSum;
    private double judgedWeight; // of samples that are right or wrong
    private double correctWeight;
    private double labelWeight; // of the labels of samples with several
    private double wrongLabelWeight;
    private final ScoreHistogram scores = new ScoreHistogram();
    private final ClassCounts classes = new ClassCounts();
    private final Calibration calibration = new Calibration();
    private final RegressionErrors errors = new RegressionErrors();

    /**
     * Condenses a mini-batch.
     *
     * @param outputs of the model, for one sample
     * @param sum holds the predictions, [>= rows, outputs]
     */
    public static Outcomes of(Loss loss, int outputs, SampleBatch batch, GradientSum sum) {
        Outcomes outcomes = new Outcomes();
        outcomes.weight = sum.weight;
        outcomes.lossSum = sum.lossSum;
        if (batch.rows() == 0) return outcomes;
        switch (loss) {
            case CATEGORICAL_CROSSENTROPY -> outcomes.judgeClasses(batch, outputs, sum.predictions);
            case BINARY_CROSSENTROPY -> outcomes.judgeSigns(batch, sum.predictions, true);
            case HINGE -> outcomes.judgeSigns(batch, sum.predictions, false);
            case MEAN_SQUARED_ERROR -> outcomes.measure(batch, outputs, sum.predictions);
        }
        return outcomes;
    }

    /** Right if the largest output is the label's. */
    private void judgeClasses(SampleBatch batch, int outputs, float[] predictions) {
        classes.prepare(outputs);
        for (int i = 0; i < batch.rows(); i++) {
            float sampleWeight = batch.weights()[i];
            if (sampleWeight == 0) continue; // its predictions need not be finite
            int first = i * outputs;
            int best = 0;
            float largest = predictions[first];
            double squares = 0;
            for (int k = 0; k < outputs; k++) {
                float p = predictions[first + k];
                squares += (double) p * p;
                if (!(p > largest)) continue;
                best = k;
                largest = p;
            }
            int label = (int) batch.labels()[i];
            judge(sampleWeight, best == label);
            classes.add(label, best, sampleWeight);
            // sum_k (p_k - [y = k])^2, of which one term alone has a label to subtract
            double squaredError = squares - 2.0 * predictions[first + label] + 1;
            calibration.add(largest, best == label, squaredError, sampleWeight);
        }
    }

    /** Right if every output is on its label's side of 0.5, or of 0 for hinge. */
    private void judgeSigns(SampleBatch batch, float[] predictions, boolean probabilities) {
        int outputs = batch.labelWidth();
        float threshold = probabilities ? 0.5f : 0f;
        classes.prepare(Math.max(2, outputs));
        for (int i = 0; i < batch.rows(); i++) {
            float sampleWeight = batch.weights()[i];
            if (sampleWeight == 0) continue;
            int wrong = 0;
            for (int k = 0; k < outputs; k++) {
                float predicted = predictions[i * outputs + k];
                boolean positive = batch.labels()[i * outputs + k] > 0;
                boolean said = predicted > threshold;
                if (said != positive) wrong++;
                if (outputs == 1) classes.add(positive ? 1 : 0, said ? 1 : 0, sampleWeight);
                else classes.addLabel(k, positive, said, sampleWeight);
                if (!probabilities) continue;
                double error = predicted - (positive ? 1.0 : 0.0);
                calibration.add(predicted, positive, error * error, sampleWeight);
                if (outputs == 1) scores.add(predicted, positive, sampleWeight);
            }
            judge(sampleWeight, wrong == 0);
            if (outputs == 1) continue;
            labelWeight += (double) sampleWeight * outputs;
            wrongLabelWeight += (double) sampleWeight * wrong;
        }
    }

    private void measure(SampleBatch batch, int outputs, float[] predictions) {
        for (int i = 0; i < batch.rows(); i++) {
            float sampleWeight = batch.weights()[i];
            if (sampleWeight > 0) errors.add(batch.labels(), predictions, i * outputs, outputs, sampleWeight);
        }
    }

    private void judge(float sampleWeight, boolean right) {
        judgedWeight += sampleWeight;
        if (right) correctWeight += sampleWeight;
    }

    /** Adds another's sums. */
    public void merge(Outcomes other) {
        weight += other.weight;
        lossSum += other.lossSum;
        judgedWeight += other.judgedWeight;
        correctWeight += other.correctWeight;
        labelWeight += other.labelWeight;
        wrongLabelWeight += other.wrongLabelWeight;
        scores.merge(other.scores);
        classes.merge(other.classes);
        calibration.merge(other.calibration);
        errors.merge(other.errors);
    }

    /** Multiplies every sum by {@code kept}, in [0, 1]: what was counts less from now on. */
    void fade(double kept) {
        weight *= kept;
        lossSum *= kept;
        judgedWeight *= kept;
        correctWeight *= kept;
        labelWeight *= kept;
        wrongLabelWeight *= kept;
        scores.fade(kept);
        classes.fade(kept);
        calibration.fade(kept);
        errors.fade(kept);
    }

    /** Sum of sample weights. */
    public double weight() {
        return weight;
    }

    /** Sum of weight times loss. */
    public double lossSum() {
        return lossSum;
    }

    /** Weighted mean loss; NaN without weight. */
    public double loss() {
        return lossSum / weight;
    }

    /** Weighted share of samples predicted right, of several labels all of them; NaN for regression. */
    public double accuracy() {
        return correctWeight / judgedWeight;
    }

    /** Area under the ROC curve; NaN unless binary with both classes. See {@link ScoreHistogram#auc}. */
    public double auc() {
        return scores.auc();
    }

    /** Weighted share of labels predicted wrong, each for itself; NaN unless a sample has several. */
    public double hammingLoss() {
        return wrongLabelWeight / labelWeight;
    }

    /** What was predicted of each class; empty for regression. The live sums, not a copy. */
    public ClassCounts classes() {
        return classes;
    }

    /** Whether probabilities come true; empty for what predicts none. The live sums, not a copy. */
    public Calibration calibration() {
        return calibration;
    }

    /** Errors of predicted numbers; empty but for regression. The live sums, not a copy. */
    public RegressionErrors errors() {
        return errors;
    }

    /** Format, six sums, then histogram, classes, calibration and errors. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(FORMAT);
        out.writeDouble(weight);
        out.writeDouble(lossSum);
        out.writeDouble(judgedWeight);
        out.writeDouble(correctWeight);
        scores.write(out);
        out.writeDouble(labelWeight);
        out.writeDouble(wrongLabelWeight);
        classes.write(out);
        calibration.write(out);
        errors.write(out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if a newer release wrote it
     */
    public static Outcomes read(DataInput in) throws IOException {
        int format = in.readUnsignedByte();
        if (format != FORMAT) {
            throw new IOException("Format " + format + " of outcomes is unknown; this release reads format " + FORMAT
                    + ", and 1 where its holder knows it. A newer release wrote it.");
        }
        Outcomes outcomes = readFormat1(in);
        outcomes.labelWeight = in.readDouble();
        outcomes.wrongLabelWeight = in.readDouble();
        outcomes.classes.read(in);
        outcomes.calibration.read(in);
        outcomes.errors.read(in);
        return outcomes;
    }

    /** Reads format 1, which began with its sums: what holds it must know. What it lacks begins empty. */
    public static Outcomes readFormat1(DataInput in) throws IOException {
        Outcomes outcomes = new Outcomes();
        outcomes.weight = in.readDouble();
        outcomes.lossSum = in.readDouble();
        outcomes.judgedWeight = in.readDouble();
        outcomes.correctWeight = in.readDouble();
        outcomes.scores.read(in);
        return outcomes;
    }
}
