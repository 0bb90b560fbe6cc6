package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NormalizationTest {
    private static final ModelSpec TWO = ModelSpec.fromYaml("""
            inputs: 2
            layers:
              - normalization
              - dense: {units: 2}
            loss: mean_squared_error
            """);
    private static final int COUNT = 4; // mean 2, variance 2, count, kernel 4, bias 2

    private static float[] parameters(float count) {
        return new float[] {10, -3, 4, 0.25f, count, 1, 0, 0, 1, 0.5f, 0.25f};
    }

    private static float[] predict(float count, float... row) {
        SampleBatch batch = new SampleBatch(2, 2, 1);
        batch.append(row, new float[2], 1);
        float[] predictions = new float[2];
        try (GradientEngine engine = Engines.factory("nd4j").create(TWO)) {
            engine.upload(0, parameters(count), 11);
            engine.predict(batch, 1, predictions);
        }
        return predictions;
    }

    @Test
    void standardizesByTheMomentsAmongTheParameters() {
        // (14 - 10) / 2 + 0.5 and (-2.5 + 3) / 0.5 + 0.25
        assertThat(predict(1000, 14, -2.5f)).containsExactly(new float[] {2.5f, 1.25f}, within(1e-5f));
    }

    @Test
    void passesNothingUntilAThousandSamplesWereSeen() {
        assertThat(predict(999, 14, -2.5f)).containsExactly(0.5f, 0.25f);
    }

    @Test
    void leavesSumsOfEachSampleOnceWhateverTheMicroBatchAndTheWeight() {
        SampleBatch batch = new SampleBatch(2, 2, 3);
        batch.append(new float[] {11, -3}, new float[2], 5);
        batch.append(new float[] {1e30f, 1e30f}, new float[2], 0);
        batch.append(new float[] {13, -5}, new float[2], 1);
        for (int microBatch : new int[] {1, 2, 3}) {
            GradientSum sum = new GradientSum(11, true);
            try (GradientEngine engine = Engines.factory("nd4j").create(TWO)) {
                engine.upload(0, parameters(2000), 11);
                engine.lossAndGradient(batch, microBatch, sum);
                engine.lossAndGradient(batch, microBatch, sum);
            }

            // x - mean: 1, 3 and 0, -2
            assertThat(Arrays.copyOf(sum.gradient, 5)).containsExactly(4, -2, 10, 4, 2);
            assertThat(sum.squaredNormSum).isFinite();
        }
    }

    @Test
    void takesAnImageByItsChannels() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: [1, 2, 2]
                layers:
                  - normalization
                  - flatten
                  - dense: {units: 1}
                loss: mean_squared_error
                """);
        SampleBatch batch = new SampleBatch(4, 1, 1);
        batch.append(new float[] {1, 10, 3, 30}, new float[1], 1);
        GradientSum sum = new GradientSum(spec.layout().size());
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, spec.initialParameters(1), sum.gradient.length);
            engine.lossAndGradient(batch, 1, sum);
        }

        // means over two pixels: (1 + 3) / 2, (10 + 30) / 2, squares (1 + 9) / 2, (100 + 900) / 2
        assertThat(Arrays.copyOf(sum.gradient, 5)).containsExactly(2, 20, 5, 500, 1);
    }

    @Test
    void learnsFromInputsOfWildlyDifferentScales() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: 2
                layers:
                  - normalization: {half_life: 100000}
                  - dense: {units: 1, activation: sigmoid}
                loss: binary_crossentropy
                """);
        UpdateRule rule = OptimizerSpec.of(Map.of()).rule(spec);
        float[] parameters = spec.initialParameters(1);
        OptimizerState none = rule.init(parameters.length);
        GradientSum sum = new GradientSum(parameters.length);
        SplittableRandom random = new SplittableRandom(5);
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            for (int step = 1; step <= 500; step++) {
                SampleBatch batch = batch(random, 32);
                engine.upload(0, parameters, parameters.length);
                engine.lossAndGradient(batch, 32, sum);
                float[] next = new float[parameters.length];
                assertThat(rule.apply(step, 0.5, sum.weight, sum.gradient, none, parameters, none, next))
                        .isTrue();
                parameters = next;
            }
            SampleBatch test = batch(random, 2000);
            float[] predictions = new float[2000];
            engine.upload(0, parameters, parameters.length);
            engine.predict(test, 256, predictions);
            int right = 0;
            for (int i = 0; i < 2000; i++) if (predictions[i] > 0.5 == test.labels()[i] > 0.5) right++;

            assertThat(right).isGreaterThan(1900);
        }
        assertThat(parameters[0]).isCloseTo(50_000, within(100f));
        assertThat(parameters[2]).isCloseTo(1e6f, within(5e4f));
        assertThat(parameters[COUNT]).isEqualTo(500 * 32);
    }

    /** A large and a tiny feature; the label is which of the two stands higher above its mean. */
    private static SampleBatch batch(SplittableRandom random, int rows) {
        SampleBatch batch = new SampleBatch(2, 1, rows);
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            batch.append(
                    new float[] {(float) (50_000 + 1000 * a), (float) (0.02 + 0.001 * b)},
                    new float[] {a > b ? 1 : 0},
                    1);
        }
        return batch;
    }

    @Test
    void isTheFirstLayerOrNone() {
        assertThatThrownBy(() -> ModelSpec.fromYaml("""
                        inputs: 2
                        layers:
                          - dense: {units: 2}
                          - normalization: {half_life: 0}
                          - dense: {units: 2}
                        loss: mean_squared_error
                        """))
                .hasMessageContaining(
                        "model.layers[1].normalization.place must be first: it standardizes what enters the model. Received: 2")
                .hasMessageContaining("half_life must be an integer in 1..2147483647. Received: 0");
    }
}
