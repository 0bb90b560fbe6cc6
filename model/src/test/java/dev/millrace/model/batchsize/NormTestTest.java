package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormTestTest {
    private static final NormTest POLICY = NormTest.RECOMMENDED;

    @Test
    void doublesEveryTenUpdatesUntilTheTestHolds() {
        List<Double> sizes = new ArrayList<>();
        double[] memory = POLICY.init();
        for (int k = 1; k <= 40; k++) {
            BatchSizePolicy.Choice choice =
                    POLICY.observe(memory, Readings.signals().build());
            memory = choice.memory();
            if (k % 10 == 9 || k % 10 == 0) sizes.add(choice.size());
        }

        assertThat(sizes).containsExactly(16.0, 32.0, 32.0, 64.0, 64.0, 100.0, 100.0, 100.0); // 400 / 4
    }

    @Test
    void aTargetWithinAQuarterChangesNothing() {
        double[] due = {9, 100};

        assertThat(POLICY.observe(due, Readings.signals().noiseScale(450).build()))
                .extracting(BatchSizePolicy.Choice::size, BatchSizePolicy.Choice::reason)
                .containsExactly(100.0, Reason.WITHIN_DEAD_BAND);
        assertThat(POLICY.observe(due, Readings.signals().noiseScale(500).build())
                        .size())
                .isEqualTo(125);
        assertThat(POLICY.observe(due, Readings.signals().noiseScale(280).build())
                        .size())
                .isEqualTo(70);
    }

    @Test
    void shrinksByHalfAtMostAndNotBelowTheColdStart() {
        assertThat(POLICY.observe(
                                new double[] {9, 100},
                                Readings.signals().noiseScale(4).build())
                        .size())
                .isEqualTo(50);
        assertThat(POLICY.observe(
                                new double[] {9, 24},
                                Readings.signals().noiseScale(4).build())
                        .size())
                .isEqualTo(16);
    }

    @Test
    void holdsWhileTheGradientIsBelowItsNoise() {
        assertThat(POLICY.observe(
                        new double[] {9, 100},
                        Readings.signals().noiseScale(Double.POSITIVE_INFINITY).build()))
                .extracting(BatchSizePolicy.Choice::size, BatchSizePolicy.Choice::reason)
                .containsExactly(100.0, Reason.NO_SIGNAL);
    }

    @Test
    void refusesAToleranceOfZero() {
        assertThatThrownBy(() -> new NormTest(0)).hasMessage("theta^2 of the norm test must be > 0. Received: 0.0");
    }
}
