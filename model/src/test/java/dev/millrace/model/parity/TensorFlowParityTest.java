package dev.millrace.model.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.optimizer.Clip;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.Sgd;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same weights, same batches, twenty steps of SGD: the losses are TensorFlow's to 1e-5. */
class TensorFlowParityTest {
    private static final float LEARNING_RATE = 0.01f;
    private static final int STEPS = 20;

    private static final String SOFTMAX = """
            name: softmax
            inputs: 784
            layers: [dense: {units: 10, activation: softmax}]
            loss: categorical_crossentropy
            """;
    private static final String PERCEPTRON = """
            name: perceptron
            inputs: 784
            layers:
              - dense: {units: 128, activation: relu}
              - dense: {units: 10, activation: softmax}
            loss: categorical_crossentropy
            """;
    private static final String BINARY = """
            name: binary
            inputs: 32
            layers:
              - dense: {units: 64, activation: relu}
              - dense: {units: 32, activation: tanh}
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """;

    private static SampleBatch batch(ModelSpec spec, SplittableRandom random) {
        SampleBatch batch = new SampleBatch(spec.inputs(), 1, 32);
        float[] x = new float[spec.inputs()];
        for (int i = 0; i < 32; i++) {
            for (int f = 0; f < x.length; f++) x[f] = (float) random.nextDouble();
            int classes = spec.loss() == Loss.CATEGORICAL_CROSSENTROPY ? spec.outputs() : 2;
            batch.append(x, new float[] {random.nextInt(classes)}, 1);
        }
        return batch;
    }

    @ParameterizedTest
    @ValueSource(strings = {SOFTMAX, PERCEPTRON, BINARY})
    void lossesAreTensorFlows(String yaml) {
        check(ModelSpec.fromYaml(yaml));
    }

    private static void check(ModelSpec spec) {
        float[] theirs = spec.initialParameters(11);
        float[] ours = theirs.clone();
        float[] next = new float[ours.length];
        UpdateRule sgd = new UpdateRule(new Sgd(), Clip.NONE, 0);
        OptimizerState none = sgd.init(ours.length);
        GradientSum sum = new GradientSum(ours.length);
        SplittableRandom random = new SplittableRandom(13);

        try (Nd4jEngine engine = new Nd4jEngine(spec);
                TensorFlowOracle oracle = new TensorFlowOracle(spec)) {
            for (int step = 1; step <= STEPS; step++) {
                SampleBatch batch = batch(spec, random);
                double expected = oracle.step(theirs, batch, LEARNING_RATE);
                engine.upload(0, ours, ours.length);
                engine.lossAndGradient(batch, 32, sum);
                sgd.apply(step, LEARNING_RATE, sum.weight, sum.gradient, none, ours, none, next);
                float[] swapped = ours;
                ours = next;
                next = swapped;

                assertThat(sum.lossSum / sum.weight).as("step %d", step).isCloseTo(expected, within(1e-5));
            }
        }
    }
}
