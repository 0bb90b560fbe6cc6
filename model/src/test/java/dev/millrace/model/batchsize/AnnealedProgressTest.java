package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AnnealedProgressTest {
    private static final AnnealedProgress POLICY = AnnealedProgress.RECOMMENDED;

    @Test
    void isAFractionOfTheSamplesSeen() {
        BatchSizePolicy.Choice choice = POLICY.observe(
                new double[] {6400}, Readings.signals().samples(64).curvature(1).build());

        assertThat(choice.memory()).containsExactly(6464);
        assertThat(choice.size()).isEqualTo(101);
        assertThat(choice.reason()).isEqualTo(Reason.ANNEALING);
    }

    @Test
    void isNotBelowTheColdStart() {
        BatchSizePolicy.Choice choice =
                POLICY.observe(POLICY.init(), Readings.signals().samples(64).build());

        assertThat(choice.size()).isEqualTo(16);
        assertThat(choice.reason()).isEqualTo(Reason.COLD_START);
    }

    @Test
    void shrinksTowardsTheBestProgressByTenPercentAtMost() {
        // B*(0.5, 400, 0) = 266.67; from 640 to 576 first, from 280 at once
        Signals signals = Readings.signals().samples(0).build();

        BatchSizePolicy.Choice far = POLICY.observe(new double[] {64 * 640}, signals);
        BatchSizePolicy.Choice near = POLICY.observe(new double[] {64 * 280}, signals);

        assertThat(far.size()).isCloseTo(576, within(1e-9));
        assertThat(far.reason()).isEqualTo(Reason.PROGRESS);
        assertThat(near.size()).isCloseTo(266.666667, within(1e-6));
    }

    @Test
    void thereIsNoCapWithoutTenEstimatesSignalOrCurvature() {
        double[] memory = {64 * 640};

        assertThat(POLICY.observe(
                                memory,
                                Readings.signals().samples(0).estimates(9).build())
                        .size())
                .isEqualTo(640);
        assertThat(POLICY.observe(
                                memory,
                                Readings.signals()
                                        .samples(0)
                                        .noiseScale(Double.POSITIVE_INFINITY)
                                        .build())
                        .size())
                .isEqualTo(640);
        assertThat(POLICY.observe(
                                memory,
                                Readings.signals()
                                        .samples(0)
                                        .curvature(Double.NaN)
                                        .build())
                        .size())
                .isEqualTo(640);
    }

    @Test
    void aRisingLossTakesTenPercentAndTheStepItself() {
        BatchSizePolicy.Choice choice = POLICY.observe(
                new double[] {10_000},
                Readings.signals().samples(500).lossRising().build());

        assertThat(choice.memory()).containsExactly(9000); // 9000 - 500 + 500
        assertThat(choice.reason()).isEqualTo(Reason.LOSS_RISING);
        assertThat(POLICY.observe(
                                new double[] {100},
                                Readings.signals().samples(500).lossRising().build())
                        .memory())
                .containsExactly(500); // never below zero before the step
    }

    @Test
    void catchingUpTakesLargerFractionsStillLargerWhenRoundsAreExpensive() {
        double[] memory = {6400};

        assertThat(POLICY.observe(
                                memory,
                                Readings.signals().samples(0).catchUp(500).build())
                        .size())
                .isEqualTo(200);
        assertThat(POLICY.observe(
                                memory,
                                Readings.signals().samples(0).catchUp(1500).build())
                        .size())
                .isEqualTo(400);
    }

    @Test
    void aFaultBeginsAnew() {
        assertThat(POLICY.afterFault(new double[] {6400})).containsExactly(0);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new AnnealedProgress(0, 32))
                .hasMessage("updates per e-fold, live, must be >= 1. Received: 0.0");
        assertThatThrownBy(() -> new AnnealedProgress(64, Double.NaN))
                .hasMessage("updates per e-fold, catching up, must be >= 1. Received: NaN");
    }
}
