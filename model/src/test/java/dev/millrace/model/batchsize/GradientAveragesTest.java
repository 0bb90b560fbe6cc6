package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GradientAveragesTest {
    private static final double UNKNOWN = Double.NaN;

    @Test
    void averagesSAndPApartAndTakesTheirRatio() {
        GradientAverages one = GradientAverages.NONE.observe(30, 3, UNKNOWN, 0.9);
        GradientAverages two = one.observe(50, 1, UNKNOWN, 0.9);
        GradientAverages three = two.observe(40, -1, UNKNOWN, 0.9);

        assertThat(one.noiseScale()).isCloseTo(10, within(1e-12));
        assertThat(two.meanCovariance()).isCloseTo(770.0 / 19, within(1e-12));
        assertThat(two.meanSquared()).isCloseTo(37.0 / 19, within(1e-12));
        assertThat(two.noiseScale()).isCloseTo(770.0 / 37, within(1e-12));
        assertThat(three.meanCovariance()).isCloseTo(10930.0 / 271, within(1e-12));
        assertThat(three.meanSquared()).isCloseTo(233.0 / 271, within(1e-12));
        assertThat(three.noiseScale()).isCloseTo(46.909871, within(1e-6));
    }

    @Test
    void oneMicroBatchChangesNothing() {
        GradientAverages averages = GradientAverages.NONE.observe(30, 3, 1);

        assertThat(averages.observe(UNKNOWN, UNKNOWN, 5)).isSameAs(averages);
    }

    @Test
    void nothingIsKnownBeforeTheFirstEstimate() {
        assertThat(GradientAverages.NONE.noiseScale()).isNaN();
        assertThat(GradientAverages.NONE.curvature(16)).isNaN();
        assertThat(GradientAverages.NONE.observe(8, 2, UNKNOWN).curvature(16)).isNaN();
    }

    @Test
    void theNoiseScaleIsZeroWithoutNoiseAndInfiniteWithoutSignal() {
        assertThat(GradientAverages.NONE.observe(0, 0, UNKNOWN).noiseScale()).isZero();
        assertThat(GradientAverages.NONE.observe(-1, 5, UNKNOWN).noiseScale()).isZero();
        assertThat(GradientAverages.NONE.observe(32, -2, UNKNOWN).noiseScale()).isInfinite();
        assertThat(GradientAverages.NONE.observe(32, 1e-12, UNKNOWN).noiseScale())
                .isInfinite();
    }

    @Test
    void theCurvatureComparesTwoGradientsAndStaysInItsRange() {
        // (P - I) / (P + S / B) = (2 - 1) / (2 + 800 / 512)
        assertThat(GradientAverages.NONE.observe(800, 2, 1).curvature(512)).isCloseTo(0.280702, within(1e-6));
        assertThat(GradientAverages.NONE.observe(800, 2, 3).curvature(512)).isEqualTo(1.0 / 16);
        assertThat(GradientAverages.NONE.observe(800, 2, -900).curvature(512)).isEqualTo(1);
        assertThat(GradientAverages.NONE.observe(0, 0, 0).curvature(512)).isEqualTo(1.0 / 16);
    }

    @Test
    void replacedParametersForgetTheProductOnly() {
        GradientAverages averages = GradientAverages.NONE.observe(800, 2, 1).withoutProduct();

        assertThat(averages.noiseScale()).isCloseTo(400, within(1e-9));
        assertThat(averages.curvature(16)).isNaN();
    }
}
