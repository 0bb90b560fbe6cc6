package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepTimeModelTest {

    @Test
    void threePointsOnALineGiveItBack() {
        StepTimeModel.Fit fit = StepTimeModel.NONE
                .observe(16, 0.028)
                .observe(64, 0.052)
                .observe(256, 0.148)
                .fit();

        assertThat(fit.sync()).isCloseTo(0.020, within(1e-12));
        assertThat(fit.perSample()).isCloseTo(0.0005, within(1e-12));
        assertThat(fit.roundCost()).isCloseTo(40, within(1e-9));
    }

    @Test
    void oneSizeOnlySplitsTheTimeInHalf() {
        StepTimeModel model = StepTimeModel.NONE;
        for (int i = 0; i < 5; i++) model = model.observe(100, 0.030);

        assertThat(model.fit().sync()).isCloseTo(0.015, within(1e-12));
        assertThat(model.fit().perSample()).isCloseTo(0.00015, within(1e-15));
        assertThat(model.fit().roundCost()).isCloseTo(100, within(1e-9));
    }

    @Test
    void nothingIsKnownBeforeTheFirstTime() {
        assertThat(StepTimeModel.NONE.fit().roundCost()).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0, -1, 1e9})
    void aTimeThatIsNoTimeIsLeftOut(double seconds) {
        StepTimeModel model = StepTimeModel.NONE.observe(16, 0.028);

        assertThat(model.observe(16, seconds)).isSameAs(model);
        assertThat(model.observe(0, 0.02)).isSameAs(model);
    }

    @Test
    void aNegativeInterceptBecomesALineThroughTheOrigin() {
        // T = 2 ms N - 10 ms; through the origin: sum N T / sum N^2, weights .99 and 1
        StepTimeModel.Fit fit =
                StepTimeModel.NONE.observe(10, 0.010).observe(20, 0.030).fit();

        assertThat(fit.sync()).isZero();
        assertThat(fit.perSample()).isCloseTo((.99 * 10 * .010 + 20 * .030) / (.99 * 100 + 400), within(1e-12));
    }

    @Test
    void aFallingLineKeepsAPositiveCostPerSample() {
        StepTimeModel.Fit fit =
                StepTimeModel.NONE.observe(10, 0.030).observe(20, 0.020).fit();

        assertThat(fit.perSample()).isPositive();
        assertThat(fit.sync()).isPositive();
        assertThat(fit.roundCost()).isFinite().isGreaterThan(1000);
    }

    @Test
    void aSlopeOutlivesTheVariationItWasFittedTo() {
        StepTimeModel model = StepTimeModel.NONE.observe(16, 0.028).observe(64, 0.052);
        SplittableRandom random = new SplittableRandom(1);

        for (int i = 0; i < 5000; i++) model = model.observe(64, 0.052 + random.nextDouble(-0.001, 0.001));

        assertThat(model.fit().perSample()).isCloseTo(0.0005, within(0.0001));
        assertThat(model.fit().sync()).isCloseTo(0.020, within(0.005));
    }

    @Test
    void forgetsHowItWas() {
        StepTimeModel model = StepTimeModel.NONE;
        for (int i = 0; i < 2000; i++) model = model.observe(16 + i % 7 * 16, 0.020 + 0.0005 * (16 + i % 7 * 16));
        for (int i = 0; i < 2000; i++) model = model.observe(16 + i % 7 * 16, 0.005 + 0.0001 * (16 + i % 7 * 16));

        assertThat(model.fit().sync()).isCloseTo(0.005, within(1e-6));
        assertThat(model.fit().perSample()).isCloseTo(0.0001, within(1e-8));
    }
}
