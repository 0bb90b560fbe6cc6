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
    private double weight;
    private double lossSum;
    private double judgedWeight; // of samples that are right or wrong
    private double correctWeight;
    private final ScoreHistogram scores = new ScoreHistogram();

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
        if (loss == Loss.MEAN_SQUARED_ERROR || batch.rows() == 0) return outcomes;
        if (loss == Loss.CATEGORICAL_CROSSENTROPY) outcomes.judgeClasses(batch, outputs, sum.predictions);
        else outcomes.judgeSigns(batch, sum.predictions, loss == Loss.BINARY_CROSSENTROPY);
        return outcomes;
    }

    /** Right if the largest output is the label's. */
    private void judgeClasses(SampleBatch batch, int outputs, float[] predictions) {
        for (int i = 0; i < batch.rows(); i++) {
            int best = 0;
            for (int k = 1; k < outputs; k++) {
                if (predictions[i * outputs + k] > predictions[i * outputs + best]) best = k;
            }
            judge(batch.weights()[i], best == (int) batch.labels()[i]);
        }
    }

    /** Right if every output is on its label's side of 0.5, or of 0 for hinge. */
    private void judgeSigns(SampleBatch batch, float[] predictions, boolean probabilities) {
        int outputs = batch.labelWidth();
        float threshold = probabilities ? 0.5f : 0f;
        for (int i = 0; i < batch.rows(); i++) {
            boolean right = true;
            for (int k = 0; k < outputs; k++) {
                boolean positive = batch.labels()[i * outputs + k] > 0;
                right &= predictions[i * outputs + k] > threshold == positive;
            }
            float sampleWeight = batch.weights()[i];
            judge(sampleWeight, right);
            if (probabilities && outputs == 1) scores.add(predictions[i], batch.labels()[i] > 0, sampleWeight);
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
        scores.merge(other.scores);
    }

    /** Multiplies every sum by {@code kept}, in [0, 1]: what was counts less from now on. */
    void fade(double kept) {
        weight *= kept;
        lossSum *= kept;
        judgedWeight *= kept;
        correctWeight *= kept;
        scores.fade(kept);
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

    /** Weighted share of samples predicted right; NaN for regression. */
    public double accuracy() {
        return correctWeight / judgedWeight;
    }

    /** Area under the ROC curve; NaN unless binary with both classes. See {@link ScoreHistogram#auc}. */
    public double auc() {
        return scores.auc();
    }

    /** Four sums, then the histogram. */
    public void write(DataOutput out) throws IOException {
        out.writeDouble(weight);
        out.writeDouble(lossSum);
        out.writeDouble(judgedWeight);
        out.writeDouble(correctWeight);
        scores.write(out);
    }

    /** Reads what {@link #write} wrote. */
    public static Outcomes read(DataInput in) throws IOException {
        Outcomes outcomes = new Outcomes();
        outcomes.weight = in.readDouble();
        outcomes.lossSum = in.readDouble();
        outcomes.judgedWeight = in.readDouble();
        outcomes.correctWeight = in.readDouble();
        outcomes.scores.read(in);
        return outcomes;
    }
}
