package dev.millrace.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Loss;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers worked out by hand, one row each. */
class OutputLossTest {
    private static final Offset<Double> SINGLE = within(1e-6); // a few units in the last place of a float near 1
    private static final Offset<Float> FLOAT = within(1e-6f);

    private record Row(double loss, float[] gradient, float[] predictions, LossSums sums) {}

    private static Row row(Loss loss, Activation activation, float[] logits, float[] labels, float weight) {
        int outputs = logits.length;
        float[] predictions = new float[outputs];
        float[] gradient = new float[outputs];
        LossSums sums = new LossSums();
        try (OffHeap z = new OffHeap(outputs);
                OffHeap d = new OffHeap(outputs)) {
            Memory.copyIn(logits, 0, z.address(0), outputs);
            OutputLoss.of(loss, activation, outputs)
                    .apply(z.address(0), d.address(0), 1, labels, new float[] {weight}, 0, predictions, sums);
            Memory.copyOut(d.address(0), gradient, 0, outputs);
        }
        return new Row(sums.loss, gradient, predictions, sums);
    }

    private static Row categorical(float label, float... logits) {
        return row(Loss.CATEGORICAL_CROSSENTROPY, Activation.SOFTMAX, logits, new float[] {label}, 1);
    }

    private static Row binary(float label, float logit) {
        return row(Loss.BINARY_CROSSENTROPY, Activation.SIGMOID, new float[] {logit}, new float[] {label}, 1);
    }

    /** e^0 + e^-2 + e^-1.7 = 1 + 0.135335 + 0.182684 = 1.318019, whose logarithm is 0.276130. */
    @Test
    void categoricalCrossentropyOfThreeLogits() {
        Row row = categorical(0, 1.2f, -0.8f, -0.5f);

        assertThat(row.loss).isCloseTo(0.2761301, SINGLE);
        assertThat(row.predictions).containsExactly(new float[] {0.7587145f, 0.1026807f, 0.1386048f}, FLOAT);
        assertThat(row.gradient).containsExactly(new float[] {-0.2412855f, 0.1026807f, 0.1386048f}, FLOAT);
    }

    /** log(1 + e^2) = 2.126928; log(1 + e^-2) = 0.126928; sigmoid(2) = 0.880797. */
    @Test
    void binaryCrossentropyOfOneLogit() {
        Row wrong = binary(0, 2);
        Row right = binary(1, 2);

        assertThat(wrong.loss).isCloseTo(2.126928, SINGLE);
        assertThat(wrong.gradient[0]).isCloseTo(0.880797f, FLOAT);
        assertThat(right.loss).isCloseTo(0.126928, SINGLE);
        assertThat(right.gradient[0]).isCloseTo(-0.119203f, FLOAT);
    }

    /** ((1 - 3)^2 + (0.5 - 0)^2) / 2 = 2.125; gradient 2 (p - y) / 2. */
    @Test
    void meanSquaredErrorIsTheMeanOverOutputs() {
        Row row = row(Loss.MEAN_SQUARED_ERROR, Activation.LINEAR, new float[] {1, 0.5f}, new float[] {3, 0}, 1);

        assertThat(row.loss).isCloseTo(2.125, SINGLE);
        assertThat(row.gradient).containsExactly(new float[] {-2f, 0.5f}, FLOAT);
    }

    /** Margins 1 - 0.25, 1 + 0.5 and, beyond 1, nothing: (0.75 + 1.5 + 0) / 3 = 0.75. */
    @Test
    void hingeCountsMarginsBelowOneAndTakesZeroForMinusOne() {
        float[] scores = {0.25f, 0.5f, 3};

        Row signs = row(Loss.HINGE, Activation.LINEAR, scores, new float[] {1, -1, 1}, 1);
        Row bits = row(Loss.HINGE, Activation.LINEAR, scores, new float[] {1, 0, 1}, 1);

        assertThat(signs.loss).isCloseTo(0.75, SINGLE);
        assertThat(signs.gradient).containsExactly(new float[] {-1 / 3f, 1 / 3f, 0}, FLOAT);
        assertThat(bits.loss).isEqualTo(signs.loss);
        assertThat(bits.gradient).isEqualTo(signs.gradient);
    }

    @Test
    void crossentropiesStayExactWhereProbabilitiesUnderflow() {
        assertThat(categorical(1, 1e4f, -1e4f).loss).isEqualTo(2e4);
        assertThat(categorical(0, 1e4f, -1e4f).loss).isZero();
        assertThat(categorical(1, 1e4f, -1e4f).gradient).containsExactly(new float[] {1, -1}, FLOAT);
        assertThat(binary(0, 1e4f).loss).isEqualTo(1e4);
        assertThat(binary(1, -1e4f).loss).isEqualTo(1e4);
        assertThat(binary(1, 1e4f).loss).isCloseTo(0, SINGLE);
        assertThat(binary(0, 1e4f).gradient[0]).isCloseTo(1, FLOAT);
    }

    @Test
    void weightScalesGradientAndSumsButNotPredictions() {
        Row row = row(
                Loss.CATEGORICAL_CROSSENTROPY,
                Activation.SOFTMAX,
                new float[] {1.2f, -0.8f, -0.5f},
                new float[] {0},
                2.5f);

        assertThat(row.sums.weight).isEqualTo(2.5);
        assertThat(row.sums.loss).isCloseTo(2.5 * 0.2761301, SINGLE);
        assertThat(row.sums.lossSquared).isCloseTo(2.5 * 0.2761301 * 0.2761301, SINGLE);
        assertThat(row.gradient[1]).isCloseTo(2.5f * 0.1026807f, FLOAT);
        assertThat(row.predictions[0]).isCloseTo(0.7587145f, FLOAT);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 3, 1e9f})
    void classOutsideTheOutputsIsRefusedBeforeMemoryIsRead(float label) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> categorical(label, 1, 2, 3))
                .withMessageContaining("row 0: the label must be a class in 0..2. Received: " + label);
    }
}
