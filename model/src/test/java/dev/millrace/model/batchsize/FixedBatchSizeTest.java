package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FixedBatchSizeTest {

    @Test
    void staysWhateverTheLoss() {
        FixedBatchSize policy = new FixedBatchSize(32);
        BatchSizeState state = policy.init();

        for (double loss : new double[] {1, 100, Double.NaN, 0})
            state = policy.observe(state, new StepReading(32, loss));

        assertThat(state.batchSize()).isEqualTo(32);
    }

    @Test
    void takesTheSizeOfTheConfigurationAfterARestart() {
        BatchSizeState restored = new BatchSizeState(64, "loss has settled", new double[8]);

        BatchSizeState state = new FixedBatchSize(32).observe(restored, new StepReading(64, 1));

        assertThat(state).usingRecursiveComparison().isEqualTo(new FixedBatchSize(32).init());
    }

    @Test
    void refusesLessThanOneSample() {
        assertThatThrownBy(() -> new FixedBatchSize(0)).hasMessage("batch.size must be >= 1. Received: 0");
    }

    @Test
    void boundsRoundToTheNearestSizeWithinThem() {
        BatchSizeBounds bounds = new BatchSizeBounds(2, 10);

        assertThat(bounds.clamp(1)).isEqualTo(2);
        assertThat(bounds.clamp(4.5)).isEqualTo(5);
        assertThat(bounds.clamp(4.49)).isEqualTo(4);
        assertThat(bounds.clamp(Double.POSITIVE_INFINITY)).isEqualTo(10);
    }
}
