package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatelessPoliciesTest {
    private static final double[] NOTHING = {};

    @Nested
    class BestProgressAlone {
        private static final BestProgress POLICY = new BestProgress();

        @Test
        void isTheOptimumAtOnce() {
            assertThat(POLICY.observe(NOTHING, Readings.signals().build()).size())
                    .isCloseTo(266.666667, within(1e-6));
            assertThat(POLICY.observe(NOTHING, Readings.signals().catchUp(100).build())
                            .size())
                    .isCloseTo(309.716754, within(1e-6));
        }

        @Test
        void isNotBelowTheColdStart() {
            BatchSizePolicy.Choice choice =
                    POLICY.observe(NOTHING, Readings.signals().noiseScale(3).build());

            assertThat(choice.size()).isEqualTo(16);
            assertThat(choice.reason()).isEqualTo(Reason.COLD_START);
        }

        @Test
        void holdsWhileItKnowsTooLittle() {
            Readings.SignalsBuilder signals = Readings.signals().statisticalSize(50);

            assertThat(POLICY.observe(NOTHING, signals.estimates(9).build()).size())
                    .isEqualTo(50);
            assertThat(POLICY.observe(
                            NOTHING,
                            signals.estimates(10)
                                    .noiseScale(Double.POSITIVE_INFINITY)
                                    .build()))
                    .extracting(BatchSizePolicy.Choice::size, BatchSizePolicy.Choice::reason)
                    .containsExactly(50.0, Reason.NO_SIGNAL);
        }
    }

    @Nested
    class NoiseScale {
        private static final NoiseScaleSize POLICY = new NoiseScaleSize();

        @Test
        void isTheRootOfNoiseScaleTimesRoundCost() {
            assertThat(POLICY.observe(NOTHING, Readings.signals().roundCost(100).build())
                            .size())
                    .isEqualTo(200);
            assertThat(POLICY.observe(
                                    NOTHING, Readings.signals().roundCost(0.01).build())
                            .size())
                    .isEqualTo(16);
        }

        @Test
        void holdsUntilAStepTimeIsKnown() {
            assertThat(POLICY.observe(
                            NOTHING, Readings.signals().statisticalSize(40).build()))
                    .extracting(BatchSizePolicy.Choice::size, BatchSizePolicy.Choice::reason)
                    .containsExactly(40.0, Reason.NO_STEP_TIME);
        }

        @Test
        void theRateGrowsWithTheBatchFromTheColdStart() {
            BatchSizeController controller = BatchSizeController.of(POLICY);
            BatchSizeState state = controller.init();
            for (int k = 0; k < 60; k++) {
                int n = 16 + k % 5 * 16;
                state = controller.observe(
                        state, Readings.of(n, 800, 2, 1, 1).withTiming(0.02 + 2e-4 * n, Double.NaN, 0));
            }

            assertThat(state.batchSize()).isEqualTo(200); // r = 100, phi = 400
            assertThat(state.decision().learningRateFactor())
                    .isEqualTo(8); // (400/16 + 1) / (400/200 + 1) = 8.67, at most 8
        }
    }
}
