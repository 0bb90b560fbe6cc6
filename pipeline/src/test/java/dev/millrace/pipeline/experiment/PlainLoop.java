package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.ModelSpec;
import java.util.Map;

/**
 * What a fixed size does to the loss does not depend on the clock: learning rates are tuned in this loop of the same
 * engine and optimizer, without Kafka and Flink.
 */
final class PlainLoop {
    private static final int LOOKS = 50;

    private PlainLoop() {}

    /**
     * A pass over some samples.
     *
     * @param prequentialLoss mean loss of each sample before it was learnt from
     * @param testLosses after each fiftieth of the samples
     */
    record Pass(double prequentialLoss, double[] testLosses) {

        double finalLoss() {
            return testLosses[testLosses.length - 1];
        }

        /** Share of the samples, from {@code from} on, after which the test loss is at most so much; infinite if never. */
        double shareTo(double target, double from) {
            for (int i = 0; i < testLosses.length; i++) {
                double share = (i + 1.0) / testLosses.length;
                if (share > from && testLosses[i] <= target) return share - from;
            }
            return Double.POSITIVE_INFINITY;
        }
    }

    static Pass sgd(ModelSpec spec, SampleBatch samples, SampleBatch test, int size, double learningRate, long seed) {
        UpdateRule rule = OptimizerSpec.of(Map.of("name", "sgd")).rule();
        float[] parameters = spec.initialParameters(seed);
        float[] next = new float[parameters.length];
        OptimizerState state = rule.init(parameters.length);
        OptimizerState nextState = rule.init(parameters.length);
        GradientSum sum = new GradientSum(parameters.length);
        SampleBatch batch = new SampleBatch(samples.featureWidth(), samples.labelWidth(), size);
        double[] testLosses = new double[LOOKS];
        double lossSum = 0;
        int looks = 0;
        try (GradientEngine engine = Engines.factory("nd4j").create(spec);
                Evaluator evaluator = new Evaluator(spec)) {
            long step = 0;
            for (int from = 0; from < samples.rows(); from += size) {
                slice(samples, from, Math.min(size, samples.rows() - from), batch);
                engine.upload(0, parameters, parameters.length);
                engine.lossAndGradient(batch, size, sum);
                lossSum += sum.lossSum;
                boolean finite =
                        rule.apply(++step, learningRate, sum.weight, sum.gradient, state, parameters, nextState, next);
                if (!finite) return diverged();
                float[] before = parameters;
                parameters = next;
                next = before;
                int due = (int) ((long) LOOKS * (from + batch.rows()) / samples.rows());
                if (due > looks) {
                    double loss = evaluator.loss(parameters, test);
                    while (looks < due) testLosses[looks++] = loss;
                }
            }
        }
        return new Pass(lossSum / samples.rows(), testLosses);
    }

    private static Pass diverged() {
        return new Pass(Double.POSITIVE_INFINITY, new double[] {Double.POSITIVE_INFINITY});
    }

    private static void slice(SampleBatch from, int first, int rows, SampleBatch into) {
        into.setRows(rows);
        System.arraycopy(from.features(), first * from.featureWidth(), into.features(), 0, rows * from.featureWidth());
        System.arraycopy(from.labels(), first * from.labelWidth(), into.labels(), 0, rows * from.labelWidth());
        System.arraycopy(from.weights(), first, into.weights(), 0, rows);
    }
}
