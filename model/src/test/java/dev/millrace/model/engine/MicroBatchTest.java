package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MicroBatchTest {
    private static final ModelSpec SPEC = Networks.digits(30, 24);
    private static final float[] PARAMETERS = SPEC.initialParameters(5);

    @Test
    void batchLargerThanTheEnginesOwnChunksIsTheSumOfItsHalves() {
        SampleBatch batch = Networks.samples(SPEC, 1200, 6);
        SampleBatch first = Networks.samples(SPEC, 600, 6); // the same seed begins alike
        SampleBatch second = new SampleBatch(30, 1, 600);
        for (int i = 600; i < 1200; i++) {
            float[] features = Arrays.copyOfRange(batch.features(), i * 30, (i + 1) * 30);
            second.append(features, new float[] {batch.labels()[i]}, batch.weights()[i]);
        }

        GradientSum whole = Networks.gradient(SPEC, PARAMETERS, batch, 100_000);
        GradientSum a = Networks.gradient(SPEC, PARAMETERS, first, 100_000);
        GradientSum b = Networks.gradient(SPEC, PARAMETERS, second, 100_000);

        assertThat(whole.lossSum).isCloseTo(a.lossSum + b.lossSum, within(1e-6 * whole.lossSum));
        assertThat(whole.weight).isCloseTo(a.weight + b.weight, within(1e-9));
        for (int j = 0; j < whole.gradient.length; j++) {
            // 1,200 terms of size 1 in float32, in another order.
            assertThat(whole.gradient[j]).isCloseTo(a.gradient[j] + b.gradient[j], within(1e-3f));
        }
    }

    @Test
    void emptyBatchGivesZeros() {
        SampleBatch batch = Networks.samples(SPEC, 40, 6);
        GradientSum sum = new GradientSum(PARAMETERS.length);

        try (GradientEngine engine = Networks.engine(SPEC, PARAMETERS)) {
            engine.lossAndGradient(batch, 40, sum);
            batch.setRows(0);
            engine.lossAndGradient(batch, 40, sum);
        }

        assertThat(sum.gradient).containsOnly(0);
        assertThat(sum.samples).isZero();
        assertThat(sum.lossSum).isZero();
    }
}
