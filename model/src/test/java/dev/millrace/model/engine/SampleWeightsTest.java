package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleWeightsTest {
    private static final Offset<Float> ROUNDING = within(2e-6f); // sums in another order, values below 2

    private static ModelSpec spec(Loss loss) {
        String last = switch (loss) {
            case CATEGORICAL_CROSSENTROPY -> "softmax";
            case BINARY_CROSSENTROPY -> "sigmoid";
            case MEAN_SQUARED_ERROR, HINGE -> "linear";
        };
        return Networks.of(6, 5, "tanh", 3, last, loss);
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void sampleOfWeightThreeCountsLikeThreeSamples(Loss loss) {
        ModelSpec spec = spec(loss);
        float[] parameters = spec.initialParameters(1);
        SampleBatch once = Networks.samples(spec, 1, 2);
        SampleBatch thrice = new SampleBatch(6, spec.labelWidth(), 3);
        once.weights()[0] = 1;
        for (int i = 0; i < 3; i++) thrice.append(once);
        once.weights()[0] = 3;

        GradientSum weighted = Networks.gradient(spec, parameters, once, 8);
        GradientSum repeated = Networks.gradient(spec, parameters, thrice, 8);

        assertThat(weighted.gradient).containsExactly(repeated.gradient, ROUNDING);
        // One row and three go through different products: float32 logits differ by some 1e-7, relative.
        assertThat(weighted.lossSum).isCloseTo(repeated.lossSum, within(1e-6 * repeated.lossSum));
        assertThat(weighted.lossSquaredSum).isCloseTo(repeated.lossSquaredSum, within(1e-6 * repeated.lossSquaredSum));
        assertThat(weighted.weight).isEqualTo(repeated.weight);
        assertThat(weighted.samples).isOne();
        assertThat(repeated.samples).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void sampleOfWeightZeroIsPredictedButTeachesNothing(Loss loss) {
        ModelSpec spec = spec(loss);
        float[] parameters = spec.initialParameters(1);
        SampleBatch some = Networks.samples(spec, 4, 2);
        SampleBatch more = Networks.samples(spec, 6, 2); // begins with the same four
        more.weights()[4] = 0;
        more.weights()[5] = 0;

        GradientSum without = Networks.gradient(spec, parameters, some, 8);
        GradientSum with = Networks.gradient(spec, parameters, more, 8);

        assertThat(with.gradient).containsExactly(without.gradient, ROUNDING);
        assertThat(with.lossSum).isEqualTo(without.lossSum);
        assertThat(with.weight).isEqualTo(without.weight);
        assertThat(with.samples).isEqualTo(6);
        assertThat(Arrays.copyOfRange(with.predictions, 15, 18)).isNotEqualTo(new float[3]);
    }

    @Test
    void sampleOfWeightZeroTeachesNothingEvenIfItsLogitsOverflow() {
        ModelSpec spec = ModelSpec.fromYaml(
                "inputs: 2\nlayers: [{dense: {units: 2, activation: softmax}}]\n" + "loss: categorical_crossentropy");
        SampleBatch batch = new SampleBatch(2, 1, 2);
        batch.append(new float[] {1, 2}, new float[] {0}, 1);
        batch.append(new float[] {3e38f, 3e38f}, new float[] {1}, 0);

        GradientSum sum = Networks.gradient(spec, new float[] {10, 10, 10, 10, 0, 0}, batch, 8);

        assertThat(sum.gradient).containsExactly(-0.5f, -1, 0.5f, 1, -0.5f, 0.5f);
        assertThat(sum.lossSum).isCloseTo(Math.log(2), within(1e-6));
    }
}
