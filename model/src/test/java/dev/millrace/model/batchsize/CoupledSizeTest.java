package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CoupledSizeTest {
    private static final CoupledSize POLICY = new CoupledSize(0);

    @Test
    void isRateTimesCovarianceOverLoss() {
        BatchSizePolicy.Choice choice = POLICY.observe(POLICY.init(), signals(0.5, 0.1));

        assertThat(choice.size()).isCloseTo(160, within(1e-9)); // 0.1 * 800 / 0.5
        assertThat(new CoupledSize(0.3)
                        .observe(POLICY.init(), signals(0.5, 0.1))
                        .size())
                .isCloseTo(400, within(1e-9));
    }

    @Test
    void smoothsTheLoss() {
        double[] memory = POLICY.observe(POLICY.init(), signals(1, 0.1)).memory();

        // (0.95 * 0.05 * 1 + 0.05 * 0.5) / (1 - 0.95^2) = 0.74359
        assertThat(POLICY.observe(memory, signals(0.5, 0.1)).size()).isCloseTo(80 / 0.7435897, within(1e-4));
    }

    @Test
    void holdsWithoutARateAndBelowTheLossFloor() {
        assertThat(POLICY.observe(POLICY.init(), signals(0.5, Double.NaN)).size())
                .isEqualTo(16);
        assertThat(new CoupledSize(0.5)
                        .observe(POLICY.init(), signals(0.4, 0.1))
                        .reason())
                .isEqualTo(Reason.NO_SIGNAL);
    }

    @Test
    void isNotBelowTheColdStart() {
        assertThat(POLICY.observe(POLICY.init(), signals(50, 0.1)).size()).isEqualTo(16);
    }

    @Test
    void refusesALossFloorThatIsNoNumber() {
        assertThatThrownBy(() -> new CoupledSize(Double.NaN))
                .hasMessage("loss floor of CABS must be finite. Received: NaN");
    }

    private static Signals signals(double loss, double rate) {
        return Readings.signals()
                .reading(StepReading.ofLoss(16, loss).withLearningRate(rate))
                .build();
    }
}
