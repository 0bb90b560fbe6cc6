package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.ModelSpec;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same initial parameters and the same weighted batches, trained here and in TensorFlow. */
class TensorFlowParityTest {
    private static final int STEPS = 20;
    private static final int ROWS = 32;
    private static final float LEARNING_RATE = 0.1f;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{inputs: 784, layers: [{dense: {units: 10, activation: softmax}}], loss: categorical_crossentropy}",
                "{inputs: 784, layers: [{dense: {units: 128, activation: relu}}, {dense: {units: 10, activation: softmax}}],"
                        + " loss: categorical_crossentropy}",
                "{inputs: 32, layers: [{dense: {units: 64, activation: tanh}}, {dense: {units: 32, activation: sigmoid}},"
                        + " {dense: {units: 1, activation: sigmoid}}], loss: binary_crossentropy}"
            })
    void lossesAfterTwentyStepsAreTensorFlows(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        float[] parameters = spec.initialParameters(3);

        float[] ours = new float[STEPS];
        float[] theirs = new float[STEPS];
        try (TensorFlowModel tensorFlow = new TensorFlowModel(spec, parameters, LEARNING_RATE);
                Trainer trainer = new Trainer(spec, parameters)) {
            for (int step = 0; step < STEPS; step++) {
                // Ten batches, each seen twice: what was learnt from the first time must show in the second.
                SampleBatch batch = Networks.samples(spec, ROWS, step % 10);
                theirs[step] = tensorFlow.step(batch);
                ours[step] = trainer.step(batch);
            }
        }

        assertThat(ours[STEPS - 1]).isLessThan(ours[STEPS - 11]);
        // Sums of up to 784 float32 products in another order, through 20 updates.
        for (int step = 0; step < STEPS; step++) {
            assertThat(ours[step]).as("loss of step %d", step).isCloseTo(theirs[step], within(1e-5f));
        }
    }

    private static final class Trainer implements AutoCloseable {
        private final GradientEngine engine;
        private final GradientSum sum;
        private final UpdateRule rule = OptimizerSpec.of(Map.of()).rule();
        private final OptimizerState state;
        private float[] parameters;
        private float[] next;
        private int steps;

        Trainer(ModelSpec spec, float[] parameters) {
            this.engine = Networks.engine(spec, parameters);
            this.sum = new GradientSum(parameters.length);
            this.state = rule.init(parameters.length);
            this.parameters = parameters.clone();
            this.next = new float[parameters.length];
        }

        float step(SampleBatch batch) {
            engine.upload(0, parameters, parameters.length);
            engine.lossAndGradient(batch, ROWS, sum);
            float loss = (float) (sum.lossSum / sum.weight);
            boolean accepted =
                    rule.apply(++steps, LEARNING_RATE, sum.weight, sum.gradient, state, parameters, state, next);
            assertThat(accepted).isTrue();
            float[] before = parameters;
            parameters = next;
            next = before;
            return loss;
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
