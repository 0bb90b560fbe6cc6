package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.DropoutSpec;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final String DENSE = "flatten: {}, dense: {units: 6, activation: tanh}";
    private static final ModelSpec PLAIN = ImageModels.of(DENSE);
    private static final float[] PARAMETERS = ImageModels.parameters(PLAIN);
    private static final SampleBatch BATCH = Networks.samples(PLAIN, 40, 2);

    private static ModelSpec dropping(double rate, long seed) {
        return ImageModels.of(DENSE + ", dropout: {rate: " + rate + ", seed: " + seed + "}");
    }

    @Test
    void predictionsIgnoreIt() {
        float[] with = new float[120];
        float[] without = new float[120];
        try (GradientEngine engine = Networks.engine(dropping(0.5, 1), PARAMETERS);
                GradientEngine plain = Networks.engine(PLAIN, PARAMETERS)) {
            engine.lossAndGradient(BATCH, 64, new GradientSum(PARAMETERS.length));
            engine.predict(BATCH, 64, with);
            plain.predict(BATCH, 64, without);
        }

        assertThat(with).isEqualTo(without);
    }

    @Test
    void rateZeroIsTheIdentity() {
        GradientSum with = Networks.gradient(dropping(0, 1), PARAMETERS, BATCH, 64);
        GradientSum without = Networks.gradient(PLAIN, PARAMETERS, BATCH, 64);

        assertThat(with.gradient).isEqualTo(without.gradient);
        assertThat(with.lossSum).isEqualTo(without.lossSum);
    }

    @Test
    void sameSeedGivesTheSameBitsAndAnotherDoesNot() {
        GradientSum one = Networks.gradient(dropping(0.5, 1), PARAMETERS, BATCH, 64);
        GradientSum again = Networks.gradient(dropping(0.5, 1), PARAMETERS, BATCH, 64);
        GradientSum other = Networks.gradient(dropping(0.5, 2), PARAMETERS, BATCH, 64);

        assertThat(again.gradient).isEqualTo(one.gradient);
        assertThat(other.lossSum).isNotEqualTo(one.lossSum);
    }

    @Test
    void workersDrawTheirOwnMasksAndTheSameAgain() {
        ModelSpec spec = dropping(0.5, 1);
        GradientSum alone = Networks.gradient(spec, PARAMETERS, BATCH, 64);
        double[] losses = new double[4];
        for (int worker = 0; worker < losses.length; worker++) {
            losses[worker] = Networks.gradient(spec.ofWorker(worker), PARAMETERS, BATCH, 64).lossSum;
        }

        assertThat(losses).doesNotHaveDuplicates();
        assertThat(losses[0]).as("the first is the only one where there is one").isEqualTo(alone.lossSum);
        assertThat(Networks.gradient(spec.ofWorker(3), PARAMETERS, BATCH, 64).lossSum)
                .isEqualTo(losses[3]);
    }

    @Test
    void noTwoLayersOfAnyTwoWorkersShareASeed() {
        Set<Long> seeds = new HashSet<>();
        for (int layer = 1; layer <= 20; layer++) {
            for (int worker = 0; worker < 64; worker++) {
                DropoutSpec own = (DropoutSpec)
                        dropping(0.5, layer).ofWorker(worker).layers().get(2);
                seeds.add(own.seed());
            }
        }

        assertThat(seeds).hasSize(20 * 64);
    }

    @Test
    void workersDropInBranchesToo() {
        ModelSpec spec = ModelSpec.fromYaml("""
                name: wide
                inputs: 2
                layers:
                  - concatenate: {branches: [{layers: [{dense: {units: 2}}, {dropout: {rate: 0.5}}]}, {layers: [{dense: {units: 2}}]}]}
                  - dense: {units: 1}
                loss: mean_squared_error
                """);

        assertThat(spec.ofWorker(1).toJson()).isNotEqualTo(spec.toJson());
        assertThat(spec.ofWorker(1).layout()).isEqualTo(spec.layout());
        assertThat(spec.withoutDropout().toJson()).contains("\"rate\":0.0");
    }

    @Test
    void theLossWithoutDropoutIsThatOfThePredictions() {
        GradientSum without = Networks.gradient(dropping(0.5, 1).withoutDropout(), PARAMETERS, BATCH, 64);
        GradientSum plain = Networks.gradient(PLAIN, PARAMETERS, BATCH, 64);

        assertThat(without.lossSum).isEqualTo(plain.lossSum);
        assertThat(without.predictions).isEqualTo(plain.predictions);
    }

    @Test
    void nextCallDrawsOtherMasks() {
        GradientSum sum = new GradientSum(PARAMETERS.length);
        double first;
        try (GradientEngine engine = Networks.engine(dropping(0.5, 1), PARAMETERS)) {
            engine.lossAndGradient(BATCH, 64, sum);
            first = sum.lossSum;
            engine.lossAndGradient(BATCH, 64, sum);
        }

        assertThat(sum.lossSum).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 39})
    void masksDoNotDependOnTheMicroBatch(int microBatch) {
        GradientSum parts = Networks.gradient(dropping(0.5, 1), PARAMETERS, BATCH, microBatch);
        GradientSum whole = Networks.gradient(dropping(0.5, 1), PARAMETERS, BATCH, 40);

        assertThat(Models.relativeError(parts.gradient, whole.gradient)).isLessThan(1e-6);
    }

    /** A new engine draws the same masks, so that the loss is a function of the parameters. */
    @Test
    void gradientIsTheSlopeOfTheLossBehindTheMasks() {
        ModelSpec spec = dropping(0.4, 3);
        float[] analytic = Networks.gradient(spec, PARAMETERS, BATCH, 64).gradient;
        float[] numeric = new float[analytic.length];
        float[] moved = PARAMETERS.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = PARAMETERS[i] + 1e-2f;
            double above = Networks.gradient(spec, moved, BATCH, 64).lossSum;
            moved[i] = PARAMETERS[i] - 1e-2f;
            double below = Networks.gradient(spec, moved, BATCH, 64).lossSum;
            moved[i] = PARAMETERS[i];
            numeric[i] = (float) ((above - below) / 2e-2);
        }

        // Differences of losses in float32 are good to some 1e-4 of the gradient's norm.
        assertThat(Models.relativeError(analytic, numeric)).isLessThan(1e-3);
    }

    @Test
    void squaredNormsAreThoseBehindTheMasks() {
        ModelSpec spec = dropping(0.4, 3);
        GradientSum sum = new GradientSum(PARAMETERS.length, true);
        double expected = 0;
        try (GradientEngine one = Networks.engine(spec, PARAMETERS);
                GradientEngine all = Networks.engine(spec, PARAMETERS)) {
            for (int i = 0; i < BATCH.rows(); i++) {
                SampleBatch row = new SampleBatch(84, 1, 1);
                row.append(
                        Arrays.copyOfRange(BATCH.features(), 84 * i, 84 * i + 84),
                        new float[] {BATCH.labels()[i]},
                        BATCH.weights()[i]);
                for (float g : Models.gradient(one, PARAMETERS, row, 1).gradient) expected += g * (double) g;
            }
            all.lossAndGradient(BATCH, 64, sum);
        }

        assertThat(sum.squaredNormSum / expected).isCloseTo(1, within(1e-5));
    }
}
