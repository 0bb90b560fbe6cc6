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
    void sizesCloserThanAFactorOfOneAndAHalfSayNothingOfTheSlope() {
        StepTimeModel.Fit fit =
                StepTimeModel.NONE.observe(15, 0.010).observe(20, 0.016).fit();

        // mean of 1 / t is 81.25, of n / t 1375: half of each time
        assertThat(fit.sync()).isCloseTo(0.5 / 81.25, within(1e-12));
        assertThat(fit.perSample()).isCloseTo(0.5 / 1375, within(1e-12));
    }

    @Test
    void aNegativeInterceptBecomesALineThroughTheOrigin() {
        // T = 2 ms N - 10 ms; through the origin by relative errors: sum N / T over sum (N / T)^2
        StepTimeModel.Fit fit =
                StepTimeModel.NONE.observe(10, 0.010).observe(40, 0.070).fit();

        double x = 10 / 0.010;
        double y = 40 / 0.070;
        assertThat(fit.sync()).isZero();
        assertThat(fit.perSample()).isCloseTo((x + y) / (x * x + y * y), within(1e-12));
    }

    @Test
    void aFallingLineKeepsAPositiveCostPerSample() {
        StepTimeModel.Fit fit =
                StepTimeModel.NONE.observe(10, 0.030).observe(40, 0.020).fit();

        assertThat(fit.perSample()).isPositive();
        assertThat(fit.sync()).isPositive();
        assertThat(fit.roundCost()).isFinite();
    }

    @Test
    void aSizeThatWasLeftKeepsItsCost() {
        StepTimeModel model = StepTimeModel.NONE;
        for (int i = 0; i < 100; i++) model = model.observe(16, 0.028);
        for (int i = 0; i < 100; i++) model = model.observe(256, 0.148);
        SplittableRandom random = new SplittableRandom(1);

        for (int i = 0; i < 5000; i++) model = model.observe(16, 0.028 + random.nextDouble(-0.01, 0.01));

        assertThat(model.fit().perSample()).isCloseTo(0.0005, within(0.00005));
        assertThat(model.fit().sync()).isCloseTo(0.020, within(0.003));
    }

    @Test
    void aSizeSeenOnceCountsLittle() {
        StepTimeModel model = StepTimeModel.NONE.observe(2, 1e-6);
        for (int i = 0; i < 100; i++) model = model.observe(16, 0.028).observe(256, 0.148);

        assertThat(model.fit().sync()).isPositive();
    }

    @Test
    void oneStepThatHungMovesTheMeanByATenthAtMost() {
        StepTimeModel model = StepTimeModel.NONE;
        for (int i = 0; i < 200; i++) model = model.observe(16, 0.028);

        assertThat(model.observe(16, 60).fit().sync()).isLessThan(0.014 * 1.2);
    }

    @Test
    void forgetsHowItWas() {
        StepTimeModel model = StepTimeModel.NONE;
        for (int i = 0; i < 2000; i++) model = model.observe(16 << i % 5, 0.020 + 0.0005 * (16 << i % 5));
        for (int i = 0; i < 8000; i++) model = model.observe(16 << i % 5, 0.005 + 0.0001 * (16 << i % 5));

        assertThat(model.fit().sync()).isCloseTo(0.005, within(1e-6));
        assertThat(model.fit().perSample()).isCloseTo(0.0001, within(1e-8));
    }
}
