package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FixedBatchSizeTest {

    @Test
    void staysWhateverTheLoss() {
        BatchSizeController controller = BatchSizeController.of(new FixedBatchSize(32));
        BatchSizeState state = controller.init();

        for (double loss : new double[] {1, 100, Double.NaN, 0}) {
            state = controller.observe(state, StepReading.ofLoss(32, loss));
        }

        assertThat(state.batchSize()).isEqualTo(32);
    }

    @Test
    void takesTheSizeOfTheConfigurationAfterARestart() {
        BatchSizeState restored = BatchSizeController.of(new FixedBatchSize(64)).init();

        BatchSizeState state =
                BatchSizeController.of(new FixedBatchSize(66)).observe(restored, StepReading.ofLoss(64, 1));

        assertThat(state.batchSize()).isEqualTo(66);
        assertThat(state.reason()).isEqualTo("fixed");
    }

    @Test
    void obeysMemoryOnly() {
        ControllerSettings settings =
                ControllerSettings.recommended(new BatchSizeBounds(8, 64)).withQuantum(16);

        assertThat(new BatchSizeController(new FixedBatchSize(1), settings)
                        .init()
                        .batchSize())
                .isEqualTo(1);
        assertThat(new BatchSizeController(new FixedBatchSize(100), settings)
                        .init()
                        .batchSize())
                .isEqualTo(64);
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
