package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LossGuardTest {

    @Test
    void judgesFromThe21stUpdate() {
        LossGuard guard = LossGuard.NONE;
        for (int k = 1; k <= 20; k++) {
            guard = guard.observe(k % 2, 32);
            assertThat(guard.z()).isNaN();
        }

        assertThat(guard.observe(1, 32).z()).isNotNaN();
    }

    @Test
    void theScoreOfAStepUpIsTheOneOfThePage() {
        LossGuard guard = LossGuard.NONE; // trace R6
        for (int k = 1; k <= 103; k++) guard = guard.observe((k % 2 == 1 ? 0.98 : 1.02) + (k > 100 ? 0.05 : 0), 512);

        assertThat(guard.z()).isCloseTo(1.7717, within(5.1e-5));
        assertThat(guard.rising()).isFalse();
        assertThat(guard.observe(1.07, 512).z()).isCloseTo(2.3760, within(5.1e-5));
        assertThat(guard.observe(1.07, 512).rising()).isTrue();
    }

    @Test
    void theScoreDoesNotDependOnTheLossUnit() {
        SplittableRandom random = new SplittableRandom(3);
        LossGuard one = LossGuard.NONE;
        LossGuard other = LossGuard.NONE;
        for (int k = 0; k < 200; k++) {
            double loss = random.nextDouble(0.5, 1.5);
            one = one.observe(loss, 64);
            other = other.observe(1000 * loss, 64);
        }

        assertThat(other.z()).isCloseTo(one.z(), within(1e-9));
    }

    @Test
    void aLossThatOnlyFallsNeverRises() {
        LossGuard guard = LossGuard.NONE;
        for (int k = 0; k < 500; k++) {
            guard = guard.observe(Math.exp(-k / 50.0), 64);
            assertThat(guard.rising()).isFalse();
        }
    }
}
